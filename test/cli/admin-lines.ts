// Each command of the administrator, run so that it makes every call that it can make: what there is in the account
// before, and the lines. `test/cli/admin-policy.test.ts` counts the calls.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { addOrganization } from "../../sandbox/fixtures/organization.ts";
import { addLeaver } from "../admin/admin-scene.ts";
import { type Home, plainConfiguration } from "../support/home.ts";

export interface CommandScenario {
  /** Before the first line. */
  prepare?(home: Home): void;
  /** Arguments of awst (`!` in front: the line fails; `| true` at the end: stdout has no reader), or what happens between
   *  two lines. */
  readonly lines: readonly (readonly string[] | ((home: Home) => void))[];
}

const recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

const accountOf = ({ sandbox }: Home) => sandbox.cloud.account(sandbox.main.accountId);
const leaver = (home: Home, name = "leaver"): void =>
  addLeaver({ account: accountOf(home), sandbox: home.sandbox }, name);
const wait =
  (days: number) =>
  (home: Home): void =>
    home.moveClock(days * 86_400);

/** The next call of this action fails, and the command stops there. */
const stopOnce =
  (action: string) =>
  ({ sandbox }: Home): void =>
    sandbox.faults.add({
      action,
      kind: "error",
      status: 400,
      code: "LimitExceeded",
      message: "stopped",
    });

const organization = (home: Home): void => {
  addOrganization(home.sandbox.cloud, home.sandbox.main.accountId, ["444444444441"]);
  configure("")(home);
};

/** All accounts of the organization, and who gets notices. */
const configure =
  (notify: string) =>
  (home: Home): void => {
    const admin = `[admin]\naccounts = "organization"\n[admin.dormant]\n${notify}`;
    home.write(".config/awstools/config.toml", `${plainConfiguration(home.sandbox)}\n${admin}`);
  };

const topic = ({ sandbox }: Home): string =>
  `arn:aws:sns:eu-west-1:${sandbox.main.accountId}:dormant`;

/** Without access, as an enforcement long ago left it. */
function addDisabled(home: Home, name: string): void {
  const account = accountOf(home);
  const document = {
    Version: "2012-10-17" as const,
    Statement: { Effect: "Allow" as const, Action: "s3:*", Resource: "*" },
  };
  const user = account.addUser(name, {
    createdAt: new Date(0),
    policies: [{ name: "Extra", document }],
  });
  user.tags.push({ key: "awst:dormant-disabled", value: "2020-01-01" });
  account.disableKey(account.addKey(name, true, new Date(0)).id);
}

/** Not dormant, so that the first administrator is not the last one. */
function secondAdministrator(home: Home): void {
  accountOf(home).addUser("second", { groups: ["Admins"] });
  accountOf(home).addKey("second");
}

/** The folder is gone when AWS makes the next key. */
function loseFolder(home: Home, folder: string): void {
  const account = accountOf(home);
  const addKey = account.addKey.bind(account);
  account.addKey = (...args) => {
    account.addKey = addKey;
    rmSync(join(home.path, folder), { recursive: true });
    return addKey(...args);
  };
}

/** Leaves too few characters for an inline deny. */
function fill(home: Home, name: string): void {
  const document = {
    Version: "2012-10-17",
    Statement: { Effect: "Allow" as const, Action: "s3:Get", Resource: "x".repeat(1_930) },
  };
  accountOf(home).user(name).policies = [{ name: "Long", document }];
}

function attachTen(home: Home, name: string): void {
  const { attached } = accountOf(home).user(name);
  for (let at = attached.length; at < 10; at++) attached.push(`arn:aws:iam::aws:policy/Own${at}`);
}

const recipes = (home: Home): void =>
  home.write(
    "rules.json",
    '{"common_groups":["All"],"category_groups":["Humans","Robots"],"category_regex":["","^Robot"]}',
  );
const rules = ["--recipes", "rules.json"];
const yes = ["--yes"];
const assumable = ["main-account/AdminAccess", "--reason", "x", ...yes];

