// The clients of docs/clients.md: how each is started, so that it says who it is to AWS. Programs of SDKs repeat this
// for a number of seconds; `sdks/build.sh` builds those that need a compiler.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { findProgram, root } from "../support/processes.ts";

export interface MatrixClient {
  readonly name: string;
  /** Returns the command; undefined: not installed. `seconds`: for how long it repeats its question. */
  command(how: CommandOptions): readonly string[] | undefined;
  /** Prints the version, in some words. */
  readonly version: readonly string[] | undefined;
  /** Whether one start is one question: it has no session that could be renewed. */
  readonly isOneShot?: boolean;
  /** Calls S3 instead of STS. */
  readonly usesS3?: boolean;
  /** Calls STS, and prints no more than the account. */
  readonly hidesArn?: boolean;
}

interface CommandOptions {
  readonly seconds: number;
  /** A folder that is removed afterwards. */
  readonly folder: string;
  /** The address of a store that speaks S3. */
  readonly s3: string;
  readonly sts: string;
}

const built = join(root, ".clients");
const here = join(root, "test/clients");

/** A program that `sdks/build.sh` has built: `file` exists when it succeeded. */
function sdk(
  name: string,
  folder: string,
  file: string,
  args: readonly string[],
  version: readonly string[],
  more: Pick<MatrixClient, "isOneShot" | "hidesArn"> = {},
): MatrixClient {
  const isThere = existsSync(join(built, folder, file));
  return {
    name,
    version,
    ...more,
    command: ({ seconds }) => (isThere ? [...args, String(seconds)] : undefined),
  };
}

function java(name: string, folder: string, library: string): MatrixClient {
  const path = join(built, folder, "target");
  const jars = [join(path, "classes"), join(path, "dependency/*")].join(delimiter);
  // Java takes the home folder from the system, not from HOME.
  const start = `exec java -XX:TieredStopAtLevel=1 -Duser.home="$HOME" -cp '${jars}' Stay "$1"`;
  const file = "target/classes/Stay.class";
  const version = ["sh", "-c", `ls ${path}/dependency | grep '^${library}-[0-9]'`];
  return sdk(name, folder, file, ["sh", "-c", start, "sh"], version);
}

function tool(
  name: string,
  program: string,
  version: readonly string[],
  args: (how: CommandOptions) => readonly string[],
  more: Pick<MatrixClient, "isOneShot" | "usesS3"> = {},
): MatrixClient {
  const isThere = findProgram(program) !== undefined;
  const command = (how: CommandOptions) => (isThere ? args(how) : undefined);
  return { name, version, command, ...more };
}

const cdk = join(built, "cdk/node_modules/.bin/cdk");
const ansible = join(built, "ansible/venv/bin/ansible");

const oneShot = { isOneShot: true } as const;
const oneShotS3 = { isOneShot: true, usesS3: true } as const;

export const matrixClients: readonly MatrixClient[] = [
  tool(
    "AWS CLI",
    "aws",
    ["aws", "--version"],
    () => ["aws", "sts", "get-caller-identity"],
    oneShot,
  ),
  tool(
    "boto3",
    "python3",
    ["python3", "-c", "import boto3; print(boto3.__version__)"],
    ({ seconds }) => ["python3", join(here, "stay.py"), String(seconds)],
  ),
  {
    name: "AWS SDK for JavaScript v3",
    version: [
      "node",
      "-p",
      `require("${root}/node_modules/@aws-sdk/client-sts/package.json").version`,
    ],
    command: ({ seconds }) => [process.execPath, join(here, "stay-v3.mjs"), String(seconds)],
  },
  sdk(
    "AWS SDK for JavaScript v2",
    "javascript-v2",
    "node_modules/aws-sdk/package.json",
    [process.execPath, join(built, "javascript-v2/stay.cjs")],
    ["node", "-p", `require("${built}/javascript-v2/node_modules/aws-sdk").VERSION`],
  ),
  sdk(
    "AWS SDK for Go v2",
    "go-v2",
    "stay",
    [join(built, "go-v2/stay")],
    [...["sh", "-c", `grep -m1 aws-sdk-go-v2/config ${join(built, "go-v2/go.mod")}`]],
  ),
  java("AWS SDK for Java v2", "java-v2", "sts"),
  java("AWS SDK for Java v1", "java-v1", "aws-java-sdk-sts"),
  sdk(
    "AWS SDK for Rust",
    "rust",
    "stay",
    [join(built, "rust/stay")],
    [...["sh", "-c", `grep -A1 'name = "aws-config"' ${join(built, "rust/Cargo.lock")} | tail -1`]],
  ),
  tool(
    "AWS SDK for Ruby",
    "ruby",
    ["ruby", "-e", 'require "aws-sdk-core"; puts Aws::CORE_GEM_VERSION'],
    ({ seconds }) => ["ruby", join(here, "sdks/ruby/stay.rb"), String(seconds)],
  ),
  sdk(
    "AWS CDK",
    "cdk",
    "node_modules/.bin/cdk",
    // Resolves the account of an app without stacks.
    ["sh", "-c", `exec "$0" ls --app "node ${built}/cdk/app.cjs" --no-notices`, cdk],
    [cdk, "--version"],
    { isOneShot: true, hidesArn: true },
  ),
  sdk(
    "Ansible (amazon.aws)",
    "ansible",
    "collections/ansible_collections/amazon/aws/plugins/modules/aws_caller_info.py",
    [
      ...["env", `ANSIBLE_COLLECTIONS_PATH=${built}/ansible/collections`],
      ...["sh", "-c", 'exec "$0" localhost -m amazon.aws.aws_caller_info', ansible],
    ],
    [ansible, "--version"],
    oneShot,
  ),
  tool(
    "Terraform (S3 backend)",
    "terraform",
    ["terraform", "version"],
    ({ folder, s3, sts }) => terraformIn(folder, s3, sts),
    oneShotS3,
  ),
  tool(
    "rclone",
    "rclone",
    ["rclone", "version"],
    ({ s3 }) => [
      ...["rclone", "lsf", ":s3:state", "--s3-provider", "Minio", "--s3-env-auth"],
      ...["--s3-endpoint", s3, "--s3-force-path-style", "--config", "/dev/null", "--retries", "1"],
    ],
    oneShotS3,
  ),
  tool(
    "restic",
    "restic",
    ["restic", "version"],
    ({ s3 }) => [
      ...[
        "restic",
        "--no-cache",
        "--repo",
        `s3:${s3}/state`,
        "--password-command",
        "echo password",
      ],
      ...["-o", "s3.bucket-lookup=path", "snapshots"],
    ],
    oneShotS3,
  ),
  tool(
    "s3cmd",
    "s3cmd",
    ["s3cmd", "--version"],
    ({ s3 }) => {
      const host = new URL(s3).host;
      return ["s3cmd", "--no-ssl", "--host", host, "--host-bucket", host, "ls", "s3://state"];
    },
    oneShotS3,
  ),
];

function terraformIn(folder: string, store: string, sts: string): readonly string[] {
  const text = `terraform {
  backend "s3" {
    bucket = "state"
    key = "state.json"
    region = "eu-west-1"
    endpoints = { s3 = "${store}", sts = "${sts}" }
    use_path_style = true
    skip_region_validation = true
    skip_metadata_api_check = true
    skip_requesting_account_id = true
  }
}
`;
  if (folder !== "") writeFileSync(join(folder, "main.tf"), text);
  return ["terraform", `-chdir=${folder}`, "init", "-input=false", "-no-color", "-reconfigure"];
}

/** Runs with a new folder, and removes it. */
export async function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "awst-client-"));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
