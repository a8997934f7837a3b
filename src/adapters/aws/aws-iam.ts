// Opens IAM, with the calls on access keys and tags. Its client takes 100 ms to load, so it is separate from STS and loaded only when needed.

import {
  type AccessKeyMetadata,
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GetAccessKeyLastUsedCommand,
  ListAccessKeysCommand,
  ListUserTagsCommand,
  TagUserCommand,
  UntagUserCommand,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import { keysProblem, listedKeyProblem, userProblem } from "../../model/aws/response-checks.ts";
import type { ListedKey } from "../../model/key/access-key.ts";
import { Secret } from "../../model/secret.ts";
import type { Keys } from "../../model/session/session.ts";
import type { Iam } from "../../ports/iam.ts";
import { type Call, incompleteResponse, mismatchedResponse } from "./aws-call.ts";
import {
  type IamOptions,
  type MakeCall,
  makeCalls,
  readPages,
  sendRemoval,
  sendToIam,
} from "./aws-iam-call.ts";
import { deviceCalls } from "./aws-iam-devices.ts";

/** Returns IAM with calls signed by `credentials`; sends no request. */
export function openIam(credentials: Keys, region: string, options: IamOptions): Iam {
  const callOf = makeCalls(credentials, region, options);
  return { ...keyCalls(callOf), ...tagCalls(callOf), ...deviceCalls(callOf) };
}

type KeyCalls = Pick<
  Iam,
  "listAccessKeys" | "createAccessKey" | "setAccessKeyStatus" | "deleteAccessKey" | "lastUseOf"
>;

function keyCalls(callOf: MakeCall): KeyCalls {
  return {
    async listAccessKeys(UserName) {
      const call = callOf({ action: "ListAccessKeys", isRepeatable: true });
      const { pages, at } = await readPages(
        call,
        (from) => new ListAccessKeysCommand({ UserName, ...from }),
      );
      const listed = pages.flatMap((page) => page.AccessKeyMetadata ?? []);
      return { at, keys: listed.map((key) => listedKey(call, key, UserName)) };
    },
    async createAccessKey(UserName) {
      const call = callOf({ action: "CreateAccessKey", isRepeatable: false });
      const { output, at } = await sendToIam(call, new CreateAccessKeyCommand({ UserName }));
      const { AccessKeyId, SecretAccessKey, CreateDate } = output.AccessKey ?? {};
      if (!AccessKeyId || !SecretAccessKey) throw incompleteResponse(call);
      const problem =
        keysProblem({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey }) ??
        userProblem(output.AccessKey?.UserName, UserName);
      if (problem !== undefined) throw mismatchedResponse(call, problem);
      return {
        at,
        accessKeyId: AccessKeyId,
        secretAccessKey: new Secret(SecretAccessKey),
        createdAt: CreateDate ?? at,
      };
    },
    async setAccessKeyStatus(UserName, AccessKeyId, Status) {
      const call = callOf({ action: "UpdateAccessKey", isRepeatable: true });
      const { at } = await sendToIam(
        call,
        new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status }),
      );
      return { at };
    },
    deleteAccessKey(UserName, AccessKeyId) {
      const call = callOf({ action: "DeleteAccessKey", isRepeatable: true });
      return sendRemoval(call, new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
    },
    async lastUseOf(AccessKeyId) {
      const call = callOf({ action: "GetAccessKeyLastUsed", isRepeatable: true });
      const { output, at } = await sendToIam(
        call,
        new GetAccessKeyLastUsedCommand({ AccessKeyId }),
      );
      const { LastUsedDate, ServiceName, Region } = output.AccessKeyLastUsed ?? {};
      return { at, usedAt: LastUsedDate, service: known(ServiceName), region: known(Region) };
    },
  };
}

function listedKey(call: Call, key: AccessKeyMetadata, userName: string): ListedKey {
  const { AccessKeyId, Status, CreateDate } = key;
  if (!AccessKeyId || !Status || !CreateDate) throw incompleteResponse(call);
  const problem = listedKeyProblem(AccessKeyId, Status) ?? userProblem(key.UserName, userName);
  if (problem !== undefined) throw mismatchedResponse(call, problem);
  return { accessKeyId: AccessKeyId, status: Status, createdAt: CreateDate };
}

/** AWS says `N/A` for a key that was not used. */
function known(text: string | undefined): string | undefined {
  return text === "N/A" || text === "" ? undefined : text;
}

function tagCalls(callOf: MakeCall): Pick<Iam, "listUserTags" | "tagUser" | "untagUser"> {
  return {
    async listUserTags(UserName) {
      const call = callOf({ action: "ListUserTags", isRepeatable: true });
      const { pages, at } = await readPages(
        call,
        (from) => new ListUserTagsCommand({ UserName, ...from }),
      );
      const tags = pages.flatMap((page) => page.Tags ?? []);
      return { at, tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value ?? ""])) };
    },
    async tagUser(UserName, tags) {
      const call = callOf({ action: "TagUser", isRepeatable: true });
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      const { at } = await sendToIam(call, new TagUserCommand({ UserName, Tags }));
      return { at };
    },
    async untagUser(UserName, keys) {
      const call = callOf({ action: "UntagUser", isRepeatable: true });
      const { at } = await sendToIam(call, new UntagUserCommand({ UserName, TagKeys: [...keys] }));
      return { at };
    },
  };
}
