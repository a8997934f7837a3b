// Asks AWS whose credentials are in use here, and finds out where they came from.

import { fallbackRegion } from "../../model/aws/partition.ts";
import { readsCopies } from "../../model/environment.ts";
import { AwstError } from "../../model/errors.ts";
import {
  type AmbientCredentials,
  type AmbientPlan,
  planAmbient,
} from "../../model/profile/ambient-plan.ts";
import { copyWithoutSecrets } from "../../model/profile/copy-without-secrets.ts";
import { readProcessLine } from "../../model/profile/process-line.ts";
import { type AwsFileTexts, parseAwsFiles } from "../../model/profile/profile-sections.ts";
import { findReaderProblems, problemsOfProfiles } from "../../model/profile/reader-problems.ts";
import { parseProcessOutput } from "../../model/session/process-output.ts";
import type { Keys } from "../../model/session/session.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { problemLines } from "../../output/profile/profile-report.ts";
import type { Needs } from "../../ports.ts";
import { refuseMisreadKey } from "../session/open-identity-context.ts";
import { lineForProfile } from "../shell/read-status.ts";
import { findOwnProcessArgs, type OwnProgram } from "./own-process.ts";

export interface CallerIdentity {
  readonly arn: string;
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly expiresAt: Date | undefined;
  /** undefined: from the environment, a container, an instance. */
  readonly profile: string | undefined;
  /** For messages: `credential_process of profile "a b" (credentials file): awst`. */
  readonly source: string;
  readonly keys: Keys;
  readonly region: string;
}

/** Runs awst's own line, without the program, in this process; returns its output. */
export type RunOwnProcess = (args: readonly string[]) => Promise<string>;

/** `profile`: --profile. Errors: CREDENTIALS_MISSING, AWS_*, FILE_*. */
export async function whoami(
  context: Needs<
    | "env"
    | "paths"
    | "awsFiles"
    | "ambient"
    | "aws"
    | "now"
    | "say"
    | "state"
    | "fileFingerprint"
    | OwnProgram
  >,
  profile: string | undefined,
  runOwnProcess: RunOwnProcess,
): Promise<CallerIdentity> {
  const texts = await (await context.awsFiles()).read();
  // Below `exec --server`, awst reads the real files, and the tools read copies of them.
  const seen = readsCopies(context.env) ? copyWithoutSecrets(texts, fallbackRegion) : texts;
  const plan = planAmbient(context.env, seen, profile);
  if (seen === texts) reportMisreadLines(context, plan, texts);
  if (plan.from === "missing") {
    const isLeftOut = planAmbient(context.env, texts, plan.profile).from !== "missing";
    throw isLeftOut ? leftOutProfile(plan.profile) : unknownProfile(context, plan.profile);
  }
  const named = context.env["AWS_PROFILE"];
  if (plan.from === "environment" && named) {
    context.say(
      `keys in the environment override AWS_PROFILE=${JSON.stringify(named)} in AWS CLI, boto3 and Terraform; the SDK for JavaScript takes the profile`,
    );
  }
  const found = await findKeys(context, plan, runOwnProcess);
  const region = plan.region ?? fallbackRegion;
  const aws = await context.aws(found.keys, region);
  const { arn, accountId } = await aws.getCallerIdentity().catch((error: unknown) => {
    throw withHintFor(plan, error);
  });
  return {
    arn,
    accountId,
    accessKeyId: found.keys.accessKeyId,
    expiresAt: found.expiresAt,
    profile: "profile" in plan ? plan.profile : undefined,
    source: describe(plan, found.sources),
    keys: found.keys,
    region,
  };
}

/** Names the lines that keep other tools from the profile. Throws FILE_MALFORMED for a key that they misread. */
function reportMisreadLines(
  context: Needs<"say" | "paths">,
  plan: AmbientPlan,
  texts: AwsFileTexts,
): void {
  const profile = "profile" in plan ? plan.profile : undefined;
  if (plan.from === "environment" || profile === undefined) return;
  if (plan.from === "keys" || plan.from === "missing") refuseMisreadKey(context, texts, profile);
  const problems = findReaderProblems(parseAwsFiles(texts), texts.notUtf8);
  for (const line of problemLines(problemsOfProfiles(problems, [profile]), context.paths)) {
    context.say(line);
  }
}

const keyErrors = ["AWS_KEY_REJECTED", "AWS_SECRET_WRONG", "AWS_SESSION_EXPIRED"];

