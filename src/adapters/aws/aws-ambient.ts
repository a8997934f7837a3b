// Finds credentials as other tools do: by a profile's credential_process, and by the SDK's chain (roles, SSO,
// containers, instances). Only `whoami` uses them; awst's own calls never do.

import { spawn } from "node:child_process";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import type { Env } from "../../model/environment.ts";
import { AwstError } from "../../model/errors.ts";
import type { AmbientCredentials } from "../../model/profile/ambient-plan.ts";
import { Secret } from "../../model/secret.ts";
import { parseProcessOutput } from "../../model/session/process-output.ts";
import { withoutOwnSecrets } from "../../model/shell/child-environment.ts";
import type { Ambient } from "../../ports.ts";
import {
  commandLineFolder,
  findWindowsProgram,
  withProcessEnvironment,
} from "../child/system-programs.ts";
import { withoutNodeWarning } from "./aws-call.ts";

/** Longer than any SDK waits. */
const timeoutMs = 120_000;
const maxBytes = 1024 * 1024;
/** For output still in the pipe after the shell ended: a child of it may keep the pipe open. */
const drainMs = 500;

export function openAmbient(env: Env): Ambient {
  return {
    askProcess: async (line) => ({
      ...parseProcessOutput(await runLine(line, withoutOwnSecrets(env)), line),
      sources: [],
    }),
    // The chain runs the credential_process of other profiles: those that a role_arn names.
    askChain: (profile) => withProcessEnvironment(chainEnvironment(env), () => askChain(profile)),
  };
}

/** The SDK prefers the token in the file, and prints a warning about the other one. */
function chainEnvironment(env: Env): Env {
  const isInFile = Boolean(env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]);
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN: token, ...others } = withoutOwnSecrets(env);
  return isInFile ? others : { ...others, AWS_CONTAINER_AUTHORIZATION_TOKEN: token };
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

/**
 * In this process's own group, so that it may ask on the terminal, as under an SDK. stderr goes to the
 * user, because such a program prints the reason of a failure there.
 */
function runLine(line: string, env: Env): Promise<string> {
  return new Promise((resolve, reject) => {
    const shell = process.platform === "win32" ? findWindowsProgram("cmd") : "/bin/sh";
    const child = spawn(line, {
      ...{ shell, env, cwd: commandLineFolder() },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const parts: Buffer[] = [];
    let length = 0;
    const finish = (end: () => void) => {
      clearTimeout(timer);
      // What the shell left behind meets a closed pipe.
      child.stdout.destroy();
      end();
    };
    const stop = (why: string) => {
      child.kill();
      finish(() => reject(failed(line, why)));
    };
    const timer = setTimeout(stop, timeoutMs, `was not done after ${timeoutMs / 1000} s`);
    child.stdout.on("data", (part: Buffer) => {
      parts.push(part);
      length += part.length;
      if (length > maxBytes) stop("printed too much");
    });
    child.on("error", (cause) => finish(() => reject(failed(line, "cannot be started", cause))));
    child.on("exit", (status, signal) => {
      const ending = signal ?? `status ${status}`;
      const end = () =>
        finish(() => {
          if (status === 0) resolve(Buffer.concat(parts).toString("utf8"));
          else reject(status === 130 ? interrupted() : failed(line, `ended with ${ending}`));
        });
      child.on("close", end);
      setTimeout(end, drainMs).unref();
    });
  });
}

/** Ctrl-C at its question is not an error of the program. */
function interrupted(): AwstError {
  return new AwstError("INTERRUPTED", "the profile's credential_process was interrupted");
}

function failed(line: string, why: string, cause?: unknown): AwstError {
  const hint = `try it by hand: ${line}`;
  return new AwstError("CREDENTIALS_MISSING", `the profile's credential_process ${why}`, {
    hint,
    cause,
  });
}
