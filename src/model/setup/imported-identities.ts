// The IAM users behind the roles of other tools' profiles: their MFA device, code command and region, and where each
// access key is stored.

import { deviceProblem } from "../aws/device-serial.ts";
import { isRegion, partitionOf } from "../aws/partition.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { whyInvalidName } from "../configuration/profile-names.ts";
import { commandLine } from "../text/command-line.ts";
import type { ForeignProfiles } from "./foreign-profiles.ts";
import type { ImportFinding } from "./import-findings.ts";
import type { NewIdentity } from "./new-configuration.ts";
import type { RoleProfile } from "./role-profiles.ts";

export interface ImportedIdentity extends NewIdentity {
  /** Whether the configuration has it already. */
  readonly isKnown: boolean;
  readonly isDefault: boolean;
}

/** How the access key of an identity gets into the keychain. */
export interface KeyToStore {
  readonly profile: string;
  readonly identity: string;
  /** Whether the key is in AWS's files. */
  readonly isInFile: boolean;
  /** What is to be known first; undefined for a key in AWS's files. */
  readonly remark: string | undefined;
  /** What to type. */
  readonly command: string;
}

/** Returns the identity's name for each profile that roles start with. Profiles with the same key are one user. */
export function identityNames(
  roots: readonly string[],
  profiles: ForeignProfiles,
  configuration: Configuration | undefined,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const byKey = new Map<string, string>();
  const known = [...(configuration?.identities.values() ?? [])];
  for (const root of roots) {
    const origin = profiles.get(root)?.origin;
    const key = origin?.kind === "key" ? origin.accessKeyId : undefined;
    const called = origin?.kind === "awst" ? origin.call.identity : undefined;
    const isAwst = origin?.kind === "awst" ? configuration?.defaultIdentity : undefined;
    const owner = known.find(({ awsProfile }) => awsProfile === root)?.name;
    const name = owner ?? byKey.get(key ?? "") ?? called ?? isAwst ?? root;
    if (key !== undefined) byKey.set(key, name);
    names.set(root, name);
  }
  return names;
}

/** Returns an identity with the settings of its profile, of its roles' profiles and of [default]. */
export function readIdentity(
  name: string,
  root: string,
  facts: {
    readonly profiles: ForeignProfiles;
    readonly roles: readonly RoleProfile[];
    readonly configuration: Configuration | undefined;
    /** undefined for the default identity. */
    readonly defaultRegion: string | undefined;
    readonly isDefault: boolean;
  },
  findings: ImportFinding[],
): ImportedIdentity {
  const { profiles, roles, configuration, defaultRegion, isDefault } = facts;
  const known = configuration?.identities.get(name);
  const shared = { name, awsProfile: known?.awsProfile ?? root, isDefault };
  const { device, from } = findDevice(root, profiles, roles, findings);
  const command = [root, ...roles.map((each) => each.name)]
    .map((each) => profiles.get(each)?.read("mfa_process"))
    .find((value) => value !== undefined);
  if (known !== undefined) {
    const table = isDefault ? "[mfa]" : `[identities.${JSON.stringify(name)}]`;
    const skip = (setting: string, key: string, value: string | undefined, had?: string) => {
      if (value === undefined || value === had) return;
      const why =
        had === undefined
          ? `${table} has no ${key}`
          : `${table} has ${key} = ${JSON.stringify(had)}`;
      const next = `to use it, write there: ${key} = ${JSON.stringify(value)}`;
      findings.push({ profile: from ?? root, setting, why, next });
    };
    // Without a configured device, awst asks AWS for it.
    if (known.device !== undefined) skip("mfa_serial", "device", device, known.device);
    skip("mfa_process", "command", command, known.command);
    return { ...shared, isKnown: true };
  }
  const region = findRegion(root, profiles, roles, defaultRegion);
  return { ...shared, isKnown: false, device, command, region };
}

