// The Terraform modules in a folder of their own, and Terraform with AWS's provider from a mirror on this machine: a
// test fetches nothing. A provider that is started once serves many runs, since its start is most of what a run costs.

import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, join } from "node:path";
import {
  type Finished,
  findProgram,
  root,
  runProcess,
  startProcess,
} from "../support/processes.ts";

const provider = "registry.terraform.io/hashicorp/aws";

/** Where Terraform looks for mirrors, and where a machine may have one. */
const mirrors = [
  process.env["TERRAFORM_PLUGINS"] ?? "",
  join(homedir(), ".terraform.d/plugins"),
  "/usr/local/share/terraform/plugins",
  "/usr/share/terraform/plugins",
  "/opt/tf-plugins",
].filter((path) => path !== "" && existsSync(join(path, provider)));

/** Why the modules can't be tried here; undefined where they can. */
export function whyNoTerraform(): string | undefined {
  if (findProgram("terraform") === undefined) return "Terraform is not installed";
  return mirrors.length > 0 ? undefined : "there is no mirror of AWS's provider";
}

export interface TerraformProject extends AsyncDisposable {
  /** A folder with the modules: `users`, `examples/one-account`, … */
  readonly path: string;
  /** Runs Terraform in one folder of it. The environment is `env` and nothing else. */
  run(folder: string, args: readonly string[], env?: Env): Promise<Finished>;
  /** The same; a status other than 0 is an error. Returns stdout and stderr. */
  succeed(folder: string, args: readonly string[], env?: Env): Promise<string>;
  write(file: string, text: string): void;
}

type Env = Readonly<Record<string, string>>;

/** Go's garbage collection is a third of what a run costs: every run reads the provider's whole schema. */
const lazyCollection: Env = { GOGC: "off", GOMEMLIMIT: "700MiB" };

export function openTerraformProject(): TerraformProject {
  const path = mkdtempSync(join(tmpdir(), "awst-terraform-"));
  cpSync(join(root, "deploy/terraform"), path, { recursive: true });
  const settings = join(path, "terraform.rc");
  const [mirror = ""] = mirrors;
  writeFileSync(
    settings,
    `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`,
  );
  const project: TerraformProject = {
    path,
    run: (folder, args, env = {}) =>
      runProcess(
        [findProgram("terraform") ?? "terraform", `-chdir=${join(path, folder)}`, ...args],
        {
          cwd: path,
          env: {
            PATH: process.env.PATH ?? "",
            ...lazyCollection,
            ...env,
            TF_CLI_CONFIG_FILE: settings,
            CHECKPOINT_DISABLE: "1",
            TF_IN_AUTOMATION: "1",
          },
        },
      ),
    async succeed(folder, args, env) {
      const { status, stdout, stderr } = await project.run(folder, args, env);
      if (status === 0) return stdout + stderr;
      throw new Error(
        `terraform ${args.join(" ")} in ${folder} ended with ${status}:\n${stdout}${stderr}`,
      );
    },
    write: (file, text) => writeFileSync(join(path, file), text),
    [Symbol.asyncDispose]: async () => rmSync(path, { recursive: true, force: true }),
  };
  return project;
}

/** Returns the program in the mirror: HOST/NAMESPACE/TYPE/VERSION/PLATFORM/terraform-provider-aws_v…. */
function findProviderFile(): string {
  const folder = join(mirrors[0] ?? "", provider);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const found = files.find((file) => basename(file).startsWith("terraform-provider-aws_v"));
  if (found === undefined) throw new Error(`no unpacked provider in ${folder}`);
  return join(folder, found);
}

export interface AttachedProvider extends AsyncDisposable {
  /** For the environment of Terraform, which then starts no provider of its own. */
  readonly env: Env;
}

/**
 * Starts AWS's provider, which serves one run after another. The endpoint and the credentials in `env` are those of the
 * provider, whatever the environment of a run is. `terraform init` with it checks no version of the provider.
 */
export async function startProvider(env: Env = {}): Promise<AttachedProvider> {
  const { child, finished } = startProcess([findProviderFile(), "-debug"], {
    env: { PATH: process.env.PATH ?? "", ...lazyCollection, ...env },
  });
  let text = "";
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", (bytes: Buffer) => {
      text += bytes.toString("utf8");
      const [, found] = /TF_REATTACH_PROVIDERS='(.*)'/.exec(text) ?? [];
      if (found !== undefined) resolve(found);
    });
    finished.then(({ stderr }) => reject(new Error(`the provider ended: ${stderr}`)), reject);
  });
  return {
    env: { TF_REATTACH_PROVIDERS: address },
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await finished;
    },
  };
}