/** The adapter's hints are for awst's stored key: `awst key add` does not change the keys of a shell or profile. */
function withHintFor(plan: FindPlan, error: unknown): unknown {
  if (!(error instanceof AwstError) || !keyErrors.includes(error.code)) return error;
  const hint =
    plan.from === "environment"
      ? "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN"
      : plan.from === "keys"
        ? commandLine(["aws", "configure", "--profile", plan.profile])
        : undefined;
  return new AwstError(error.code, error.message, { hint, cause: error });
}

type FindPlan = Exclude<AmbientPlan, { from: "missing" }>;

async function findKeys(
  context: Needs<"ambient" | "awsFiles" | "fileFingerprint" | OwnProgram>,
  plan: FindPlan,
  runOwnProcess: RunOwnProcess,
): Promise<AmbientCredentials> {
  if (plan.from === "environment" || plan.from === "keys") {
    return { keys: plan.keys, expiresAt: undefined, sources: [] };
  }
  if (plan.from === "chain") {
    if (plan.profile !== undefined) await refuseOpenFiles(context, plan.profile);
    return (await context.ambient()).askChain(plan.profile);
  }
  refuseMissingProgram(context, plan.profile, plan.line);
  const own = await findOwnProcessArgs(context, plan.line);
  if (own === undefined) {
    await refuseOpenFiles(context, plan.profile);
    return (await context.ambient()).askProcess(plan.line);
  }
  return { ...parseProcessOutput(await runOwnProcess(own), plan.line), sources: [] };
}

/** Another user could have written the program's name into the file. */
async function refuseOpenFiles(context: Needs<"awsFiles">, profile: string): Promise<void> {
  const openTo = await (await context.awsFiles()).openTo();
  if (openTo === undefined) return;
  const message = `no program of profile ${JSON.stringify(profile)} is run: ${openTo}`;
  throw new AwstError("CREDENTIALS_MISSING", message);
}

function refuseMissingProgram(
  context: Needs<"fileFingerprint">,
  profile: string,
  line: string,
): void {
  const program = readProcessLine(line)?.program ?? [];
  const missing = program.find((path) => {
    return path.startsWith("/") && context.fileFingerprint(path) === undefined;
  });
  if (missing === undefined) return;
  const message = `profile ${JSON.stringify(profile)} calls ${missing}, which does not exist`;
  throw new AwstError("CREDENTIALS_MISSING", message, { hint: "awst profile sync" });
}

function describe(plan: FindPlan, sources: readonly string[]): string {
  if (plan.from === "environment") return "AWS_ACCESS_KEY_ID in the environment";
  const profile =
    plan.profile === undefined ? undefined : `profile ${JSON.stringify(plan.profile)}`;
  if (plan.from === "keys") return `keys in ${profile} (${plan.file} file)`;
  if (plan.from === "process") {
    const whose = readProcessLine(plan.line) === undefined ? "another program" : "awst";
    return `credential_process of ${profile} (${plan.file} file): ${whose}`;
  }
  const how = sourceNames.find(([mark]) => sources.includes(mark))?.[1];
  return [profile, how ?? "the SDK's chain"].filter(Boolean).join(": ");
}

/** The SDK's names for its credential sources, the most specific first. */
const sourceNames = [
  ["CREDENTIALS_STS_ASSUME_ROLE_WEB_ID", "a role by web identity"],
  ["CREDENTIALS_STS_ASSUME_ROLE", "role_arn"],
  ["CREDENTIALS_SSO", "IAM Identity Center"],
  ["CREDENTIALS_SSO_LEGACY", "IAM Identity Center"],
  ["CREDENTIALS_PROFILE_LOGIN", "aws login"],
  ["CREDENTIALS_LOGIN", "aws login"],
  ["CREDENTIALS_HTTP", "the container's endpoint"],
  ["CREDENTIALS_IMDS", "the instance's metadata"],
  ["CREDENTIALS_PROCESS", "credential_process"],
  ["CREDENTIALS_PROFILE", "keys in the profile"],
] as const;

/** The tools don't find it either. */
function leftOutProfile(profile: string): AwstError {
  const name = JSON.stringify(profile);
  return new AwstError(
    "CREDENTIALS_MISSING",
    `AWS profile ${name} has a secret in AWS's files: programs of awst exec --server can't use it`,
    { hint: `in another shell: ${commandLine(["awst", "whoami", "--profile", profile])}` },
  );
}

function unknownProfile(context: Needs<"state">, profile: string): AwstError {
  return new AwstError(
    "CREDENTIALS_MISSING",
    `there is no AWS profile ${JSON.stringify(profile)}`,
    {
      hint: lineForProfile(context, profile) ?? "awst profile list",
    },
  );
}
