// Every client finds what awst wrote, by the names it can see, and is the role to AWS.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { awsCli, boto3, type Client, sdkForJavaScript, terraform } from "./clients.ts";

const spaced = "main-account DeveloperAccess";
const slashed = "main-account/DeveloperAccess";

const table: readonly (readonly [Client, string])[] = [
  [sdkForJavaScript, slashed],
  [awsCli, spaced],
  [awsCli, slashed],
  [boto3, spaced],
  [boto3, slashed],
  [terraform, spaced],
  [terraform, slashed],
];

describe("with only AWS_PROFILE set", () => {
  let home: Home;
  beforeAll(async () => {
    home = await makeHome();
    const args = ["assume", "main-account", "DeveloperAccess", "--mfa-code", home.code()];
    const { status, stderr } = await home.awst(args);
    expect([status, stderr]).toEqual([0, stderr]);
  });
  afterAll(() => home.remove());

  test.for(table.map(([client, profile]) => ({ name: client.name, profile, client })))(
    '$name by "$profile"',
    async ({ client, profile }, context) => {
      const why = await client.absent(home);
      if (why !== undefined) {
        console.log(`${client.name}: skipped: ${why}`);
        return context.skip(why);
      }
      home.sandbox.forgetCalls();
      const answer = await client.whoAmI(home, profile);
      const served = await home.awst(["credential-process", "main-account", "DeveloperAccess"]);
      const { AccessKeyId } = JSON.parse(served.stdout);
      const arn = `arn:aws:sts::${home.sandbox.main.accountId}:assumed-role/DeveloperAccess/${home.sandbox.main.userName}`;
      expect([arn, AccessKeyId]).toContain(answer);
    },
  );
});
