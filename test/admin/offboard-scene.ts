// Off-boarding on the sandbox: a user with one of everything, the leaver, and one run of `user offboard`.

import { type OffboardResult, offboardUsers } from "../../src/admin/flows/offboard-user.ts";
import {
  type OffboardPlan,
  type OffboardRequest,
  planOffboarding,
} from "../../src/admin/flows/plan-offboarding.ts";
import { type AdminScene, addLeaver, openAdminScene } from "./admin-scene.ts";

export const usual: OffboardRequest = {
  names: ["leaver"],
  due: false,
  graceDays: 0,
  protectedNames: [],
  forced: [],
};

/** With the leaver. */
export async function openLeaverScene(): Promise<AdminScene> {
  const scene = await openAdminScene();
  addLeaver(scene);
  return scene;
}

/** Plans, and carries the plan out. */
export async function offboardIn(
  scene: AdminScene,
  request: Partial<OffboardRequest> = {},
  endSessions = false,
): Promise<{ readonly plan: OffboardPlan; readonly results: readonly OffboardResult[] }> {
  const admin = scene.open();
  const plan = await planOffboarding(admin, { ...usual, ...request });
  const results = await offboardUsers(admin, plan, { endSessions });
  return { plan, results };
}
