// Credentials as other tools find them: a real process's answer, and the SDK's own chain over real files
// and a container's endpoint.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openAmbient } from "../../src/adapters/aws/aws-ambient.ts";

const names = [
  "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_PROFILE",
  "AWS_ACCESS_KEY_ID",
];
const others = [
  "AWS_SECRET_ACCESS_KEY",
  "AWS_EC2_METADATA_DISABLED",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];
const before = new Map([...names, ...others].map((name) => [name, process.env[name]]));
const ambient = () => openAmbient(process.env);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "awst-ambient-"));
  for (const name of before.keys()) delete process.env[name];
  // The SDK reads the process's own environment.
  process.env.AWS_CONFIG_FILE = join(folder, "config");
  process.env.AWS_SHARED_CREDENTIALS_FILE = join(folder, "credentials");
  process.env.AWS_EC2_METADATA_DISABLED = "true";
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

const own = { AWST_MFA_CODE: "123456", AWST_KEYCHAIN_PASSPHRASE: "correct horse" };
/** A credential_process that prints these two variables as keys. */
const printing = `#!/bin/sh
printf '{"Version":1,"AccessKeyId":"A%s","SecretAccessKey":"s%s"}' \\
  "$AWST_MFA_CODE" "$AWST_KEYCHAIN_PASSPHRASE"
`;

describe("askProcess()", () => {
  test("takes the answer of a program, run by a shell", async () => {
    const file = join(folder, "an answer.json");
    const end = "2030-01-01T00:00:00Z";
    const answer = { Version: 1, AccessKeyId: "ASIA1", SecretAccessKey: "s", Expiration: end };
    writeFileSync(file, JSON.stringify(answer));
    const { keys, expiresAt } = await ambient().askProcess(`cat "${file}"`);
    expect(keys.accessKeyId).toBe("ASIA1");
    expect(expiresAt).toEqual(new Date(end));
  });

  test.each(["other", "awst"])(
    "a program called %s gets none of awst's own secrets",
    async (name) => {
      const { askProcess } = openAmbient({ ...process.env, ...own });
      writeFileSync(join(folder, name), printing, { mode: 0o755 });
      const { keys } = await askProcess(`${folder}/${name} credential-process account Role`);
      expect([keys.accessKeyId, keys.secretAccessKey.reveal()]).toEqual(["A", "s"]);
    },
  );

  test.each([
    ["exit 3", "ended with status 3"],
    ["kill -KILL $$", "ended with SIGKILL"],
    ["/no/such/program 2>/dev/null", "ended with status 127"],
    ["echo nothing", "is not JSON"],
    ["sleep 3 2>/dev/null & echo nothing", "is not JSON"],
    ["yes 0123456789012345678901234567890123456789", "printed too much"],
  ])("%s", async (line, why) => {
    const error = ambient().askProcess(line);
    await expect(error).rejects.toMatchObject({ code: "CREDENTIALS_MISSING" });
    await expect(error).rejects.toThrow(why);
  });

  test("a question that was interrupted is no fault of the line's", async () => {
    const error = ambient().askProcess("exit 130");
    await expect(error).rejects.toMatchObject({ code: "INTERRUPTED", hint: undefined });
  });
});

describe("askChain()", () => {
  test("a profile's keys", async () => {
    const text = "[plain]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n";
    writeFileSync(join(folder, "credentials"), text);
    const { keys, sources } = await ambient().askChain("plain");
    expect(keys.accessKeyId).toBe("AKIA1");
    expect(sources).toContain("CREDENTIALS_PROFILE");
  });

  test("a program that the chain starts gets none of awst's own secrets", async () => {
    writeFileSync(join(folder, "awst"), printing, { mode: 0o755 });
    const line = `credential_process = ${folder}/awst credential-process account Role`;
    writeFileSync(join(folder, "config"), `[profile chained]\n${line}\n`);
    Object.assign(process.env, own);
    try {
      const { keys } = await ambient().askChain("chained");
      expect([keys.accessKeyId, keys.secretAccessKey.reveal()]).toEqual(["A", "s"]);
      expect(process.env).toMatchObject(own);
    } finally {
      for (const name of Object.keys(own)) delete process.env[name];
    }
  });

  test("a container's endpoint", async () => {
    const server = createServer((_request, response) => {
      const Expiration = "2030-01-01T00:00:00Z";
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({ AccessKeyId: "ASIA2", SecretAccessKey: "s", Token: "t", Expiration }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `http://127.0.0.1:${port}/`;
    try {
      const { keys, expiresAt, sources } = await ambient().askChain(undefined);
      expect(keys.accessKeyId).toBe("ASIA2");
      expect(expiresAt).toEqual(new Date("2030-01-01T00:00:00Z"));
      expect(sources).toContain("CREDENTIALS_HTTP");
    } finally {
      server.close();
    }
  });

  test("nothing anywhere", async () => {
    const error = ambient().askChain(undefined);
    await expect(error).rejects.toMatchObject({
      code: "CREDENTIALS_MISSING",
      message: "no credentials found",
      hint: 'eval "$(awst assume ACCOUNT ROLE)"',
    });
  });
});
