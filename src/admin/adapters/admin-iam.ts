// IAM for an administrator, through the SDK: users, passwords, groups. Policies and credentials are in files of
// their own. Lists have every page. What creates a thing with a secret is sent once.

import {
  AddUserToGroupCommand,
  CreateGroupCommand,
  CreateLoginProfileCommand,
  CreateUserCommand,
  DeleteLoginProfileCommand,
  DeleteUserCommand,
  GetAccountPasswordPolicyCommand,
  GetLoginProfileCommand,
  GetUserCommand,
  ListGroupsCommand,
  ListGroupsForUserCommand,
  ListUsersCommand,
  RemoveUserFromGroupCommand,
  UpdateLoginProfileCommand,
  type User,
} from "@aws-sdk/client-iam";
import { type Call, incompleteResponse, mismatchedResponse } from "../../adapters/aws/aws-call.ts";
import { openIam } from "../../adapters/aws/aws-iam.ts";
import {
  type IamOptions,
  type MakeCall,
  makeCalls,
  readPages,
  sendRemoval,
  sendToIam,
} from "../../adapters/aws/aws-iam-call.ts";
import { isUserName } from "../../model/aws/response-checks.ts";
import { isAwstError } from "../../model/errors.ts";
import type { Keys } from "../../model/session/session.ts";
import type { IamUser, UserDetail } from "../model/account-facts.ts";
import type { AdminIam } from "../ports.ts";
import { credentialCalls, maxPageItems, repeatable } from "./admin-iam-credentials.ts";
import { accountCalls, policyCalls, roleCalls } from "./admin-iam-policies.ts";

export function openAdminIam(credentials: Keys, region: string, options: IamOptions): AdminIam {
  const callOf = makeCalls(credentials, region, options);
  return {
    ...openIam(credentials, region, options),
    ...userCalls(callOf),
    ...passwordCalls(callOf),
    ...groupCalls(callOf),
    ...policyCalls(callOf),
    ...roleCalls(callOf),
    ...credentialCalls(callOf),
    ...accountCalls(callOf),
  };
}

type UserCalls = Pick<AdminIam, "listUsers" | "getUser" | "createUser" | "deleteUser">;

function userCalls(callOf: MakeCall): UserCalls {
  return {
    async listUsers() {
      const call = repeatable(callOf, "ListUsers");
      const { pages, at } = await readPages(
        call,
        (from) => new ListUsersCommand({ MaxItems: maxPageItems, ...from }),
      );
      return {
        at,
        users: pages.flatMap(({ Users }) => Users ?? []).map((each) => toUser(call, each)),
      };
    },
    async getUser(UserName) {
      const call = repeatable(callOf, "GetUser");
      const { output } = await sendToIam(call, new GetUserCommand({ UserName }));
      return toDetail(call, output.User);
    },
    async createUser({ userName, path, tags, boundary }) {
      const call = callOf({ action: "CreateUser", isRepeatable: false });
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      const command = new CreateUserCommand({
        UserName: userName,
        Path: path,
        ...(Tags.length > 0 && { Tags }),
        ...(boundary !== undefined && { PermissionsBoundary: boundary }),
      });
      return toUser(call, (await sendToIam(call, command)).output.User);
    },
    deleteUser: (UserName) =>
      sendRemoval(repeatable(callOf, "DeleteUser"), new DeleteUserCommand({ UserName })),
  };
}

function toUser(call: Call, user: User | undefined): IamUser {
  const { UserName, UserId, Arn, Path, CreateDate, PasswordLastUsed } = user ?? {};
  if (!UserName || !UserId || !Arn || !Path || !CreateDate) throw incompleteResponse(call);
  if (!isUserName(UserName))
    throw mismatchedResponse(call, "a user name has characters AWS never uses");
  return {
    name: UserName,
    id: UserId,
    arn: Arn,
    path: Path,
    createdAt: CreateDate,
    passwordLastUsed: PasswordLastUsed,
  };
}

function toDetail(call: Call, user: User | undefined): UserDetail {
  return {
    ...toUser(call, user),
    tags: Object.fromEntries((user?.Tags ?? []).map(({ Key, Value }) => [Key, Value ?? ""])),
    boundary: user?.PermissionsBoundary?.PermissionsBoundaryArn,
  };
}

