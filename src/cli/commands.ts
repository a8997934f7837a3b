// Which verb lies where. Loading is the cost of typing: nothing here runs until it is asked for.

import type { Words } from "../model/words.ts";
import type { Context } from "../ports.ts";

export interface Command {
  /** The exit status; nothing means 0. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a command that returns nothing is a Promise<void>
  run(context: Context, words: Words): Promise<number | void>;
}

/** By the words that are typed. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  assume: () => import("../commands/assume.ts"),
  "credential-process": () => import("../commands/credential-process.ts"),
  exec: () => import("../commands/exec.ts"),
  env: () => import("../commands/env.ts"),
  console: () => import("../commands/console.ts"),
  "export switch-roles": () => import("../commands/export/switch-roles.ts"),
  list: () => import("../commands/list.ts"),
  whoami: () => import("../commands/whoami.ts"),
  logout: () => import("../commands/logout.ts"),
  "shell-init": () => import("../commands/shell-init.ts"),
  completion: async () => {
    const { completing } = await import("../commands/completion.ts");
    return completing((await import("./completion-verbs.ts")).completionVerbs);
  },
  status: () => import("../commands/status.ts"),
  "key add": () => import("../commands/key/add.ts"),
  "key import": () => import("../commands/key/import.ts"),
  "key rotate": () => import("../commands/key/rotate.ts"),
  "key schedule": () => import("../commands/key/schedule.ts"),
  "key list": () => import("../commands/key/list.ts"),
  "key describe": () => import("../commands/key/describe.ts"),
  "key activate": () => import("../commands/key/activate.ts"),
  "key deactivate": () => import("../commands/key/deactivate.ts"),
  "key delete": () => import("../commands/key/delete.ts"),
  "mfa list": () => import("../commands/mfa/list.ts"),
  "mfa add": () => import("../commands/mfa/add.ts"),
  "mfa remove": () => import("../commands/mfa/remove.ts"),
  "mfa resync": () => import("../commands/mfa/resync.ts"),
  "mfa replace": () => import("../commands/mfa/replace.ts"),
  "mfa store": () => import("../commands/mfa/store.ts"),
  "mfa code": () => import("../commands/mfa/code.ts"),
  "mfa forget": () => import("../commands/mfa/forget.ts"),
  "profile sync": () => import("../commands/profile/sync.ts"),
  "profile list": () => import("../commands/profile/list.ts"),
  "profile remove": () => import("../commands/profile/remove.ts"),
  "config check": () => import("../commands/config/check.ts"),
  "config path": () => import("../commands/config/path.ts"),
  "config show": () => import("../commands/config/show.ts"),
  init: () => import("../commands/init.ts"),
  import: () => import("../commands/import.ts"),
  doctor: () => import("../commands/doctor.ts"),
};

/** For people: help, and what is wrong with the words. */
export const loadCommander = () => import("./commander-program.ts");
