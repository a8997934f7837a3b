// The administrator's commands and the files that define them. The user's commands load nothing of this folder, but
// `config check` and `doctor`, where the configuration has the table `[admin]`: they load what checks it.

import type { CommandDefinition } from "../args/command.ts";
import type { CheckAdmin, Context } from "../ports.ts";

interface AdminCommandModule {
  readonly command: CommandDefinition<Context>;
}

/** By name, in the order of help and documentation. */
export const adminCommands: Readonly<Record<string, () => Promise<AdminCommandModule>>> = {
  "admin accounts": () => import("./commands/accounts.ts"),
  "admin user list": () => import("./commands/user/list.ts"),
  "admin user show": () => import("./commands/user/show.ts"),
  "admin user create": () => import("./commands/user/create.ts"),
  "admin user password": () => import("./commands/user/password.ts"),
  "admin user tag": () => import("./commands/user/tag.ts"),
  "admin user offboard": () => import("./commands/user/offboard.ts"),
  "admin user restore": () => import("./commands/user/restore.ts"),
  "admin group create": () => import("./commands/group/create.ts"),
  "admin group sort": () => import("./commands/group/sort.ts"),
  "admin group check": () => import("./commands/group/check.ts"),
  "admin dormant report": () => import("./commands/dormant/report.ts"),
  "admin dormant enforce": () => import("./commands/dormant/enforce.ts"),
  "admin dormant restore": () => import("./commands/dormant/restore.ts"),
  "admin deploy dormant": () => import("./commands/deploy/dormant.ts"),
  "admin deploy status": () => import("./commands/deploy/status.ts"),
  "admin deploy remove": () => import("./commands/deploy/remove.ts"),
  "admin grant": () => import("./commands/grant.ts"),
  "admin grants": () => import("./commands/grants.ts"),
  "admin revoke": () => import("./commands/revoke.ts"),
  "admin report": () => import("./commands/report.ts"),
  "admin policy": () => import("./commands/policy.ts"),
};

export const checkAdmin: CheckAdmin = async (table, path) =>
  (await import("./model/admin-settings.ts")).findAdminProblems(table, path);
