// A user's tags. Setting one replaces the one of its name, so all of it may be repeated.

import { ListUserTagsCommand, TagUserCommand, UntagUserCommand } from "@aws-sdk/client-iam";
import type { Iam } from "../../ports/iam.ts";
import { askIam, type MakeCall, readPages } from "./aws-iam-call.ts";

export function tagCalls(callOf: MakeCall): Pick<Iam, "listUserTags" | "tagUser" | "untagUser"> {
  return {
    async listUserTags(UserName) {
      const call = callOf({ action: "ListUserTags", isRepeatable: true });
      const { pages, at } = await readPages(call, (iam, from) =>
        iam.send(new ListUserTagsCommand({ UserName, ...from })),
      );
      const tags = pages.flatMap((page) => page.Tags ?? []);
      return { at, tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value ?? ""])) };
    },
    async tagUser(UserName, tags) {
      const call = callOf({ action: "TagUser", isRepeatable: true });
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      const { at } = await askIam(call, (iam) => iam.send(new TagUserCommand({ UserName, Tags })));
      return { at };
    },
    async untagUser(UserName, keys) {
      const call = callOf({ action: "UntagUser", isRepeatable: true });
      const { at } = await askIam(call, (iam) =>
        iam.send(new UntagUserCommand({ UserName, TagKeys: [...keys] })),
      );
      return { at };
    },
  };
}
