// Every command and the file that defines it. A file is loaded when its command runs, or for help.

import type { CommandDefinition } from "../args/command.ts";
import { command as credentialProcess } from "../commands/credential-process.ts";
import type { CheckAdmin, Context } from "../ports.ts";

export interface CommandModule {
  readonly command: CommandDefinition<Context>;
}

/** By name, in the order of help and documentation. */
export const commands: Readonly<Record<string, () => Promise<CommandModule>>> = {
  assume: () => import("../commands/assume.ts"),
  "credential-process": loadCredentialProcess,
  exec: () => import("../commands/exec.ts"),
  env: () => import("../commands/env.ts"),
  console: () => import("../commands/console.ts"),
  "export switch-roles": () => import("../commands/export/switch-roles.ts"),
  list: () => import("../commands/list.ts"),
  whoami: async () => {
    const { whoamiOf } = await import("../commands/whoami.ts");
    return { command: whoamiOf(loadCredentialProcess) };
  },
  logout: () => import("../commands/logout.ts"),
  "shell-init": () => import("../commands/shell-init.ts"),
  completion: async () => {
    const { completionOf } = await import("../commands/completion.ts");
    return { command: completionOf(loadDefinitions) };
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
  "keychain passphrase": () => import("../commands/keychain/passphrase.ts"),
  "config check": async () => {
    const { checkOf } = await import("../commands/config/check.ts");
    return { command: checkOf(checkAdmin) };
  },
  "config path": () => import("../commands/config/path.ts"),
  "config show": () => import("../commands/config/show.ts"),
  "config trust": () => import("../commands/config/trust.ts"),
  init: () => import("../commands/init.ts"),
  import: () => import("../commands/import.ts"),
  doctor: async () => {
    const { doctorOf } = await import("../commands/doctor.ts");
    return { command: doctorOf(checkAdmin) };
  },
};

/** `awst admin user list` and the like: a module of its own, with a table of its own. */
export const adminPrefix = "admin";
const loadAdmin = () => import("../admin/commands.ts");
export const loadAdminCommands = async () => (await loadAdmin()).adminCommands;

export const commandNames: readonly string[] = [...Object.keys(commands), adminPrefix];

const checkAdmin: CheckAdmin = async (table, path) => (await loadAdmin()).checkAdmin(table, path);

// In the same file of dist/ anyway, so import() would only cost time.
async function loadCredentialProcess(): Promise<CommandModule> {
  return { command: credentialProcess };
}

/** Every definition, in the order of the table: for help, completion and documentation. */
export async function loadDefinitions(): Promise<readonly CommandDefinition<Context>[]> {
  const all = [...Object.values(commands), ...Object.values(await loadAdminCommands())];
  const modules = await Promise.all(all.map((load) => load()));
  return modules.map(({ command }) => command);
}

/** What every typed command does besides its own work. */
export const loadBackground = () => import("../commands/background.ts");

/** Help and explanations of usage errors: loaded when they are printed. */
export const loadHelp = () => import("./help.ts");
export const loadUsage = () => import("./usage.ts");