export const scenarios: Readonly<Record<string, CommandScenario>> = {
  "user list": {
    // The leaver is younger than the credential report.
    prepare: wait(200),
    lines: [["user", "list"], leaver, ["user", "list"]],
  },
  "user show": {
    prepare: leaver,
    lines: [["user", "show", "leaver"]],
  },
  "user create": {
    prepare: (home) => {
      leaver(home, "half");
      accountOf(home).user("half").tags = [];
      accountOf(home).addDevice("half", "bare").userName = undefined;
    },
    lines: [
      ["user", "create", "alice", "--email", "a@example.com", "--group", "developer"].concat([
        ...["--key", "--mfa", "--out", "s", ...yes],
      ]),
      ["user", "create", "half", "--email", "h@example.com", "--group", "developer"].concat([
        ...["--out", "s", ...yes],
      ]),
      // A device that was given up is replaced.
      ["user", "create", "bare", "--email", "b@example.com", "--no-password"].concat([
        ...["--mfa", "--out", "s", ...yes],
      ]),
      // A key that was never used is named.
      ["user", "create", "half", "--key"],
      (home) => loseFolder(home, "lost"),
      // A key whose secret can't be stored is deleted.
      ["!", "user", "create", "ci", "--email", "c@example.com", "--no-password"].concat([
        ...["--key", "--out", "lost", ...yes],
      ]),
      // A device whose seed was lost is deleted.
      ["!", "user", "create", "ida", "--email", "i@example.com", "--no-password"].concat([
        ...["--mfa", "--age", recipient, "--json", ...yes, "| true"],
      ]),
    ],
  },
  "user password": {
    prepare: leaver,
    lines: [
      ["user", "password", "leaver", "--out", "s", ...yes],
      ["user", "password", "newcomer", "--out", "s", ...yes],
    ],
  },
  "user tag": {
    prepare: leaver,
    lines: [["user", "tag", "leaver", "note=x", "team=", ...yes]],
  },
  "user offboard": {
    prepare: (home) => {
      leaver(home);
      for (const name of ["full", "fuller"]) {
        leaver(home, name);
        accountOf(home).user(name).boundary = undefined;
        fill(home, name);
      }
      attachTen(home, "fuller");
    },
    lines: [
      ["user", "offboard", "full", "--grace", "1d", "--end-sessions", ...yes],
      ["user", "offboard", "fuller", "--cut-only", ...yes],
      wait(3),
      // A user whom AWS's own policy denies everything: it names no day, so an administrator names the user.
      ["!", "user", "offboard", "--due", ...yes],
      ["user", "offboard", "full", ...yes],
      ["user", "offboard", "leaver", "--end-sessions", ...yes],
    ],
  },
  "user restore": {
    prepare: (home) => {
      for (const name of ["full", "fuller", "fullest"]) {
        leaver(home, name);
        fill(home, name);
      }
      leaver(home);
      attachTen(home, "fuller");
      attachTen(home, "fullest");
      accountOf(home).user("fullest").boundary = undefined;
    },
    lines: [
      ["user", "offboard", "leaver", "full", "fuller", "fullest", "--cut-only", ...yes],
      ["user", "restore", "leaver", ...yes],
      ["user", "restore", "full", ...yes],
      ["user", "restore", "fuller", ...yes],
      ["user", "restore", "fullest", ...yes],
      ["user", "offboard", "leaver", ...yes],
      stopOnce("UploadSigningCertificate"),
      ["!", "user", "restore", "leaver", ...yes],
      ["user", "restore", "leaver", ...yes],
    ],
  },
  "group create": { prepare: recipes, lines: [["group", "create", ...rules, ...yes]] },
  "group sort": {
    prepare: (home) => {
      recipes(home);
      const account = accountOf(home);
      for (const name of ["All", "Humans", "Robots"]) account.addGroup(name);
      account.addUser("Robot-1", { groups: ["Humans", "Robots"] });
    },
    lines: [["group", "sort", "--fix", "--default-category", "Humans", ...rules, ...yes]],
  },
  "group check": {
    prepare: (home) => {
      recipes(home);
      const account = accountOf(home);
      for (const name of ["All", "Humans", "Robots"]) account.addGroup(name);
      for (const user of account.users.values()) user.groups.push("All", "Humans");
    },
    lines: [["group", "check", ...rules]],
  },
  "dormant report": {
    prepare: (home) => {
      organization(home);
      home.moveClock(200 * 86_400);
    },
    lines: [
      ["dormant", "report"],
      leaver,
      ["dormant", "report"],
      (home) => {
        const late = accountOf(home).addUser("late", { createdAt: new Date(0) });
        late.tags.push({ key: "email", value: "late@example.com" });
        accountOf(home).addKey("late", true, new Date(0));
      },
      configure('notify = "sns"\nnotifyTopic = "arn:aws:sns:eu-west-1:111111111111:none"'),
      ["!", "dormant", "report", "--notify", ...yes],
      configure('notify = "ses"\nnotifyFrom = "security@example.com"'),
      ["!", "dormant", "report", "--notify", ...yes],
      configure('notify = "slack"\nnotifyParameter = "/admin/hook"'),
      ["!", "dormant", "report", "--notify", ...yes],
    ],
  },
  "dormant enforce": {
    prepare: (home) => {
      accountOf(home)
        .addUser("back")
        .tags.push({ key: "awst:dormant-warned", value: "2020-01-01" });
      leaver(home);
      addDisabled(home, "off");
      home.moveClock(200 * 86_400);
      secondAdministrator(home);
    },
    lines: [
      ["dormant", "enforce", ...yes],
      wait(20),
      ["dormant", "enforce", ...yes],
      (home) => {
        const late = accountOf(home).addUser("late", { createdAt: new Date(0) });
        late.tags.push({ key: "email", value: "late@example.com" });
        accountOf(home).addKey("late", true, new Date(0));
      },
      organization,
      configure('notify = "sns"\nnotifyTopic = "arn:aws:sns:eu-west-1:111111111111:none"'),
      ["!", "dormant", "enforce", ...yes],
      configure('notify = "ses"\nnotifyFrom = "security@example.com"'),
      ["!", "dormant", "enforce", ...yes],
      configure('notify = "slack"\nnotifyParameter = "/admin/hook"'),
      ["!", "dormant", "enforce", ...yes],
      // Records a user without access, and sends the warning of the deletion.
      (home) => void accountOf(home).topics.add(topic(home)),
      (home) =>
        configure(
          `notify = "sns"\nnotifyTopic = "${topic(home)}"\nactions = ["keys", "user"]\ndeleteDays = 30`,
        )(home),
      ["dormant", "enforce", ...yes],
      wait(17),
      ["dormant", "enforce", ...yes],
    ],
  },
  "dormant restore": {
    prepare: (home) => {
      leaver(home);
      const [key] = accountOf(home).keysOf("leaver");
      const value = key?.id ?? "";
      for (const name of ["warned", "disabled"]) {
        accountOf(home)
          .user("leaver")
          .tags.push({ key: `awst:dormant-${name}`, value: "2020-01-01" });
      }
      accountOf(home).user("leaver").tags.push({ key: "awst:dormant-keys", value });
      if (key !== undefined) accountOf(home).disableKey(key.id);
    },
    lines: [["dormant", "restore", "leaver", ...yes]],
  },
  grant: {
    lines: [
      ["grant", "user", "--for", "1m", ...assumable],
      wait(1),
      ["grant", "user", "--for", "1h", "--exact", "--anyway", ...assumable],
      ["grant", "newcomer", "--for", "1m", "--managed", ...assumable],
      wait(1),
      ["grant", "newcomer", "--for", "1h", "--managed", ...assumable],
    ],
  },
  grants: {
    lines: [
      ["grant", "user", "--for", "1h", "--exact", "--anyway", ...assumable],
      ["grant", "newcomer", "--for", "1h", "--managed", ...assumable],
      ["grants"],
      wait(1),
      ["grants", "prune", ...yes],
    ],
  },
  revoke: {
    lines: [
      ["grant", "user", "--for", "1h", ...assumable],
      ["grant", "newcomer", "--for", "1h", "--managed", ...assumable],
      ["revoke", "arn:aws:iam::111111111111:user/user", "main-account/AdminAccess"].concat([
        ...["--end-sessions", ...yes],
      ]),
      ["revoke", "newcomer", "main-account/AdminAccess", "--end-sessions", ...yes],
    ],
  },
  accounts: { prepare: organization, lines: [["accounts"]] },
  report: {
    prepare: (home) => {
      home.moveClock(200 * 86_400);
      secondAdministrator(home);
      const { userName } = home.sandbox.main;
      accountOf(home).user(userName).tags.push({ key: "awst:dormant-warned", value: "2020-01-01" });
    },
    lines: [["report"]],
  },
};
