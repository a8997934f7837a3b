// AWS's own tools and those of others, each asked who it is with AWS_PROFILE only. They find
// the profile that awst wrote, run its credential_process, and sign a call to the sandbox.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Home } from "../support/home.ts";
import { findProgram, root } from "../support/processes.ts";
import { startStateStore } from "./state-store.ts";

export interface Client {
  readonly name: string;
  /** The command as a user types it. */
  readonly typed: string;
  /** Why it can't be asked here; undefined when it can. */
  absent(home: Home): Promise<string | undefined>;
  /** The ARN it is to AWS, or the access key id it signs with. */
  whoAmI(home: Home, profile: string): Promise<string>;
}

const notInstalled = "not installed";

export const sdkForJavaScript: Client = {
  name: "AWS SDK for JavaScript",
  typed: "node test/clients/whoami.mjs",
  absent: async () => undefined,
  whoAmI: (home, profile) =>
    ask(home, [process.execPath, join(root, "test/clients/whoami.mjs")], profile),
};

export const awsCli: Client = {
  name: "AWS CLI",
  typed: "aws sts get-caller-identity --query Arn --output text",
  absent: async () => (findProgram("aws") === undefined ? notInstalled : undefined),
  whoAmI: (home, profile) => {
    const args = ["aws", "sts", "get-caller-identity", "--query", "Arn", "--output", "text"];
    return ask(home, args, profile);
  },
};

export const boto3: Client = {
  name: "boto3",
  typed: "python3 test/clients/whoami.py",
  absent: async (home) => {
    if (findProgram("python3") === undefined) return notInstalled;
    const { status } = await home.run(["python3", "-c", "import boto3"]);
    return status === 0 ? undefined : notInstalled;
  },
  whoAmI: (home, profile) => ask(home, ["python3", join(root, "test/clients/whoami.py")], profile),
};

/** Its S3 backend asks STS who it is, then reads the state: no provider has to be fetched. */
export const terraform: Client = {
  name: "Terraform",
  typed: "terraform init",
  absent: async () => (findProgram("terraform") === undefined ? notInstalled : undefined),
  whoAmI: async (home, profile) => {
    const store = await startStateStore();
    const folder = mkdtempSync(join(tmpdir(), "awst-terraform-"));
    try {
      writeFileSync(join(folder, "main.tf"), backend(store.url, home.sandbox.url));
      writeFileSync(join(folder, "terraform.rc"), "");
      const args = ["terraform", `-chdir=${folder}`, "init", "-input=false", "-no-color"];
      const env = { TF_CLI_CONFIG_FILE: join(folder, "terraform.rc"), CHECKPOINT_DISABLE: "1" };
      await ask(home, args, profile, env);
      return store.accessKeyId() ?? "it never signed a request";
    } finally {
      await store.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function ask(
  home: Home,
  args: readonly string[],
  profile: string,
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const env = { AWS_PROFILE: profile, ...more };
  const { status, stdout, stderr } = await home.run(args, { env });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}:\n${stderr}${stdout}`);
  return stdout.trim();
}

function backend(store: string, sandbox: string): string {
  return `terraform {
  backend "s3" {
    bucket = "state"
    key = "state.json"
    region = "eu-west-1"
    endpoints = { s3 = "${store}", sts = "${sandbox}" }
    use_path_style = true
    skip_region_validation = true
    skip_metadata_api_check = true
    skip_requesting_account_id = true
  }
}
`;
}