type PasswordCalls = Pick<
  AdminIam,
  | "findLoginProfile"
  | "createLoginProfile"
  | "updateLoginProfile"
  | "deleteLoginProfile"
  | "findPasswordRules"
>;

function passwordCalls(callOf: MakeCall): PasswordCalls {
  return {
    async findLoginProfile(UserName) {
      const call = repeatable(callOf, "GetLoginProfile");
      const found = await absentIsUndefined(
        sendToIam(call, new GetLoginProfileCommand({ UserName })),
      );
      if (found === undefined) return undefined;
      const createdAt = found.output.LoginProfile?.CreateDate;
      if (createdAt === undefined) throw incompleteResponse(call);
      return { createdAt };
    },
    async createLoginProfile(UserName, password) {
      const call = callOf({ action: "CreateLoginProfile", isRepeatable: false, codes: [password] });
      const command = new CreateLoginProfileCommand({
        UserName,
        Password: password.reveal(),
        PasswordResetRequired: true,
      });
      const { at } = await sendToIam(call, command);
      return { at };
    },
    async updateLoginProfile(UserName, password) {
      const call = callOf({ action: "UpdateLoginProfile", isRepeatable: true, codes: [password] });
      const command = new UpdateLoginProfileCommand({
        UserName,
        Password: password.reveal(),
        PasswordResetRequired: true,
      });
      const { at } = await sendToIam(call, command);
      return { at };
    },
    deleteLoginProfile: (UserName) =>
      sendRemoval(
        repeatable(callOf, "DeleteLoginProfile"),
        new DeleteLoginProfileCommand({ UserName }),
      ),
    async findPasswordRules() {
      const call = repeatable(callOf, "GetAccountPasswordPolicy");
      const found = await absentIsUndefined(
        sendToIam(call, new GetAccountPasswordPolicyCommand({})),
      );
      if (found === undefined) return undefined;
      const rules = found.output.PasswordPolicy;
      if (rules === undefined) throw incompleteResponse(call);
      return {
        minimumLength: rules.MinimumPasswordLength ?? 6,
        symbols: rules.RequireSymbols ?? false,
        numbers: rules.RequireNumbers ?? false,
        uppercase: rules.RequireUppercaseCharacters ?? false,
        lowercase: rules.RequireLowercaseCharacters ?? false,
      };
    },
  };
}

type GroupCalls = Pick<
  AdminIam,
  "listGroups" | "createGroup" | "listGroupsOf" | "addToGroup" | "removeFromGroup"
>;

function groupCalls(callOf: MakeCall): GroupCalls {
  return {
    async listGroups() {
      const call = repeatable(callOf, "ListGroups");
      const { pages } = await readPages(call, (from) => new ListGroupsCommand(from));
      return pages.flatMap(({ Groups }) => Groups ?? []).map((each) => each.GroupName ?? "");
    },
    async createGroup(GroupName) {
      const call = callOf({ action: "CreateGroup", isRepeatable: false });
      const { at } = await sendToIam(call, new CreateGroupCommand({ GroupName }));
      return { at };
    },
    async listGroupsOf(UserName) {
      const call = repeatable(callOf, "ListGroupsForUser");
      const { pages } = await readPages(
        call,
        (from) => new ListGroupsForUserCommand({ UserName, ...from }),
      );
      return pages.flatMap(({ Groups }) => Groups ?? []).map((each) => each.GroupName ?? "");
    },
    async addToGroup(UserName, GroupName) {
      const call = repeatable(callOf, "AddUserToGroup");
      const { at } = await sendToIam(call, new AddUserToGroupCommand({ UserName, GroupName }));
      return { at };
    },
    removeFromGroup: (UserName, GroupName) =>
      sendRemoval(
        repeatable(callOf, "RemoveUserFromGroup"),
        new RemoveUserFromGroupCommand({ UserName, GroupName }),
      ),
  };
}

async function absentIsUndefined<T>(response: Promise<T>): Promise<T | undefined> {
  try {
    return await response;
  } catch (error) {
    if (isAwstError(error, "IAM_ABSENT")) return undefined;
    throw error;
  }
}
