// The edits that break the promises of SECURITY.md, one or more for each row of its table: `break-promises.mjs` makes
// each edit in a copy of the checkout, and expects every named test to fail.

import { storePromises } from "./store-promises.mjs";

/**
 * `file`, `from`, `to`: the edit; `from` stands exactly once in the file. `tests`: file and title, as SECURITY.md names
 * them. `build`: what has to be built after the edit.
 */
export const promises = [
  ...storePromises,
  {
    what: "a key or token may have any characters",
    file: "src/model/aws/response-checks.ts",
    from: "/^[A-Za-z0-9+/=._-]+$/.test(text)",
    to: "text !== undefined",
    tests: [
      ["src/adapters/aws/hostile-responses.test.ts", "AssumeRole: refused, and sent once"],
      ["src/model/aws/response-checks.test.ts", "%j is no secret, no token and no key id"],
    ],
  },
  {
    what: "a link that another user put into /tmp is followed",
    file: "src/adapters/file/whole-file.ts",
    from: "  return file.uid !== user && file.uid !== folder.uid;\n",
    to: "  return false;\n",
    tests: [["src/adapters/file/whole-file.test.ts", "mayBePlanted: %s"]],
  },
  {
    what: "any host gives AWS's time",
    file: "src/model/aws/believed-time.ts",
    from: "  if (!isAws && !isLoopback(url)) return undefined;\n",
    to: "",
    tests: [["src/model/aws/believed-time.test.ts", "believes nothing of %s (overridden: %s)"]],
  },
  {
    what: "a time of any day is believed",
    file: "src/model/aws/believed-time.ts",
    from: "<= maxSkewMs ? time : undefined",
    to: "<= Number.POSITIVE_INFINITY ? time : undefined",
    tests: [["src/adapters/aws/hostile-responses.test.ts", "%d ms off: not believed"]],
  },
  {
    what: "a local endpoint gets codes of the future",
    file: "src/model/clock.ts",
    from: "isLocal ? Math.min(skewMs, codeStepMs) : skewMs",
    to: "isLocal ? skewMs : skewMs",
    tests: [["src/model/clock.test.ts", "codes of the future: %s"]],
  },
  {
    what: "a folder that others can enter is used as memory",
    file: "src/adapters/file/paths.ts",
    from: " && (stats.mode & 0o777) === 0o700;",
    to: ";",
    tests: [["src/adapters/file/paths.test.ts", "in shared memory, %s is not used"]],
  },
  {
    what: "AWS's text is printed whole",
    file: "src/adapters/aws/aws-errors.ts",
    from: "line.length > 300",
    to: "line.length > 1e9",
    tests: [
      [
        "src/adapters/aws/hostile-responses.test.ts",
        "200 kB of text become one line of at most 400 characters",
      ],
    ],
  },
  {
    what: "a program of Windows is started by its bare name",
    file: "src/adapters/scheduler/scheduler-tasks.ts",
    from: 'windowsProgramPath("schtasks", systemFolder)',
    to: '(systemFolder === "" ? windowsProgramPath("schtasks", "") : "schtasks.exe")',
    tests: [
      [
        "test/architecture.test.ts",
        "what runs is decided neither by the current folder nor by the environment",
      ],
      [
        "src/adapters/scheduler/scheduler.test.ts",
        "installs a task from UTF-16, reports it, removes it",
      ],
    ],
  },
  {
    what: "relative folders of PATH count",
    file: "src/model/text/program-paths.ts",
    from: "    .filter((folder) => isAbsolute.test(folder))\n",
    to: "",
    tests: [["src/model/text/program-paths.test.ts", "of PATH %s only absolute folders count"]],
  },
  {
    what: "every line that looks like awst's is answered",
    file: "src/flows/whoami/own-process.ts",
    from: "[context.program, stable].some((own) => isSame(context, call.program, own))",
    to: "[context.program, stable].some((own) => own[0] !== undefined || isSame(context, own, own))",
    tests: [["src/flows/whoami/own-process.test.ts", "not own: %s"]],
  },
  {
    what: "programs get awst's own secrets",
    file: "src/model/shell/child-environment.ts",
    from: "filter(([name]) => !own.includes(name))",
    to: "filter(([name]) => own !== undefined || name)",
    tests: [
      [
        "test/contract/ambient-credentials.test.ts",
        "a program called %s gets none of awst's own secrets",
      ],
    ],
  },
  {
    what: "the stand-alone program obeys its runtime's variables",
    file: "tools/release/targets.mjs",
    from: "program[at] = 0;",
    to: "at += 1;",
    build: "standalone",
    tests: [["test/standalone.test.ts", "no variable of the runtime changes what runs: %s (%s)"]],
  },
  {
    what: "a relative path in a variable is taken from the current folder",
    file: "src/adapters/file/paths.ts",
    from: "  if (!path || isAbsolute(path) || /^~([/\\\\]|$)/.test(path)) return path || undefined;",
    to: '  if (name !== "") return path || undefined;',
    tests: [
      [
        "src/adapters/file/paths.test.ts",
        "a relative %s is refused: the current folder decides nothing",
      ],
      [
        "src/adapters/aws/aws-route.test.ts",
        "a relative %s is refused: the current folder decides no trust",
      ],
    ],
  },
  {
    what: "every host gets the credentials for the sign-in",
    file: "src/model/console/sign-in-endpoint.ts",
    from: "if (isOwn || allowedHosts.includes(url.hostname)) return url;",
    to: "if (isOwn || allowedHosts.includes(url.hostname) || url.hostname) return url;",
    tests: [["src/model/console/sign-in-endpoint.test.ts", "no credentials for %s"]],
  },
  {
    what: "AWS_ENDPOINT_URL moves the sign-in",
    file: "src/adapters/aws/aws-route.ts",
    from: 'SIGNIN: ["AWS_ENDPOINT_URL_SIGNIN"]',
    to: 'SIGNIN: ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SIGNIN"]',
    tests: [
      [
        "test/contract/sign-in.test.ts",
        "AWS_ENDPOINT_URL does not get the keys, an address that is not AWS's neither",
      ],
    ],
  },
  {
    what: "another endpoint is used in silence",
    file: "src/adapters/aws/aws-route.ts",
    from: "  if (overriddenBy === undefined) return undefined;",
    to: "  if (overriddenBy !== null) return undefined;",
    build: "program",
    tests: [
      [
        "test/sessions/hostile-environment.test.ts",
        "an endpoint of the environment is named once per run that calls it, and in no other",
      ],
    ],
  },
  {
    what: "every configuration has the default one's keys and state",
    file: "src/adapters/file/paths.ts",
    from: 'return shares || isSameFile(configuration, defaultConfiguration) ? "" : hash;',
    to: 'return shares || isSameFile(configuration, defaultConfiguration) || hash ? "" : hash;',
    build: "program",
    tests: [
      ["src/adapters/file/paths.test.ts", "another configuration has its own keys and state"],
      ["test/scripts/other-configuration.txt", "it gets no key, runs no command"],
      [
        "test/sessions/earlier-configuration.test.ts",
        "key and sessions of an earlier configuration stay in use; a new configuration has none of them",
      ],
    ],
  },
  {
    what: "a profile of another configuration counts as one's own",
    file: "src/model/profile/profile-owner.ts",
    from: "slashed(path) !== slashed(own.path) && own.exists(path) ? path : undefined",
    to: "slashed(path) === own.path && own.exists(path) ? path : undefined",
    tests: [["src/model/profile/profile-owner.test.ts", "the owner of a line: %s"]],
  },
  {
    what: "a yes to a configuration's commands counts for every later text",
    file: "src/model/configuration/trust.ts",
    from: "trusted[path] === source.hash",
    to: "trusted[path] !== undefined",
    build: "program",
    tests: [
      ["src/model/configuration/trust.test.ts", "which commands may run: %s"],
      [
        "test/scripts/other-configuration.txt",
        "A change of the file ends the permission for commands",
      ],
    ],
  },
  {
    what: "files that others can change count as the user's own",
    file: "src/adapters/file/file-owner.ts",
    from: "  if (users.length === 0) return undefined;",
    to: "  if (users.length < 9) return undefined;",
    tests: [["src/adapters/file/file-owner.test.ts", "who can change a file: %s"]],
  },
  {
    what: "secrets are written below a folder that others can write",
    file: "src/adapters/file/folder-owner.ts",
    from: "  if (above !== undefined || found === undefined) return above;",
    to: "  if (above === undefined || found === undefined) return above;",
    tests: [["src/adapters/file/folder-owner.test.ts", "who can replace a folder: %s"]],
  },
  {
    what: "in a container, every folder of a user outside counts as the administrator's",
    file: "src/adapters/file/folder-owner.ts",
    from: " && outside.folders.has(path);",
    to: ";",
    tests: [
      ["src/adapters/file/folder-owner.test.ts", "in a container, an outer user owns a folder: %s"],
      [
        "test/admin/rootless-container.test.ts",
        "--out writes below the home folder, and not below a folder of a user outside",
      ],
    ],
    build: "program",
  },
  {
    what: "whoami runs programs from files that others can change",
    file: "src/flows/whoami/whoami.ts",
    from: "  if (openTo === undefined) return;",
    to: "  if (openTo !== null) return;",
    tests: [
      [
        "src/flows/whoami/whoami.test.ts",
        "files that other users can change start no program: profile %s",
      ],
    ],
  },
  {
    what: "credentials go into a file that others can read",
    file: "src/flows/profile/write-profiles.ts",
    from: "  if (!(await files.isOpenToOthers())) return files.openTo();",
    to: "  if (files !== undefined) return undefined;",
    tests: [
      [
        "src/flows/profile/profiles.test.ts",
        "with mode keys: no credentials go into a file that other users can read",
      ],
    ],
  },
  {
    what: "idle connections keep their places",
    file: "src/adapters/child/credentials-server.ts",
    from: "    if (idle.size > maxIdle) oldest?.destroy();",
    to: "    if (idle.size > maxIdle && oldest !== undefined) socket.destroy();",
    tests: [
      [
        "test/contract/credentials-server.test.ts",
        "a thousand connections that send %s do not keep the program waiting",
      ],
    ],
  },
  {
    what: "the program does not inherit the listening socket",
    file: "src/adapters/child/listening-descriptor.ts",
    from: '  if (process.platform === "win32") return undefined;',
    to: "  if (port > 0) return undefined;",
    build: "program",
    tests: [
      [
        "test/cli/exec.test.ts",
        "when awst is killed, no other process can take its port and serve keys to the program",
      ],
    ],
  },
  {
    what: "names in questions keep what controls a terminal",
    file: "src/adapters/terminal/terminal.ts",
    from: "  return oneLine(text);\n",
    to: "  return text;\n",
    tests: [["test/terminal/terminal.test.ts", "%s: names in it control nothing"]],
  },
  {
    what: "--json keeps what controls a terminal",
    file: "src/model/text/one-line.ts",
    from: "JSON.stringify(value, null, 2).replace(controls, escapeAll)",
    to: "JSON.stringify(value, null, 2 + 0 * escapeAll.length)",
    tests: [
      [
        "src/model/text/one-line.test.ts",
        "printableJson() reads back as it was, and controls nothing: %s",
      ],
    ],
  },
  {
    what: "lines of any length are looked into",
    file: "src/adapters/file/configuration-file.ts",
    from: "longLine(text) ?? parseText(text)",
    to: "(text === undefined ? longLine(text) : undefined) ?? parseText(text)",
    tests: [
      [
        "src/adapters/file/configuration-file.test.ts",
        "a line that is too long is named, and not looked into: %s",
      ],
    ],
  },
  {
    what: "AWS files of any size are read",
    file: "src/adapters/file/aws-files.ts",
    from: 'if (found.size > maxBytes) throw malformed(path, "has more than 8 MiB");',
    to: "if (found.size > maxBytes && found.size < 0) return;",
    tests: [["test/aws-files.test.ts", "refuses files that it can't edit without damage"]],
  },
  {
    what: "entries of any type in a state file are believed",
    file: "src/model/session/session-index.ts",
    from: "entries.filter(([, entry]) => isEntry(entry))",
    to: "entries.filter(([, entry]) => isEntry(entry) || entry === null)",
    tests: [
      [
        "test/faults/state-extremes.test.ts",
        "no extreme value in a state file ends a command as a bug",
      ],
    ],
  },
  {
    what: "every account can read the code of the function",
    file: "src/admin/model/deployment.ts",
    from: '{ StringEquals: { "aws:PrincipalOrgID": request.organizationId } }',
    to: "{}",
    tests: [
      [
        "src/admin/model/deployment.test.ts",
        "opens the code to the organization alone, and in one account not at all",
      ],
    ],
  },
  {
    what: "every role of the account can write the code of the function",
    file: "src/admin/model/deployment.ts",
    from: '{ ArnNotLike: { "aws:PrincipalArn": deployerArns(callerArn) } }',
    to: "{}",
    tests: [["src/admin/model/deployment.test.ts", "of %s lets only its user or role write"]],
  },
  {
    what: "the function may change protected users",
    file: "deploy/cloudformation/dormant-users.yaml",
    from: "NeverTouchProtectedUsers\n                Effect: Deny",
    to: "NeverTouchProtectedUsers\n                Effect: Allow",
    build: "program",
    tests: [
      [
        "test/admin/lambda-function.test.ts",
        "can't touch a protected user, whatever the function does, nor the tag that protects",
      ],
    ],
  },
  {
    what: "the function may delete users",
    file: "deploy/cloudformation/dormant-users.yaml",
    from: "                  - iam:GenerateCredentialReport\n",
    to: "                  - iam:GenerateCredentialReport\n                  - iam:DeleteUser\n",
    build: "program",
    tests: [
      [
        "test/admin/lambda-function.test.ts",
        "allows the calls that the function was seen to make, and no other",
      ],
    ],
  },
  {
    what: "a day of a warning counts without a seal",
    file: "src/admin/adapters/user-records.ts",
    from: "if (isSealed(key, name, sealedDays(text))) return text;",
    to: "return text;",
    tests: [
      [
        "test/faults/admin-forged.test.ts",
        "a user who was never warned is warned, with a forged record %s",
      ],
    ],
  },
  {
    what: "a tag brings a deletion forward",
    file: "src/admin/model/dormant-deletion.ts",
    from: "const warningDay = dayAfter(recordedAt.getTime(), deleteDays - warnDays);",
    to: "const warningDay = dayAfter(Date.parse(disabled), deleteDays - warnDays);",
    tests: [
      [
        "test/admin/dormant-spared.test.ts",
        "brings no deletion forward: the time starts when awst looks, and a warning is sent",
      ],
    ],
  },
  {
    what: "a user is deleted for tags alone",
    file: "src/admin/model/offboarding.ts",
    from: "  if (!isDeniedAll(user))\n",
    to: "  if (!isDeniedAll(user)) return undefined;\n  if (!isDeniedAll(user))\n",
    tests: [
      ["src/admin/model/offboarding-due.test.ts", "whyNotCut() with %s"],
      ["test/admin/offboard-due.test.ts", "tags alone, which many may set, get no user deleted"],
      [
        "test/admin/offboard-due.test.ts",
        "a new user on whom nothing hangs is not deleted for tags, whatever this machine has on disk",
      ],
    ],
  },
  {
    what: "a tag brings forward the deletion of a user who is cut off",
    file: "src/admin/model/offboarding.ts",
    from: "  const isOver = dayProblem(day, dayOfTime(now.getTime())) === undefined;\n",
    to: "  const isOver = true;\n",
    tests: [
      ["src/admin/model/offboarding-due.test.ts", "isCutForLater() with %s: %s"],
      [
        "test/admin/offboard-due.test.ts",
        "the day of the plan counts, and a run after that day deletes the user",
      ],
    ],
  },
  {
    what: "a tag is enough where no day was chosen",
    file: "src/admin/model/offboarding.ts",
    from: "  if (day === undefined) return ",
    to: "  if (day === undefined) return undefined; if (day === undefined) return ",
    tests: [
      [
        "test/admin/offboard-due.test.ts",
        "a user who was cut off without a day is deleted by name alone",
      ],
    ],
  },
  {
    what: "a tag says who is no administrator",
    file: "src/admin/model/administrators.ts",
    from: "!isDeniedAll(user) &&",
    to: 'user.tags["awst:cut"] === undefined &&',
    tests: [
      [
        "test/admin/offboard-guards.test.ts",
        "a tag ends no administrator, and only a real deny does",
      ],
    ],
  },
  {
    what: "an administrator who is cut off is deleted for the records",
    file: "src/admin/flows/plan-deletions.ts",
    from: "if (wasAdministrator(user, details))",
    to: 'if (user.tags["awst:cut"] === undefined && wasAdministrator(user, details))',
    tests: [["test/admin/dormant-spared.test.ts", "a user %s"]],
  },
  {
    what: "a record of a warning counts whenever it was made",
    file: "src/admin/model/dormant-deletion.ts",
    from: " && dayOfTime(warnedAt.getTime()) >= warningDay;",
    to: ";",
    tests: [
      [
        "test/admin/dormant-spared.test.ts",
        "a record of a warning that was made before its time is no warning: the user is warned",
      ],
    ],
  },
  {
    what: "a tag in the future ends a deletion",
    file: "src/admin/model/dormant-deletion.ts",
    from: "if (problem !== undefined) return isRecorded ?",
    to: "if (problem === undefined) return isRecorded ?",
    tests: [
      [
        "test/admin/dormant-spared.test.ts",
        "a tag that is no day, or one in the future, loses no record",
      ],
    ],
  },
  {
    what: "a policy for granting roles allows the records of a deletion",
    file: "src/admin/model/needed-actions.ts",
    from: '"policy/awst-grant-*"',
    to: '"policy/awst-*"',
    tests: [
      [
        "src/admin/model/needed-actions.test.ts",
        "a policy for granting roles allows no record of a deletion",
      ],
    ],
  },
  {
    what: "a warning that was not accepted counts",
    file: "src/admin/flows/delete-dormant.ts",
    from: "      if (failure !== undefined) throw failure.error;\n",
    to: "",
    tests: [
      ["test/admin/dormant-deletion.test.ts", "without an accepted warning no user is deleted"],
    ],
  },
  {
    what: "the webhook's URL is logged",
    file: "src/admin/adapters/admin-services.ts",
    from: '      if (typeof value !== "string") throw missingValueError("GetParameter");\n',
    to: '      if (typeof value !== "string") throw missingValueError("GetParameter");\n      console.log(value);\n',
    build: "program",
    tests: [
      [
        "test/admin/lambda-function.test.ts",
        "the webhook's URL comes from the parameter and stands in no line of the log",
      ],
    ],
  },
  {
    what: "a wrong webhook is repeated in the error",
    file: "src/admin/commands/deploy/dormant.ts",
    from: '"the webhook\'s URL is not an https URL", {',
    to: "secret.reveal(), {",
    build: "program",
    tests: [["test/scripts/admin-deploy.txt", "The webhook's URL is a secret"]],
  },
  {
    what: "sealed secrets are printed in plain, too",
    file: "src/admin/store-secrets.ts",
    from: "      writeSealed(armor, user);\n",
    to: "      writeSealed(armor, user);\n      context.say(text);\n",
    build: "program",
    tests: [
      [
        "test/admin/sealed-secrets.test.ts",
        "the text on stdout has all secrets of a user, and nothing else has one",
      ],
    ],
  },
  {
    what: "secrets are sealed for the first recipient alone",
    file: "src/admin/adapters/age-sealer.ts",
    from: "return (text) => sealFor(recipients, text);",
    to: "return (text) => sealFor(recipients.slice(0, 1), text);",
    tests: [
      [
        "src/admin/adapters/age-sealer.test.ts",
        "each recipient opens what is sealed, and no other identity does",
      ],
    ],
  },
  {
    what: "a mistyped identity is repeated in the error",
    file: "src/admin/model/age-recipients.ts",
    from: 'if (!text.startsWith("age1")) throw refusal(',
    to: 'if (!text.startsWith("age1")) throw mistypedRecipient(text, name) ?? refusal(',
    tests: [["src/admin/model/age-recipients.test.ts", "a secret is never repeated: %s"]],
  },
];
