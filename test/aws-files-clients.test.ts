// Whether the AWS CLI and SDKs find the profiles that awst writes. Each calls a fake STS, which records key and
// region. A client that is not installed is skipped, with a message.

import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromIni } from "@aws-sdk/credential-providers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openAwsFiles } from "../src/adapters/file/aws-files.ts";
import { openLocks } from "../src/adapters/file/locks.ts";
import { roleLine } from "../src/model/profile/process-line.ts";
import { planProfiles } from "../src/model/profile/profile-plan.ts";
import { findProgram, runProcess } from "./support/processes.ts";

let folder: string;
let server: Server;
let env: Record<string, string>;
/** "ACCESS-KEY-ID region" of each call to the fake STS. */
const seen: string[] = [];

const account = "main account's";
const names = {
  // The JavaScript SDK reads the first of two unquoted words as the type of a section, and drops it.
  twoParts: "main-account Dev",
  spaced: `${account} Dev`,
  free: "main-account-s/Dev",
  scoped: "main-account-s/Dev@0123ab",
};
const keyIds = { plain: "ASIAPLAIN", scoped: "ASIASCOPED" };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "awst clients-"));
  mkdirSync(join(folder, "my bin"));
  const program = join(folder, "my bin/awst");
  // Prints credentials only for exactly these arguments.
  const answer = (id: string) =>
    `printf '{"Version":1,"AccessKeyId":"${id}","SecretAccessKey":"s","SessionToken":"t","Expiration":"2099-01-01T00:00:00Z"}'`;
  writeFileSync(
    program,
    `#!/bin/sh
case "$#:$1:$2:$3:$4:$5" in
  "3:credential-process:${account}:Dev::") ${answer(keyIds.plain)} ;;
  "5:credential-process:--tag:team=a b & c:${account}:Dev") ${answer(keyIds.scoped)} ;;
  *) echo "wrong arguments: $*" >&2; exit 1 ;;
esac
`,
  );
  chmodSync(program, 0o755);
  const config = join(folder, "config");
  const credentials = join(folder, "credentials");
  // As awstools and a user left them: a region under quotes, expired keys, settings, CRLF.
  writeFileSync(
    config,
    `[default]\r\nregion = us-east-1\r\n\r\n[profile '${names.twoParts}']\r\nregion = old\r\n\r\n[profile ${names.free}]\r\noutput = json`,
  );
  writeFileSync(
    credentials,
    `[main]\naws_access_key_id = AKIA\naws_secret_access_key = s\n\n[${names.twoParts}]\naws_access_key_id = ASIAOLD\naws_secret_access_key = s\naws_session_token = t\n\n[last]\nregion = x\n`,
  );
  const files = openAwsFiles({ awsConfig: config, awsCredentials: credentials }, async () =>
    openLocks(join(folder, "locks")),
  );
  const base = {
    program: [program],
    configuration: undefined,
    identity: undefined,
    account,
    role: "Dev",
  };
  const plain = roleLine({ ...base, flags: undefined }).line ?? "";
  const scoped = roleLine({ ...base, flags: { tags: { team: "a b & c" } } }).line ?? "";
  const wanted = [
    { name: names.twoParts, line: plain },
    { name: names.spaced, line: plain },
    { name: names.free, line: plain },
    { name: names.scoped, line: scoped },
  ].map((each) => ({ ...each, kind: "process", region: "ap-south-1" }) as const);
  await files.edit((texts) => {
    const plan = planProfiles(texts, wanted);
    expect(plan.upToDate).toEqual(Object.values(names));
    return { texts: plan.texts, result: undefined };
  });
  server = createServer((request, response) => {
    const scope = /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? "");
    seen.push(`${scope?.[1]} ${scope?.[2]}`);
    request.resume().on("end", () => {
      response.setHeader("content-type", "text/xml");
      response.end(
        `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:sts::111111111111:assumed-role/Dev/me</Arn><UserId>AROA:me</UserId><Account>111111111111</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
      );
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  env = {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    LANG: "C.UTF-8",
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: credentials,
    AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_EC2_METADATA_DISABLED: "true",
    CHECKPOINT_DISABLE: "1",
  };
  for (const name of ["PYENV_ROOT", "PYENV_VERSION"]) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function callsOf(
  command: readonly string[],
  more: Record<string, string>,
): Promise<string[]> {
  const before = seen.length;
  const { status, stdout, stderr } = await runProcess(command, {
    env: { ...env, ...more },
    cwd: folder,
  });
  expect(`${status} ${stdout} ${stderr}`).toMatch(/^0 /);
  return [...new Set(seen.slice(before))];
}

const plainCall = [`${keyIds.plain} ap-south-1`];
const scopedCall = [`${keyIds.scoped} ap-south-1`];
const byPython = [
  [names.twoParts, plainCall],
  [names.spaced, plainCall],
  [names.free, plainCall],
  [names.scoped, scopedCall],
] as const;

describe("AWS CLI", () => {
  const aws = findProgram("aws");
  test.skipIf(aws === undefined).each(byPython)("finds %j", async (name, call) => {
    expect(await callsOf([aws ?? "", "sts", "get-caller-identity"], { AWS_PROFILE: name })).toEqual(
      call,
    );
  });
});

describe("boto3", () => {
  const python = findProgram("python3") ?? "python3";
  const isThere = spawnSync(python, ["-c", "import boto3"]).status === 0;
  test.skipIf(!isThere).each(byPython)("finds %j", async (name, call) => {
    const program = "import boto3; print(boto3.Session().client('sts').get_caller_identity())";
    expect(await callsOf([python, "-c", program], { AWS_PROFILE: name })).toEqual(call);
  });
});

describe("Terraform", () => {
  const terraform = findProgram("terraform");
  // A filesystem mirror that holds hashicorp/aws; without it only the S3 backend can be asked (clients/).
  const plugins = process.env["TERRAFORM_PLUGINS"] ?? "";
  const isThere = terraform !== undefined && existsSync(plugins);
  test.skipIf(!isThere).each([
    [names.twoParts, plainCall],
    [names.free, plainCall],
    [names.spaced, plainCall],
  ] as const)("finds %j", async (name, call) => {
    const work = mkdtempSync(join(folder, "tf-"));
    writeFileSync(
      join(work, "main.tf"),
      `terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  skip_metadata_api_check = true
  skip_requesting_account_id = true
}
data "aws_caller_identity" "me" {}
output "arn" { value = data.aws_caller_identity.me.arn }
`,
    );
    writeFileSync(
      join(work, "rc"),
      `provider_installation {\n  filesystem_mirror { path = "${plugins}" }\n}\n`,
    );
    const command = [terraform ?? "", `-chdir=${work}`];
    const more = { TF_CLI_CONFIG_FILE: join(work, "rc"), AWS_PROFILE: name };
    await callsOf([...command, "init", "-no-color", "-input=false"], more);
    expect(await callsOf([...command, "plan", "-no-color", "-input=false"], more)).toEqual(call);
  });
});

describe("AWS SDK for JavaScript", () => {
  test.each([
    [names.free, keyIds.plain],
    [names.scoped, keyIds.scoped],
  ])("finds %j", async (profile, accessKeyId) => {
    const files = {
      filepath: env["AWS_SHARED_CREDENTIALS_FILE"] ?? "",
      configFilepath: env["AWS_CONFIG_FILE"] ?? "",
    };
    expect(await fromIni({ profile, ignoreCache: true, ...files })()).toMatchObject({
      accessKeyId,
    });
  });

  test.each(["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"])(
    "finds %s's section of a name without a space, as SDKs that read one file alone",
    async (variable) => {
      const file = env[variable] ?? "";
      const isConfig = variable === "AWS_CONFIG_FILE";
      const [filepath, configFilepath] = isConfig ? ["/dev/null", file] : [file, "/dev/null"];
      for (const [profile, accessKeyId] of [
        [names.free, keyIds.plain],
        [names.scoped, keyIds.scoped],
      ] as const) {
        const provide = fromIni({ profile, ignoreCache: true, filepath, configFilepath });
        expect(await provide()).toMatchObject({ accessKeyId });
      }
    },
  );

  test("can't find a name with a space, so awst writes a second name without one", async () => {
    const files = {
      filepath: env["AWS_SHARED_CREDENTIALS_FILE"] ?? "",
      configFilepath: env["AWS_CONFIG_FILE"] ?? "",
    };
    await expect(
      fromIni({ profile: names.twoParts, ignoreCache: true, ...files })(),
    ).rejects.toThrow();
  });
});
