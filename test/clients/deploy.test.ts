// The deployment against other programs: the template in cfn-lint, the commands against moto's server, as a stack and as
// a StackSet over an organization of five accounts. moto lets no account fail; the sandbox does (admin-deploy.txt).

import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSignedCalls } from "../../src/admin/adapters/signed-call.ts";
import { Secret } from "../../src/model/secret.ts";
import { type Home, makeHome } from "../support/home.ts";
import { findProgram, root, runProcess, type Started, startProcess } from "../support/processes.ts";

const template = `${root}/deploy/cloudformation/dormant-users.yaml`;
const linter = findProgram("cfn-lint");
/** The Python that moto is installed for. */
const python = findProgram("moto_server") === undefined ? undefined : findProgram("python3");
const account = "123456789012";

test.skipIf(linter === undefined)("cfn-lint has no finding", async () => {
  const { status, stdout, stderr } = await runProcess([linter ?? "", "--", template], {
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" },
  });
  expect([status, stdout + stderr]).toEqual([0, ""]);
});

test.skipIf(linter === undefined)("cfn-lint finds a runtime that is none", async () => {
  await using home = await makeHome();
  const { readFileSync } = await import("node:fs");
  const broken = readFileSync(template, "utf8").replace("nodejs24.x", "nodejs1.x");
  home.write("broken.yaml", broken);
  const { status } = await runProcess([linter ?? "", "--", `${home.path}/broken.yaml`], {
    env: { PATH: process.env.PATH ?? "", HOME: home.path },
  });
  expect(status).not.toBe(0);
});

describe.skipIf(python === undefined)("moto", () => {
  let moto: Started | undefined;
  let home: Home | undefined;
  let organizations: (action: string, body: object) => Promise<Record<string, unknown>>;
  const env: Record<string, string> = {
    AWS_ACCESS_KEY_ID: "AKIATESTTESTTESTTEST",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "eu-west-1",
  };

  beforeAll(async () => {
    moto = startProcess(
      [python ?? "", `${root}/test/clients/moto-server.py`, "-H", "127.0.0.1", "-p", "0"],
      {
        // moto's buckets are of one account: it would not find the code in the others.
        env: { PATH: process.env.PATH ?? "", VALIDATE_LAMBDA_S3: "false" },
      },
    );
    env["AWS_ENDPOINT_URL"] = await readUrl(moto);
    home = await makeHome({ env });
    const keys = {
      accessKeyId: env["AWS_ACCESS_KEY_ID"] ?? "",
      secretAccessKey: new Secret("test"),
    };
    const send = openSignedCalls(keys, "eu-west-1", { env, debug: () => {} });
    organizations = async (action, body) =>
      (await send({
        service: "organizations",
        action,
        method: "POST",
        path: "/",
        headers: {
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": `AWSOrganizationsV20161128.${action}`,
        },
        body: JSON.stringify(body),
        responseFormat: "json",
        isRepeatable: false,
      })) as Record<string, unknown>;
  }, 120_000);
  afterAll(async () => {
    moto?.child.kill("SIGTERM");
    await moto?.finished;
    await home?.remove();
  });

  async function awst(...args: string[]) {
    if (home === undefined) throw new Error("no home");
    const { status, stdout, stderr } = await home.awst(["admin", "deploy", ...args], { env });
    return { status, text: stdout + stderr };
  }

  test("a stack is created, unchanged, updated and removed", async () => {
    const made = await awst("dormant", "--yes");
    expect([made.status, made.text]).toEqual([0, made.text]);
    expect(made.text).toMatch(new RegExp(`^${account} +CURRENT`, "m"));
    expect((await awst("dormant", "--dry-run")).text).toContain(
      "stack awst-dormant-users: is up to date",
    );
    const changed = await awst("dormant", "--yes", "--report-only", "--timezone", "Europe/Berlin");
    expect([changed.status, changed.text]).toEqual([0, changed.text]);
    expect((await awst("status")).text).toMatch(/UPDATE_COMPLETE/);
    const removed = await awst("remove", "--yes");
    expect([removed.status, removed.text]).toEqual([0, removed.text]);
    expect((await awst("status")).text).toContain("nothing is deployed");
  });

  // moto deletes the instances of accounts alone, not those of units: removing is judged by the sandbox.
  test("a StackSet reaches the five accounts of an organization", async () => {
    await organizations("CreateOrganization", { FeatureSet: "ALL" });
    // Under the root, moto deploys to the management account too, which AWS leaves out.
    const { Roots } = (await organizations("ListRoots", {})) as { Roots: { Id: string }[] };
    const rootId = Roots[0]?.Id ?? "";
    const workloads = { ParentId: rootId, Name: "workloads" };
    const { OrganizationalUnit } = (await organizations("CreateOrganizationalUnit", workloads)) as {
      OrganizationalUnit: { Id: string };
    };
    const unit = OrganizationalUnit.Id;
    for (const name of ["production", "staging", "sandbox", "legacy"]) {
      const account = { AccountName: name, Email: `${name}@example.com` };
      const { CreateAccountStatus } = (await organizations("CreateAccount", account)) as {
        CreateAccountStatus: { AccountId: string };
      };
      const move = { SourceParentId: rootId, DestinationParentId: unit };
      await organizations("MoveAccount", { AccountId: CreateAccountStatus.AccountId, ...move });
    }
    const made = await awst("dormant", "--organization", unit, "--yes");
    expect([made.status, made.text]).toEqual([0, made.text]);
    expect(made.text).toContain("deployed to 5 of 5 accounts");
    for (const name of ["production", "staging", "sandbox", "legacy"]) {
      expect(made.text).toMatch(new RegExp(`^\\d{12} +${name} +CURRENT`, "m"));
    }
    const again = await awst("dormant", "--organization", unit, "--dry-run");
    expect(again.text).toContain("StackSet awst-dormant-users: is up to date");
    expect((await awst("status")).status).toBe(0);
  });
});

/** moto prints the address that it listens on to stderr. */
async function readUrl({ child, finished }: Started): Promise<string> {
  const ended = finished.then(({ stderr }) => {
    throw new Error(`moto_server ended: ${stderr}`);
  });
  let printed = "";
  for (;;) {
    const stderr = child.stderr ?? expect.fail("no stderr");
    const [bytes] = await Promise.race([once(stderr, "data"), ended]);
    printed += bytes;
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0];
    if (url !== undefined) return url;
  }
}

test.runIf(linter === undefined || python === undefined)("cfn-lint, moto", (context) => {
  console.log("cfn-lint or moto: skipped: not installed");
  context.skip("not installed");
});
