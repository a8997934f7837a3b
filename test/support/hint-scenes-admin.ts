// Scenes like those of hint-scenes.ts: roles that are typed in other ways, shells, and the administrator.

import type { HintScene } from "./hint-scenes.ts";
import type { Home } from "./home.ts";

const run = (home: Home, line: string) => home.run(["sh", "-c", line]);

/** An administrator at work: AdminAccess is assumed, and the shell names it. */
const asAdmin = {
  home: { env: { AWST_ADMIN_AS: "main-account/AdminAccess" } },
  arrange: async (home: Home) => {
    await run(home, `awst assume main-account AdminAccess --mfa-code ${home.code()}`);
    home.moveClock(30);
  },
} as const;

const assume = (home: Home) =>
  run(home, `awst assume main-account DeveloperAccess --mfa-code ${home.code()}`);

const grant = "awst admin grant newcomer main-account/AdminAccess --for 30m --reason test";

const groupRules = `printf '%s\\n' '[admin.groups]' 'common = ["AllUsers"]' 'forceCommon = true' '[[admin.groups.category]]' 'name = "AllHumanUsers"' 'match = "."' >> "$XDG_CONFIG_HOME/awstools/config.toml"`;

export const roleScenes: readonly HintScene[] = [
  {
    name: "a function whose stack failed",
    from: "src/admin/commands/deploy/status.ts",
    home: asAdmin.home,
    arrange: async (home) => {
      await asAdmin.arrange(home);
      const { named } = home.sandbox.cloud.account(home.sandbox.main.accountId);
      const group = "AWS::Logs::LogGroup eu-west-1 /aws/lambda/awst-dormant-users";
      named.add(group);
      await run(home, "awst admin deploy dormant --yes");
      named.delete(group);
    },
    line: "awst admin deploy status",
    hint: /^awst admin deploy dormant$/,
    follow: "awst admin deploy dormant --yes",
  },
  {
    name: "account and role in the wrong order",
    from: "src/model/session/match-target.ts",
    line: "awst assume DeveloperAccess main-account --mfa-code CODE",
    hint: /^awst assume main-account DeveloperAccess$/,
    follow: "awst assume main-account DeveloperAccess --mfa-code CODE",
    isInstead: true,
  },
  {
    name: "an ARN that is no role's",
    from: "src/model/session/role-arn.ts",
    line: "awst assume arn:aws:iam::222222222222:user/me",
    hint: /^awst assume arn:aws:iam::111111111111:role\/ROLE$/,
    follow: (home) => home.run(["sh", "-c", "true"]),
    isInstead: true,
  },
  {
    name: "several accounts and an unclear role",
    from: "src/model/session/match-targets.ts",
    arrange: assume,
    line: "awst exec --all main-account DeveloperAccess -- true",
    hint: /^awst exec --all DeveloperAccess -- CMD$/,
    follow: "awst exec --all DeveloperAccess -- true",
    isInstead: true,
  },
  {
    name: "every account, and no role",
    from: "src/flows/target/complete-target.ts",
    arrange: assume,
    line: "awst exec --all -- true",
    hint: /^awst exec --all ROLE -- CMD$/,
    follow: "awst exec --all DeveloperAccess -- true",
    isInstead: true,
  },
  {
    name: "every account, and no program",
    from: "src/commands/exec.ts",
    arrange: assume,
    line: "awst exec --all DeveloperAccess",
    hint: /^awst exec --all ROLE -- CMD$/,
    follow: "awst exec --all DeveloperAccess -- true",
    isInstead: true,
  },
  {
    name: "a shell without a terminal",
    from: "src/flows/shell/open-sub-shell.ts",
    arrange: assume,
    line: "awst exec main-account DeveloperAccess",
    hint: /^awst exec main-account DeveloperAccess -- CMD$/,
    follow: "awst exec main-account DeveloperAccess -- true",
    isInstead: true,
  },
  {
    name: "profiles to remove, without a terminal",
    from: "src/flows/profile/remove-profiles.ts",
    arrange: assume,
    line: "awst profile remove",
    hint: /^awst profile remove --yes, or name the profiles$/,
    follow: "awst profile remove --yes",
    isInstead: true,
  },
  {
    name: "trust for the default configuration",
    from: "src/flows/session/trust-configuration.ts",
    arrange: (home) => run(home, 'cp "$XDG_CONFIG_HOME/awstools/config.toml" "$HOME/other.toml"'),
    line: "awst config trust",
    hint: /^awst config trust --config PATH$/,
    follow: 'awst config trust --config "$HOME/other.toml"',
    isInstead: true,
  },
  {
    name: "a passphrase without a sealed file",
    from: "src/adapters/keychain/sealed-items.ts",
    line: "awst keychain passphrase < $HOME/new",
    arrange: (home) => home.write("new", "battery staple\n"),
    hint: /^awst key add, or awst key import, makes one/,
    follow: "awst key import",
    isInstead: true,
  },
  {
    name: "an administrator without a terminal",
    from: "src/admin/open-command.ts",
    ...asAdmin,
    line: "awst admin user password newcomer --out $HOME/out",
    hint: /^awst admin user password newcomer --out \S+ --yes$/,
    isInstead: true,
  },
  {
    name: "a user that does not exist",
    from: "src/admin/flows/read-user.ts",
    ...asAdmin,
    line: "awst admin user show quetzalcoatl",
    hint: /^awst admin user list$/,
    isInstead: true,
  },
  {
    name: "a user who was never warned",
    from: "src/admin/flows/restore-dormant.ts",
    ...asAdmin,
    line: "awst admin dormant restore newcomer",
    hint: /^awst admin user show newcomer$/,
    isInstead: true,
  },
  {
    name: "a user who was never off-boarded",
    from: "src/admin/flows/restore-user.ts",
    ...asAdmin,
    line: "awst admin user restore newcomer --yes",
    hint: /^awst admin user show newcomer$/,
    isInstead: true,
  },
  {
    name: "a password for a user who is off-boarded",
    from: "src/admin/flows/guard-users.ts",
    ...asAdmin,
    arrange: async (home) => {
      await asAdmin.arrange(home);
      await run(home, "awst admin user offboard newcomer --cut-only --yes");
    },
    line: "awst admin user password newcomer --yes --out $HOME/out",
    hint: /^awst admin user restore newcomer$/,
    follow: "awst admin user restore newcomer --yes",
  },
  {
    name: "a new user without an address",
    from: "src/admin/commands/user/create.ts",
    ...asAdmin,
    line: "awst admin user create ada --yes --out $HOME/out",
    hint: /^awst admin user create ada .*--email ADDRESS$/,
    follow: "awst admin user create ada --yes --out $HOME/out --email ada@example.com",
    isInstead: true,
  },
  {
    name: "no user to off-board",
    from: "src/admin/commands/user/offboard.ts",
    ...asAdmin,
    line: "awst admin user offboard --yes",
    hint: /^awst admin user offboard NAME$/,
    follow: "awst admin user offboard newcomer --yes",
    isInstead: true,
  },
  {
    name: "no tag",
    from: "src/admin/model/user-tags.ts",
    ...asAdmin,
    line: "awst admin user tag newcomer",
    hint: /^awst admin user tag NAME K=V$/,
    follow: "awst admin user tag newcomer team=platform --yes",
    isInstead: true,
  },
  {
    name: "a grant on something that is no role",
    from: "src/admin/open-admin.ts",
    ...asAdmin,
    line: "awst admin grant newcomer DeveloperAccess --for 30m --reason test --yes",
    hint: /^awst admin grant newcomer ACCOUNT\/DeveloperAccess --for 30m --reason test --yes$/,
    follow: "awst admin grant newcomer main-account/AdminAccess --for 30m --reason test --yes",
    isInstead: true,
  },
  {
    name: "a grant that does not exist, beside one that does",
    from: "src/admin/flows/revoke-access.ts",
    ...asAdmin,
    arrange: async (home) => {
      await asAdmin.arrange(home);
      await run(home, `${grant} --yes`);
    },
    line: "awst admin revoke 00000000 --yes",
    hint: /^awst admin grants$/,
    isInstead: true,
  },
  {
    name: "a grant for a user who is off-boarded",
    from: "src/admin/model/grant-plan.ts",
    ...asAdmin,
    arrange: async (home) => {
      await asAdmin.arrange(home);
      await run(home, "awst admin user offboard newcomer --cut-only --yes");
    },
    line: `${grant} --yes`,
    hint: /^awst admin user restore newcomer$/,
    follow: "awst admin user restore newcomer --yes",
  },
  {
    name: "groups that do not exist",
    from: "src/admin/flows/sort-groups.ts",
    ...asAdmin,
    arrange: async (home) => {
      await asAdmin.arrange(home);
      await run(home, groupRules);
    },
    line: "awst admin group sort --yes",
    hint: /^awst admin group create$/,
    follow: "awst admin group create --yes",
  },
  {
    name: "a grant that adds nothing",
    from: "src/admin/commands/grant.ts",
    ...asAdmin,
    line: "awst admin grant user main-account/DeveloperAccess --for 30m --reason test",
    hint: /^awst admin grant user main-account\/DeveloperAccess --for 30m --reason test --anyway$/,
    follow:
      "awst admin grant user main-account/DeveloperAccess --for 30m --reason test --anyway --yes",
    isInstead: true,
  },
  {
    name: "users outside their groups",
    from: "src/admin/commands/group/check.ts",
    ...asAdmin,
    arrange: async (home) => {
      await asAdmin.arrange(home);
      await run(home, groupRules);
      await run(home, "awst admin group create --yes");
    },
    line: "awst admin group check",
    hint: /^awst admin group sort$/,
    follow: "awst admin group sort --yes",
  },
  {
    ...asAdmin,
    name: "an account that the run does not cover",
    from: "src/admin/model/account-targets.ts",
    line: "awst admin dormant report --account qqqqqqqq",
    hint: /^awst admin accounts$/,
    isInstead: true,
  },
];

