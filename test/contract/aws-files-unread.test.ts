// AWS's two files are not even opened by awst's calls. Named pipes replace them: a process that opens
// one to read is caught waiting for a writer. A file of its own, since the SDK remembers for the whole
// process what it once looked up.

import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openAws } from "../../src/adapters/aws/aws.ts";
import { Secret } from "../../src/model/secret.ts";
import { identityXml, type RawAws, result, startRawAws } from "../support/raw-aws.ts";

describe.skipIf(process.platform === "win32")("AWS's files are opened", () => {
  const before = { ...process.env };
  let folder: string;
  let traps: string[];
  let server: RawAws;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "awst-unread-"));
    traps = [join(folder, "config"), join(folder, "credentials")];
    execFileSync("mkfifo", traps);
    server = await startRawAws();
    Object.assign(process.env, {
      AWS_CONFIG_FILE: traps[0],
      AWS_SHARED_CREDENTIALS_FILE: traps[1],
      AWS_PROFILE: "any",
    });
  });
  afterAll(async () => {
    process.env = before;
    await server.close();
    rmSync(folder, { recursive: true });
  });

  test("never by awst's calls", async () => {
    const env = { AWS_ENDPOINT_URL: server.url };
    const options = {
      env,
      debug: () => {},
      iam: () => import("../../src/adapters/aws/aws-iam-call.ts"),
    };
    const keys = { accessKeyId: "AKIAOWN", secretAccessKey: new Secret("own") };
    const aws = openAws(keys, "eu-west-1", options);
    server.answer(
      result("GetCallerIdentity", identityXml),
      result("ListMFADevices", "<MFADevices></MFADevices><IsTruncated>false</IsTruncated>"),
    );
    const calls = aws.getCallerIdentity().then(() => aws.listMfaDevices());
    expect(await caughtDuring(calls)).toEqual(new Set());
    expect(server.seen.length).toBe(2);
  });

  test("by a plain SDK client with keys, region and endpoint given", async () => {
    server.answer(result("GetCallerIdentity", identityXml));
    const credentials = { accessKeyId: "AKIAOWN", secretAccessKey: "own" };
    const plain = new STSClient({ region: "eu-west-1", endpoint: server.url, credentials });
    const call = plain.send(new GetCallerIdentityCommand({}));
    expect(await caughtDuring(call)).toEqual(new Set(traps));
  });

  /** Returns the traps that were opened until `work` ended; each reader gets an empty file. */
  async function caughtDuring(work: Promise<unknown>): Promise<Set<string>> {
    const caught = new Set<string>();
    let isOver = false;
    work
      .catch(() => {})
      .finally(() => {
        isOver = true;
      });
    while (!isOver) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      for (const trap of traps) if (springs(trap)) caught.add(trap);
    }
    await work;
    return caught;
  }

  function springs(trap: string): boolean {
    try {
      closeSync(openSync(trap, constants.O_WRONLY | constants.O_NONBLOCK));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENXIO") return false;
      throw error;
    }
  }
});
