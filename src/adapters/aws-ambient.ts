// Credentials as other tools find them here: a profile's credential_process run as SDKs run it, and the
// SDK's own chain for what takes more (roles, SSO, containers, instances). For `whoami` alone: awst's own
// calls never take anything from here.

import { spawn } from "node:child_process";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import type { AmbientCredentials } from "../model/ambient-plan.ts";
import { AwstError } from "../model/errors.ts";
import { parseProcessAnswer } from "../model/process-answer.ts";
import { Secret } from "../model/secret.ts";
import type { Ambient, Env } from "../ports.ts";
import { withoutNodeWarning } from "./aws-settings.ts";

/** As botocore and the SDK for JavaScript wait: for ever would be longer than a person does. */
const patienceMs = 120_000;
const mostBytes = 1024 * 1024;

export function openAmbient(env: Env): Ambient {
  return {
    askProcess: async (line) => ({
      ...parseProcessAnswer(await runLine(line, env), line),
      sources: [],
    }),
    askChain: (profile) => askChain(profile),
  };
}

async function askChain(profile: string | undefined): Promise<AmbientCredentials> {
  const whose = profile === undefined ? "" : ` of profile ${JSON.stringify(profile)}`;
  try {
    const provide = fromNodeProviderChain(profile === undefined ? {} : { profile });
    const { accessKeyId, secretAccessKey, sessionToken, expiration, ...more } =
      await withoutNodeWarning(() => provide());
    const sources = "$source" in more ? Object.keys(more.$source as object) : [];
    return {
      keys: {
        accessKeyId,
        secretAccessKey: new Secret(secretAccessKey),
        sessionToken: sessionToken === undefined ? undefined : new Secret(sessionToken),
      },
      expiresAt: expiration,
      sources,
    };
  } catch (cause) {
    throw new AwstError("CREDENTIALS_MISSING", `no credentials found${whose}`, {
      hint: profile === undefined ? 'eval "$(awst assume ACCOUNT ROLE)"' : undefined,
      cause,
    });
  }
}

/** stderr goes to the person: that is where such a program says why it has no answer. */
function runLine(line: string, env: Env): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(line, { shell: true, env, stdio: ["ignore", "pipe", "inherit"] });
    const parts: Buffer[] = [];
    let length = 0;
    const timer = setTimeout(() => child.kill("SIGTERM"), patienceMs);
    child.stdout.on("data", (part: Buffer) => {
      length += part.length;
      if (length <= mostBytes) parts.push(part);
      else child.kill("SIGTERM");
    });
    child.on("error", (cause) => reject(failed(line, "cannot be started", cause)));
    child.on("close", (status, signal) => {
      clearTimeout(timer);
      if (status === 0) resolve(Buffer.concat(parts).toString("utf8"));
      else reject(failed(line, `ended with ${signal ?? `status ${status}`}`));
    });
  });
}

function failed(line: string, why: string, cause?: unknown): AwstError {
  const hint = `try it by hand: ${line}`;
  return new AwstError("CREDENTIALS_MISSING", `the profile's credential_process ${why}`, {
    hint,
    cause,
  });
}