/** Files whose hints have no scene, and why. */
export const withoutScene: Readonly<Record<string, string>> = {
  "src/admin/commands/policy.ts": "its hint is a way for those who deploy by other means",
  "src/admin/model/function-settings.ts": "is for the function in AWS, which no shell starts",
  "src/admin/flows/wait-for-deployment.ts": "after two hours in which CloudFormation did not end",
  "src/admin/flows/remove-function.ts": "after stacks that CloudFormation could not delete",
  "src/admin/commands/grants.ts":
    "after a step that AWS refused; the fault matrix of grants plays it",
  "src/admin/commands/report.ts":
    "after an account of an organization that fails; admin-report-accounts.txt plays it",
  "src/admin/commands/dormant/report.ts":
    "after an account of an organization that fails; admin-accounts.txt plays such a run",
  "src/admin/model/account-targets.ts":
    "after an account that is not in the list; admin-report-accounts.txt plays it",
  "src/admin/flows/grant-access.ts":
    "after an answer that AWS changed; the fault matrix of grants plays it",
  "src/admin/model/notices.ts":
    "of a user in a plan, whose line has the command; admin-dormant-plan.txt plays it",
  "src/admin/commands/revoke.ts":
    "after a step that AWS refused; the fault matrix of grants plays it",
  "src/adapters/file/owned-files.ts":
    "opens what is closed; test/sessions/closed-paths.test.ts runs it",
  "src/model/keychain/key-elsewhere.ts":
    "its hint is a variable first; test/scripts/other-state-folder.txt plays it",
  "src/args/whole-line.ts": "completes hints of others, which have scenes",
  "src/adapters/child/browser.ts": "its hint is replaced by the command's own",
  "src/adapters/scheduler/scheduler-cron.ts": "its hint names no command, but variables",
  "src/adapters/scheduler/scheduler.ts": "prints the command of a schedule, for another scheduler",
  "src/flows/doctor/check-profiles.ts": "prints findings, not hints of errors",
  "src/model/doctor/client-findings.ts": "prints findings, not hints of errors",
  "src/model/profile/stable-path.ts": "a text of the launcher, which runs without awst",
  "src/model/rotation/installed-schedules.ts": "prints problems of schedules, not hints of errors",
  "src/model/rotation/open-rotation.ts": "prints problems of a rotation, not hints of errors",
  "src/model/setup/imported-identities.ts": "prints lines of a report, not hints of errors",
  "src/model/shell/sub-shell.ts": "is for Windows, where these scenes have no shell",
  "src/output/profile/profile-report.ts": "prints lines of a report, not hints of errors",
  "src/output/rotation/unattended-report.ts": "prints problems of a rotation, not hints of errors",
};
