// `awst admin policy COMMAND`: prints the least policy with which a command of the administrator runs.

import { defineCommand } from "../../args/command.ts";
import { choice, many } from "../../args/options.ts";
import { AwstError } from "../../model/errors.ts";
import { suggestion } from "../../model/text/nearest-name.ts";
import type { Context } from "../../ports.ts";
import { administeringActions, leastPolicy, neededActions } from "../model/needed-actions.ts";

export const command = defineCommand({
  name: "admin policy",
  group: "Administration",
  summary: "print the least policy that a command of the administrator needs",
  details:
    "For several commands, as a schedule runs them, separate their names by commas. Calls no AWS. Some of these policies are enough to become an administrator, and a note says which.",
  arguments: { names: many("COMMAND", "`user offboard`, or `dormant report, dormant enforce`") },
  options: {
    partition: choice(
      "NAME",
      ["aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"],
      "the partition of the accounts; default aws",
    ),
  },
  examples: [
    { line: "awst admin policy user offboard > offboard.json", meaning: "for a role of its own" },
    { line: "awst admin policy dormant report, dormant enforce", meaning: "for a schedule" },
  ],
  json: [
    ["policy", "the policy document"],
    ["actions[]", "the actions in it"],
    ["administering[]", "those with which its owner can become an administrator"],
  ],
  async run(_context: Context, args) {
    const names = args.names
      .join(" ")
      .split(",")
      .map((each) => each.trim().replace(/^(awst )?admin /, ""))
      .filter((each) => each !== "");
    if (names.length === 0) throw unknown("");
    const actions = names.flatMap((name) => {
      const needed = Object.hasOwn(neededActions, name) ? neededActions[name] : undefined;
      if (needed === undefined) throw unknown(name);
      return needed;
    });
    const all = [...new Set(actions)].sort();
    const policy = leastPolicy(names, args.partition ?? "aws");
    const administering = administeringActions(all);
    return {
      json: { policy, actions: all, administering },
      text: `${JSON.stringify(policy, undefined, 2)}\n`,
      notes:
        administering.length === 0
          ? []
          : [`a user with this policy can become an administrator: ${administering.join(", ")}`],
    };
  },
});

function unknown(name: string): AwstError {
  if (/^deploy( |$)/.test(name)) {
    return new AwstError("USAGE", "a deployment calls what its template needs, and has no list", {
      hint: "deploy with an administrator's role, or by other means: awst admin deploy dormant --print",
    });
  }
  const known = Object.keys(neededActions);
  const message =
    name === "" ? "no command is named" : `there is no command ${JSON.stringify(`admin ${name}`)}`;
  return new AwstError("USAGE", message, { hint: suggestion(name, known) });
}
