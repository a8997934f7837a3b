// The function as AWS runs it: a stack of the real template in the sandbox, the zip's files alone in a folder, and a
// process that calls the handler with the credentials of the stack's role, as Lambda does.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Account } from "../../sandbox/cloud/account.ts";
import { newKeyId, newSecret } from "../../sandbox/cloud/ids.ts";
import type { LambdaFunction } from "../../sandbox/cloud/stack-entities.ts";
import { createStack } from "../../sandbox/cloudformation/run-stack.ts";
import { type RecordedCall, type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { root, runProcess } from "../support/processes.ts";

export const region = "eu-west-1";
export const packageFolder = `${root}/dist/lambda`;

export interface FunctionRun {
  /** 0: the handler's promise was fulfilled. */
  readonly status: number | null;
  readonly output: string;
  /** The lines of the log. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  readonly calls: readonly RecordedCall[];
}

export interface RunFunctionOptions {
  readonly name?: string;
  readonly event?: unknown;
  /** What the context says is left. Default: 15 minutes. */
  readonly remainingMs?: number;
}

export interface FunctionScene {
  readonly sandbox: Sandbox;
  readonly account: Account;
  /** Makes the stack; throws with AWS's reason. */
  deploy(parameters?: Readonly<Record<string, string>>, account?: Account): void;
  /** The function of an account. */
  function(name?: string, account?: Account): LambdaFunction;
  run(options?: RunFunctionOptions, account?: Account): Promise<FunctionRun>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function openFunctionScene(): Promise<FunctionScene> {
  const sandbox = await startSandbox();
  const { cloud, clock, main } = sandbox;
  const own = cloud.account(main.accountId);
  const folder = mkdtempSync(join(tmpdir(), "awst-function-"));
  const { files } = await unzip(readFileSync(`${packageFolder}/awst-admin.zip`));
  for (const [name, contents] of files) writeFileSync(join(folder, name), contents);
  const home = join(folder, "..", `${folder.split("/").at(-1)}-home`);
  mkdirSync(home);
  cloud.buckets.set("code", {
    name: "code",
    accountId: own.id,
    region,
    isVersioned: true,
    blocksPublicAccess: true,
    policy: undefined,
    objects: new Map([["awst-admin.zip", [{ id: "v1", body: Buffer.from("zip") }]]]),
  });
  const scene: FunctionScene = {
    sandbox,
    account: own,
    deploy(parameters = {}, account = own) {
      const stack = createStack({
        cloud,
        account,
        region,
        name: "awst-dormant-users",
        templateBody: readFileSync(`${packageFolder}/dormant-users.yaml`, "utf8"),
        parameters: new Map(
          Object.entries({ CodeBucket: "code", CodeKey: "awst-admin.zip", ...parameters }),
        ),
        now: clock.now(),
        polls: 0,
      });
      if (stack.status !== "CREATE_COMPLETE") throw new Error(stack.reason);
    },
    function(name = "awst-dormant-users", account = own) {
      const found = account.functions.get(`${region}/${name}`);
      if (found === undefined) throw new Error(`there is no function ${name}`);
      return found;
    },
    async run({ name, event = { round: 1 }, remainingMs = 900_000 } = {}, account = own) {
      const { arn, settings, roleArn } = scene.function(name, account);
      const { Variables } = settings["Environment"] as { Variables: Record<string, unknown> };
      const variables = Object.entries(Variables).map(([key, value]) => [key, String(value)]);
      const session = addRoleSession(sandbox, account, roleArn);
      const context = {
        functionName: arn.split(":")[6],
        invokedFunctionArn: arn,
        awsRequestId: "request-1",
      };
      sandbox.forgetCalls();
      const handler = String(settings["Handler"]).replace("index.", "");
      const line = [JSON.stringify(event), JSON.stringify(context), String(remainingMs), handler];
      const { status, stdout, stderr } = await runProcess(
        [process.execPath, "-e", runtime, ...line],
        {
          cwd: folder,
          env: {
            ...Object.fromEntries(variables),
            HOME: home,
            AWS_REGION: region,
            AWS_ACCESS_KEY_ID: session.accessKeyId,
            AWS_SECRET_ACCESS_KEY: session.secret,
            AWS_SESSION_TOKEN: session.token,
            AWS_ENDPOINT_URL: sandbox.url,
          },
        },
      );
      const output = stdout + stderr;
      const secrets = [session.secret, session.token].filter((secret) => output.includes(secret));
      if (secrets.length > 0) throw new Error("the log has the role's credentials");
      const log = stdout
        .trim()
        .split("\n")
        .filter((each) => each !== "")
        .map((each) => JSON.parse(each));
      return { status, output, log, calls: sandbox.calls() };
    },
    async [Symbol.asyncDispose]() {
      await sandbox.stop();
      for (const each of [folder, home]) rmSync(each, { recursive: true, force: true });
    },
  };
  return scene;
}

/** What Lambda's runtime does with a handler: requires the file, calls it, and ends with its result. */
const runtime = `
const [event, context, remaining, name] = process.argv.slice(1);
const start = Date.now();
const given = { ...JSON.parse(context), getRemainingTimeInMillis: () => Number(remaining) - (Date.now() - start) };
require("./index.js")[name](JSON.parse(event), given).then(
  () => process.exit(0),
  (error) => { process.stderr.write(error.name + ": " + error.message + "\\n"); process.exit(1); },
);`;

function addRoleSession({ cloud, clock, main }: Sandbox, account: Account, roleArn: string) {
  const session = {
    kind: "role" as const,
    accessKeyId: newKeyId("ASIA", account.id),
    secret: newSecret(),
    token: newSecret() + newSecret(),
    tokenVersion: 2,
    accountId: account.id,
    issuedAt: clock.now(),
    expiresAt: new Date(clock.now().getTime() + 3_600_000),
    madeWithKeyId: main.accessKeyId,
    roleName: roleArn.split("/").at(-1) ?? "",
    sessionName: "awst-dormant-users",
    tags: [],
    transitiveTagKeys: [],
    policies: undefined,
    isRevoked: false,
  };
  cloud.sessions.set(session.accessKeyId, session);
  return session;
}

/** The entries of a zip whose files are stored; throws for anything else. */
export async function unzip(
  bytes: Buffer,
): Promise<{ readonly files: ReadonlyMap<string, Buffer> }> {
  const files = new Map<string, Buffer>();
  let at = 0;
  while (bytes.readUInt32LE(at) === 0x04034b50) {
    const [method, size] = [bytes.readUInt16LE(at + 8), bytes.readUInt32LE(at + 18)];
    const [name, extra] = [bytes.readUInt16LE(at + 26), bytes.readUInt16LE(at + 28)];
    if (method !== 0) throw new Error("an entry is compressed");
    const start = at + 30 + name + extra;
    files.set(
      bytes.subarray(at + 30, at + 30 + name).toString(),
      bytes.subarray(start, start + size),
    );
    at = start + size;
  }
  return { files };
}