function findDevice(
  root: string,
  profiles: ForeignProfiles,
  roles: readonly RoleProfile[],
  findings: ImportFinding[],
): { readonly device: string | undefined; readonly from: string | undefined } {
  const found: { readonly device: string; readonly from: string }[] = [];
  const add = (from: string, setting: string) => {
    const device = profiles.get(from)?.read(setting);
    if (device === undefined || found.some((each) => each.device === device)) return;
    const problem = deviceProblem(device, undefined);
    if (problem === undefined) found.push({ device, from });
    else findings.push({ profile: from, setting, why: problem.message, next: problem.hint });
  };
  add(root, "aws_mfa_device");
  for (const name of [root, ...roles.map((each) => each.name)]) add(name, "mfa_serial");
  // aws-vault and aws-runas read [default] for every profile.
  if (found.length === 0) add("default", "mfa_serial");
  const [first, ...others] = found;
  for (const { device, from } of others) {
    findings.push({
      profile: from,
      setting: "mfa_serial",
      why: `an identity has one device, ${first?.device}, and not ${device}`,
      next: "for the other device: --device",
    });
  }
  return { device: first?.device, from: first?.from };
}

/** Returns the region of an identity's calls, in the partition of its roles. */
function findRegion(
  root: string,
  profiles: ForeignProfiles,
  roles: readonly RoleProfile[],
  defaultRegion: string | undefined,
): string | undefined {
  const [partition = "aws"] = roles.map((each) => each.partition);
  const isHere = (region: string | undefined): region is string =>
    region !== undefined && isRegion(region) && partitionOf(region).name === partition;
  const own = profiles.get(root)?.read("region");
  const shared = profiles.get("default")?.read("region");
  const wanted = [own, shared].find(isHere);
  if (wanted !== undefined) return wanted === defaultRegion ? undefined : wanted;
  if (isHere(defaultRegion)) return undefined;
  const ofRoles = roles.map(({ settings }) => settings.region).find(isHere);
  return ofRoles ?? homeRegions.get(partition);
}

/** For partitions other than `aws`, whose calls go nowhere without a region of theirs. */
const homeRegions: ReadonlyMap<string, string> = new Map([
  ["aws-cn", "cn-north-1"],
  ["aws-us-gov", "us-gov-west-1"],
]);

/** Returns where the key of an identity is stored, and the command that stores it in the keychain. */
export function keyToStore(
  { name, awsProfile: profile, isDefault }: ImportedIdentity,
  root: string,
  profiles: ForeignProfiles,
  hints: { readonly usesAwsVault: boolean; readonly usesGranted: boolean },
): KeyToStore | undefined {
  const identity = isDefault ? [] : ["--identity", name];
  const add = commandLine(["awst", "key", "add", ...identity]);
  const { origin } = profiles.get(root) ?? { origin: { kind: "none" } };
  const about = { profile: root, identity: name, isInFile: false };
  const nowhere = `the key of ${JSON.stringify(root)} is in none of AWS's files`;
  if (origin.kind === "awst") return undefined;
  if (origin.kind === "key") {
    const same = root === profile ? identity : ["--identity", name];
    return {
      ...about,
      isInFile: true,
      remark: undefined,
      command: commandLine(["awst", "key", "import", root, ...same]),
    };
  }
  const program = origin.kind === "process" ? origin.program : undefined;
  if (program === "granted" || (hints.usesGranted && !hints.usesAwsVault)) {
    const exported = commandLine(["granted", "credentials", "export-plaintext", root]);
    const imported = commandLine(["awst", "key", "import", root, ...identity]);
    const remark = `${nowhere}: Granted has it in its own store`;
    return { ...about, remark, command: `${exported} && ${imported}` };
  }
  if (program === "aws-vault" || hints.usesAwsVault) {
    const exported = commandLine(["aws-vault", "exec", root, "--no-session", "--", "env"]);
    const remark = `${nowhere}: aws-vault has it in its own store`;
    return { ...about, remark, command: `${exported} | ${add}` };
  }
  const fromVault = commandLine(["aws-vault", "exec", root, "--no-session", "--", "env"]);
  const fromGranted = commandLine(["granted", "credentials", "export-plaintext", root]);
  const where =
    program !== undefined
      ? `${nowhere}: the program ${program} provides it`
      : `${nowhere}; if aws-vault has it: ${fromVault} | ${add}; if Granted has it: ${fromGranted}`;
  return { ...about, remark: where, command: add };
}

/** Whether a profile can be an identity: its name is written into the configuration and AWS's files. */
export function canBeIdentity(root: string): boolean {
  return whyInvalidName(root) === undefined;
}
