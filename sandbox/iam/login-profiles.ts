// Login profiles: an administrator sets, changes and removes a user's console password.

import type { Action, ActionRequest } from "../action.ts";
import type { User } from "../cloud/entities.ts";
import { entityAlreadyExists, noSuchEntity, ServiceError } from "../wire/service-error.ts";
import { permittedUser, userNameShape } from "./own-user.ts";
import { checkPassword, passwordShape } from "./passwords.ts";

const named = { ...userNameShape, required: true };
const resetShape = { oneOf: ["true", "false"] };

export const createLoginProfile: Action = {
  input: {
    UserName: named,
    Password: { ...passwordShape, required: true },
    PasswordResetRequired: resetShape,
  },
  run(request) {
    const { caller, parameters, now } = request;
    const user = permittedUser(request, "CreateLoginProfile");
    if (user.password) {
      throw entityAlreadyExists(`Login Profile for user ${user.name} already exists.`);
    }
    const password = parameters.get("Password") ?? "";
    checkPassword(caller.account, user, password);
    const resetRequired = parameters.get("PasswordResetRequired") === "true";
    user.password = { createdAt: now, changedAt: now, passwords: [password], resetRequired };
    return {
      LoginProfile: {
        UserName: user.name,
        CreateDate: now,
        PasswordResetRequired: resetRequired,
      },
    };
  },
};

export const updateLoginProfile: Action = {
  input: { UserName: named, Password: passwordShape, PasswordResetRequired: resetShape },
  run(request) {
    const { caller, parameters, now } = request;
    const user = permittedUser(request, "UpdateLoginProfile");
    const old = changeablePassword(request, user);
    const password = parameters.get("Password");
    if (password !== undefined) checkPassword(caller.account, user, password, old.passwords);
    const reset = parameters.get("PasswordResetRequired");
    user.password = {
      createdAt: old.createdAt,
      changedAt: password === undefined ? old.changedAt : now,
      passwords: password === undefined ? old.passwords : [password, ...old.passwords],
      resetRequired: reset === undefined ? old.resetRequired : reset === "true",
    };
    return undefined;
  },
};

export const deleteLoginProfile: Action = {
  input: { UserName: userNameShape },
  run(request) {
    const user = permittedUser(request, "DeleteLoginProfile");
    changeablePassword(request, user);
    user.password = undefined;
    return undefined;
  },
};

/** Throws NoSuchEntity, and EntityTemporarilyUnmodifiable just after the profile was made. */
function changeablePassword({ now, settings }: ActionRequest, user: User) {
  const { password } = user;
  if (!password) throw noSuchEntity(`Login Profile for User ${user.name} cannot be found.`);
  const age = (now.getTime() - password.createdAt.getTime()) / 1000;
  if (age < settings.loginProfileChangeableAfterSeconds) {
    throw new ServiceError(
      409,
      "EntityTemporarilyUnmodifiable",
      `Login Profile for User ${user.name} cannot be modified while login profile is being created.`,
    );
  }
  return password;
}
