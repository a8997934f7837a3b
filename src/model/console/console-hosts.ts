// Where the console and its sign-in service are, by region: one pair of hosts per partition, in the European
// Sovereign Cloud one per region. The region was checked before it becomes part of a host's name.

import { partitionOf } from "../aws/partition.ts";
import { AwstError } from "../errors.ts";

export interface ConsoleHosts {
  /** getSigninToken, login and switchrole. */
  readonly signIn: string;
  /** The console of this region. */
  readonly console: string;
  /** Every console of the partition is this host, or below it. */
  readonly domain: string;
}

/** USAGE for what is not a region, and where the partition's console isn't known. */
export function consoleHosts(region: string): ConsoleHosts {
  const { name } = partitionOf(region);
  const hosts = hostsByPartition[name]?.(region);
  if (hosts !== undefined) return hosts;
  throw new AwstError("USAGE", `the console of partition ${name} (${region}) is not known to awst`);
}

/** Where an IAM user signs in by name and password; undefined where there is no such page. */
export function userSignInPage(accountId: string, region: string): string | undefined {
  const { signIn } = consoleHosts(region);
  if (partitionOf(region).name === "aws-eusc") return undefined;
  return `https://${accountId}.${signIn}/console`;
}

const hostsByPartition: Readonly<Record<string, (region: string) => ConsoleHosts>> = {
  aws: (region) => ({
    signIn: "signin.aws.amazon.com",
    console: `${region}.console.aws.amazon.com`,
    domain: "console.aws.amazon.com",
  }),
  "aws-cn": () => ({
    signIn: "signin.amazonaws.cn",
    console: "console.amazonaws.cn",
    domain: "console.amazonaws.cn",
  }),
  "aws-us-gov": () => ({
    signIn: "signin.amazonaws-us-gov.com",
    console: "console.amazonaws-us-gov.com",
    domain: "console.amazonaws-us-gov.com",
  }),
  "aws-eusc": (region) => ({
    signIn: `${region}.signin.amazonaws-eusc.eu`,
    console: `${region}.console.amazonaws-eusc.eu`,
    domain: "console.amazonaws-eusc.eu",
  }),
};
