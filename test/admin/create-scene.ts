// Creating users on the sandbox: the usual request, and one run of it.

import {
  createUsers,
  type NewSecret,
  planCreation,
  type SecretStore,
} from "../../src/admin/flows/create-user.ts";
import type { CreateRequest } from "../../src/admin/model/user-creation.ts";
import type { AdminIam } from "../../src/admin/ports.ts";
import type { AdminScene } from "./admin-scene.ts";

export const usual: CreateRequest = {
  names: ["zoe"],
  path: "/staff/",
  tags: { email: "zoe@example.com" },
  boundary: undefined,
  groups: ["developer"],
  rules: { common: [], forceCommon: true, categories: [] },
  password: true,
  key: true,
  mfa: true,
  passwordLength: 20,
  protectedNames: [],
  forced: [],
};

/** A store of secrets that prints nothing. */
export const storeWith = (put: SecretStore["put"]): SecretStore => ({
  put,
  finish: async () => {},
});

/** Plans, and carries the plan out. */
export async function createIn(
  scene: AdminScene,
  request: Partial<CreateRequest> = {},
  faulty?: (iam: AdminIam) => AdminIam,
) {
  const admin = scene.open(faulty === undefined ? {} : { faulty });
  const all = { ...usual, ...request };
  const secrets: NewSecret[] = [];
  const plans = await planCreation(admin, all);
  const results = await createUsers(
    admin,
    plans,
    all,
    storeWith(async (_user, secret) => {
      secrets.push(secret);
    }),
  );
  return { plans, results, secrets };
}
