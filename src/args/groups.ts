// The groups of commands: those of the overview, and first words that only group commands.

/** In the order of the overview that `awst` prints. */
export const commandGroups = [
  "Start here",
  "Sessions",
  "Keys",
  "MFA",
  "Profiles",
  "Shell",
  "Set-up",
] as const;

export type CommandGroup = (typeof commandGroups)[number];

/** First words of commands with two: `key add`. */
export const prefixSummaries: Readonly<Record<string, string>> = {
  export: "configuration for other programs",
  key: "access keys",
  mfa: "MFA devices",
  profile: "the profiles that awst writes",
  config: "the configuration file",
};
