// What else AWS's files say that awst does not take over: settings that only other tools read, keys that no role uses,
// and a region of [default] that differs from the imported one.

import type { ForeignProfiles } from "./foreign-profiles.ts";
import type { ImportFinding } from "./import-findings.ts";
import type { RoleProfile } from "./role-profiles.ts";

interface Imported {
  readonly profiles: ForeignProfiles;
  readonly roles: readonly RoleProfile[];
  /** Profiles of identities. */
  readonly wanted: readonly string[];
  readonly defaultRegion: string | undefined;
  readonly isFirst: boolean;
}

/** Settings that `import` reads. */
const taken = new Set([
  "role_arn",
  "source_profile",
  "include_profile",
  "parent_profile",
  "region",
  "mfa_serial",
  "mfa_process",
  "role_session_name",
  "external_id",
  "duration_seconds",
  "session_tags",
  "source_identity",
  "session_token_duration",
  "credentials_duration",
  "aws_access_key_id",
  "aws_secret_access_key",
  "aws_session_token",
  "aws_security_token",
  "credential_process",
  "aws_mfa_device",
  "assume_role",
  "assumed_role",
  "assumed_role_arn",
  "expiration",
  "aws_account_id",
]);

const why: Readonly<Record<string, readonly [why: string, next?: string]>> = {
  transitive_session_tags: ["awst passes tags to one role only"],
  endpoint_url: ["awst's own calls do not read it", "set AWS_ENDPOINT_URL"],
  services: ["awst's own calls do not read it", "set AWS_ENDPOINT_URL"],
  ca_bundle: ["awst's own calls do not read it", "set AWS_CA_BUNDLE"],
  use_fips_endpoint: ["awst's own calls do not read it", "set AWS_USE_FIPS_ENDPOINT"],
  use_dualstack_endpoint: ["awst's own calls do not read it", "set AWS_USE_DUALSTACK_ENDPOINT"],
  sts_regional_endpoints: ["awst always uses the endpoint of a region"],
};

export function otherFindings(imported: Imported): readonly ImportFinding[] {
  const { profiles, roles, wanted, defaultRegion, isFirst } = imported;
  const roleNames = new Set(roles.map(({ name }) => name));
  const findings: ImportFinding[] = [];
  for (const { name, keys, read, origin } of profiles.values()) {
    const manager = read("manager") ?? (read("autoawsume") === undefined ? undefined : "awsume");
    if (manager === "awsume") {
      findings.push({
        profile: name,
        why: "AWSume wrote it, with temporary credentials",
        next: "awst does not need it",
      });
      continue;
    }
    if (origin.kind === "key" && !wanted.includes(name)) {
      findings.push({
        profile: name,
        why: "no role uses its key",
        next: `to use it, add [identities.${JSON.stringify(name)}] to the configuration`,
      });
      continue;
    }
    if (!roleNames.has(name) && !wanted.includes(name)) continue;
    for (const key of keys.filter((each) => !taken.has(each))) {
      const [reason, next] = why[key] ?? [
        "it stays in this profile, and the profiles that awst writes don't have it",
      ];
      findings.push({ profile: name, setting: key, why: reason, next });
    }
  }
  const shared = profiles.get("default")?.read("region");
  if (isFirst && shared !== undefined && shared !== defaultRegion && defaultRegion !== undefined) {
    findings.push({
      profile: "default",
      setting: "region",
      why: `${shared} differs from defaultRegion, which is ${defaultRegion}`,
      next: `tools that name no profile still use ${shared}`,
    });
  }
  return findings;
}
