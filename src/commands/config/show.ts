// awst config show: prints the configuration with defaults filled in, as TOML or as one JSON object.

import { defineCommand } from "../../args/command.ts";
import { loadConfiguration } from "../../flows/session/load-configuration.ts";
import type { Configuration } from "../../model/configuration/configuration.ts";
import { encodeConfiguration } from "../../model/configuration/configuration-toml.ts";
import { offeredRoles } from "../../model/configuration/find-in-configuration.ts";
import { defaultKeysSeconds } from "../../model/configuration/write-mode.ts";
import { callRegion } from "../../model/session/resolve-target.ts";
import type { Needs } from "../../ports.ts";

type ShowNeeds = Needs<"configurationFile" | "paths" | "env">;

export const command = defineCommand({
  name: "config show",
  group: "Set-up",
  summary: "print the configuration with defaults filled in",
  examples: [{ line: "awst config show --json", meaning: "for a program" }],
  json: [
    ["path", "the file"],
    ["defaultRegion, defaultIdentity", "region or null, name"],
    [
      "identities[]",
      "name, accountId, awsProfile, mfaSessionProfile, callRegion, device, command, prompt, keyRotationIntervalMinutes",
    ],
    [
      "accounts[]",
      "name, id, region, roles (those offered), roleSettings (by role), externalId, identity, write",
    ],
    ["aliases[]", "name, account, role"],
    [
      "roles[]",
      "name, durationSeconds, session, policyArns, tags, sourceIdentity, sessionName, via, write, confirm",
    ],
    ["rolesAreConfigured", "whether the file has [roles]"],
    ["keychain.backend, console.signInHosts, write.profiles, write.mode", "as in the file"],
    ["write.keysSeconds", 'how long keys of write.mode = "keys" are valid'],
    ["write.print", "as in the file, or null"],
    ["paths.state, .awsConfig, .awsCredentials", "paths"],
    ["remarks", "notes that are not mistakes"],
  ],
  async run(context: ShowNeeds) {
    const configuration = await loadConfiguration(context);
    return {
      json: describe(context, configuration),
      text: `${show(context, configuration)}\n`,
    };
  },
});

function show(context: ShowNeeds, configuration: Configuration): string {
  const regions = [...configuration.identities.values()].map((identity) => {
    const { region, source } = callRegion(identity, configuration, context.env);
    const why = source === "fallback" ? "nothing names a region" : source;
    return `# calls of ${JSON.stringify(identity.name)} go to ${region} (${why})`;
  });
  const roles = configuration.rolesAreConfigured
    ? []
    : ["# roles: DeveloperAccess 4h, AdminAccess 1h; any other name is tried with 1h"];
  const head = [`# ${configuration.path}`, ...regions, ...roles, ""];
  return [...head, encodeConfiguration(configuration).trimEnd()].join("\n");
}

/** Everything by its name in the file; null where nothing is set. */
function describe(context: ShowNeeds, configuration: Configuration): object {
  const { accounts, roles, identities } = configuration;
  const { state, awsConfig, awsCredentials } = context.paths;
  return {
    path: configuration.path,
    defaultRegion: configuration.defaultRegion ?? null,
    defaultIdentity: configuration.defaultIdentity,
    identities: [...identities.values()].map((identity) => ({
      name: identity.name,
      accountId: identity.accountId ?? null,
      awsProfile: identity.awsProfile,
      mfaSessionProfile: identity.mfaSessionProfile ?? null,
      callRegion: callRegion(identity, configuration, context.env).region,
      device: identity.device ?? null,
      command: identity.command ?? null,
      prompt: identity.prompt,
      keyRotationIntervalMinutes: identity.keyRotationIntervalMinutes,
    })),
    accounts: [...accounts.values()].map((account) => ({
      name: account.name,
      id: account.id,
      region: account.region ?? null,
      roles: offeredRoles(configuration, account),
      roleSettings: Object.fromEntries(account.roleSettings ?? []),
      externalId: account.externalId ?? null,
      identity: account.identity ?? configuration.defaultIdentity,
      write: account.write ?? null,
      production: account.production ?? false,
    })),
    aliases: [...configuration.aliases].map(([name, { account, role }]) => ({
      name,
      account,
      role,
    })),
    roles: [...roles.values()].map((role) => ({
      ...role,
      sourceIdentity: role.sourceIdentity ?? null,
      sessionName: role.sessionName ?? null,
      confirm: role.confirm ?? null,
      via: role.via ? `${role.via.account}/${role.via.role}` : null,
      write: role.write ?? null,
    })),
    rolesAreConfigured: configuration.rolesAreConfigured,
    keychain: { backend: configuration.keychainBackend },
    console: { signInHosts: configuration.signInHosts },
    write: {
      profiles: configuration.writeProfiles,
      print: configuration.writePrint ?? null,
      mode: configuration.writeMode,
      keysSeconds: configuration.writeKeysSeconds ?? defaultKeysSeconds,
    },
    paths: { state, awsConfig, awsCredentials },
    remarks: configuration.remarks,
  };
}
