// The policy of each command of the administrator: a user who has no other policy can run it, and the actions in it are
// those that the command was seen to make, no more and no fewer.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { adminCommands } from "../../src/admin/commands.ts";
import { fullAction, neededActions } from "../../src/admin/model/needed-actions.ts";
import { type Home, makeHome } from "../support/home.ts";
import { root } from "../support/processes.ts";
import { scenarios } from "./admin-lines.ts";

test("every command but those of deploy has a list and is run here", () => {
  const names = Object.keys(adminCommands).map((name) => name.replace("admin ", ""));
  // A deployment calls whatever the resources of its template need: it has no list.
  const calling = names.filter((name) => name !== "policy" && !name.startsWith("deploy "));
  expect(Object.keys(scenarios).sort()).toEqual([...calling].sort());
  expect(Object.keys(neededActions).sort()).toEqual([...calling].sort());
});

describe("a command that changes something shows its plan, and asks", () => {
  const changing = Object.entries(neededActions)
    // Actions of other services send notices and read: they change no user.
    .filter(([, actions]) => actions.some((each) => !/^(Get|List|Generate)|:/.test(each)))
    .map(([name]) => name)
    .concat("deploy dormant", "deploy remove");

  test.each(changing)("admin %s", async (name) => {
    const { options = {} } = (await adminCommands[`admin ${name}`]?.())?.command ?? {};
    expect(Object.keys(options)).toEqual(expect.arrayContaining(["dryRun", "yes"]));
    const code = readFileSync(`${root}/src/admin/commands/${name.replace(" ", "/")}.ts`, "utf8");
    const [before = "", after] = code.split("await confirmPlan(");
    expect(after).toBeDefined();
    // In this order: the end with --dry-run, the printed plan, the question.
    expect(before.lastIndexOf("args.dryRun")).toBeGreaterThan(0);
    expect(before.lastIndexOf("context.say(")).toBeGreaterThan(before.lastIndexOf("args.dryRun"));
  });
});

describe.each(Object.entries(scenarios))("admin %s", (name, { prepare, lines }) => {
  test("makes the calls of its policy, and no others", async () => {
    await using home = await makeHome();
    const { stdout } = await home.awst(["admin", "policy", ...name.split(" ")]);
    const operator = addUser(home, "operator", JSON.parse(stdout));
    const statement = { Effect: "Allow" as const, Action: "*", Resource: "*" };
    const helper = addUser(home, "helper", { Version: "2012-10-17", Statement: statement });
    prepare?.(home);
    const seen = new Set<string>();
    for (const line of lines) {
      if (typeof line === "function") {
        line(home);
        continue;
      }
      const argv = line.filter((each) => each !== "!" && each !== "| true");
      const isOwn = argv.join(" ").startsWith(name);
      home.sandbox.forgetCalls();
      const env = isOwn ? operator : helper;
      const { status, stderr } = line.includes("| true")
        ? await home.run(["sh", "-c", unread, "sh", ...argv], { env })
        : await home.awst(["admin", ...argv], { env });
      expect({ line, fails: status !== 0 }, stderr).toEqual({ line, fails: line[0] === "!" });
      for (const { service, action, result } of isOwn ? home.sandbox.calls() : []) {
        expect(`${action}: ${result}`).not.toContain("AccessDenied");
        if (action !== "GetCallerIdentity")
          seen.add(service === "iam" ? action : `${service}:${action}`);
      }
    }
    expect([...seen].sort()).toEqual([...new Set(neededActions[name])].sort());
  });

  test("its help ends with the actions", async () => {
    const load = adminCommands[`admin ${name}`];
    const { details = "" } = (await load?.())?.command ?? {};
    const listed = [...(details.split("Needs in IAM")[1] ?? "").matchAll(/\b([a-z]+:\w+)/g)].map(
      ([action]) => action,
    );
    expect(listed).toEqual([...new Set(neededActions[name])].sort().map(fullAction));
    expect(details).toMatch(/[a-z]+:\w+\.$/);
  });
});

/** The status is that of awst, and stdout is a pipe without a reader. */
const unread = 'status=$({ { awst admin "$@"; echo $? >&3; } | true; } 3>&1); exit "$status"';

function addUser(home: Home, userName: string, document: PolicyOfUser): Record<string, string> {
  const account = home.sandbox.cloud.account(home.sandbox.main.accountId);
  account.addUser(userName, { policies: [{ name: "Policy", document }] });
  const { id, secret } = account.addKey(userName);
  return { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret };
}

type PolicyOfUser = ReturnType<
  ReturnType<Home["sandbox"]["cloud"]["account"]>["user"]
>["policies"][number]["document"];
