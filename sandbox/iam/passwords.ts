// Console passwords, as far as a user can read and change the own one: the account's password policy,
// the login profile, ChangePassword.

import type { Action } from "../action.ts";
import type { Account, PasswordPolicy } from "../cloud/account.ts";
import type { User } from "../cloud/entities.ts";
import { accessDenied, noSuchEntity, ServiceError } from "../wire/service-error.ts";
import type { MemberShape } from "../wire/shapes.ts";
import { permit, permittedUser, userNameShape } from "./own-user.ts";

const letters = "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+";
export const passwordShape: MemberShape = {
  min: 1,
  max: 128,
  pattern: new RegExp(letters),
};

export const getAccountPasswordPolicy: Action = {
  input: {},
  run(request) {
    permit(request, "GetAccountPasswordPolicy", "*");
    const policy = request.caller.account.passwordPolicy;
    if (!policy) {
      throw noSuchEntity(
        `The Password Policy with domain name ${request.caller.account.id} cannot be found.`,
      );
    }
    return {
      PasswordPolicy: {
        MinimumPasswordLength: policy.minimumLength,
        RequireSymbols: policy.requireSymbols,
        RequireNumbers: policy.requireNumbers,
        RequireUppercaseCharacters: policy.requireUppercase,
        RequireLowercaseCharacters: policy.requireLowercase,
        AllowUsersToChangePassword: policy.usersMayChange,
        ExpirePasswords: policy.maxAgeDays !== undefined,
        MaxPasswordAge: policy.maxAgeDays,
        PasswordReusePrevention: policy.reusePrevention,
      },
    };
  },
};

export const getLoginProfile: Action = {
  input: { UserName: userNameShape },
  run(request) {
    const user = permittedUser(request, "GetLoginProfile");
    if (!user.password) throw noSuchEntity(`Login Profile for User ${user.name} cannot be found.`);
    return {
      LoginProfile: {
        UserName: user.name,
        CreateDate: user.password.createdAt,
        PasswordResetRequired: user.password.resetRequired,
      },
    };
  },
};

export const changePassword: Action = {
  input: {
    OldPassword: { ...passwordShape, required: true },
    NewPassword: { ...passwordShape, required: true },
  },
  run(request) {
    const { caller, parameters, now } = request;
    const { user, account } = caller;
    if (!user) {
      throw new ServiceError(
        400,
        "InvalidUserType",
        "Only IAM Users can change their own password",
      );
    }
    if (!account.passwordPolicy?.usersMayChange) {
      permit(request, "ChangePassword", user.arn, `user ${user.name}`);
    }
    const old = parameters.get("OldPassword") ?? "";
    const wanted = parameters.get("NewPassword") ?? "";
    if (user.password?.passwords[0] !== old) {
      throw accessDenied("The old password was incorrect.");
    }
    checkPassword(account, user, wanted, user.password.passwords);
    user.password = {
      createdAt: user.password.createdAt,
      changedAt: now,
      passwords: [wanted, ...user.password.passwords],
      resetRequired: false,
    };
    return undefined;
  },
};

/** Throws PasswordPolicyViolation. */
export function checkPassword(
  account: Account,
  user: User,
  wanted: string,
  earlier: readonly string[] = [],
): void {
  const policy = account.passwordPolicy;
  const lack = policy ? lackOf(wanted, earlier, policy) : lackByDefault(wanted, account, user);
  if (lack === undefined) return;
  throw new ServiceError(
    400,
    "PasswordPolicyViolation",
    `Password does not conform to the account password policy: ${lack}.`,
  );
}

/** AWS's policy for an account that has none: 8 characters, three of four kinds, not the name. */
function lackByDefault(password: string, account: Account, user: User): string | undefined {
  if (password.length < 8) return "at least 8 characters";
  const kinds = [/[A-Z]/, /[a-z]/, /\d/, /[!@#$%^&*()_+\-=[\]{}|']/];
  if (kinds.filter((kind) => kind.test(password)).length < 3) return "three kinds of characters";
  const names = [account.alias, user.name].map((name) => name?.toLowerCase());
  return names.includes(password.toLowerCase())
    ? "not the account's or the user's name"
    : undefined;
}

function lackOf(
  password: string,
  earlier: readonly string[],
  policy: PasswordPolicy,
): string | undefined {
  if (password.length < policy.minimumLength) return `at least ${policy.minimumLength} characters`;
  if (policy.requireSymbols && !/[!@#$%^&*()_+\-=[\]{}|']/.test(password)) return "a symbol";
  if (policy.requireNumbers && !/\d/.test(password)) return "a number";
  if (policy.requireUppercase && !/[A-Z]/.test(password)) return "an uppercase letter";
  if (policy.requireLowercase && !/[a-z]/.test(password)) return "a lowercase letter";
  return earlier.slice(0, policy.reusePrevention ?? 0).includes(password)
    ? "not one of the last ones"
    : undefined;
}
