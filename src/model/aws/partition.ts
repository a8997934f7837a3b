// The partitions of AWS and the hosts of STS and IAM in them. A region becomes a host name only after
// it was checked, so no text can lead a call to another host. Hosts as in AWS's own endpoint rules.

import { AwstError } from "../errors.ts";

export interface Partition {
  /** As it stands in ARNs. */
  readonly name: string;
  readonly dnsSuffix: string;
  readonly dualStackDnsSuffix: string;
  /** IAM is one service per partition: the region its calls are signed for. */
  readonly iamRegion: string;
}

export interface EndpointKind {
  readonly fips: boolean;
  readonly dualstack: boolean;
}

export interface Endpoint {
  readonly url: string;
  readonly signingRegion: string;
}

export const fallbackRegion = "us-east-1";

/** `eu-west-1`, `us-gov-west-1`, `eusc-de-east-1`: letters, then a number; never a dot or a slash. */
export function isRegion(text: string): boolean {
  return /^[a-z]{2,8}(-[a-z]{1,16}){1,3}-[0-9]{1,2}$/.test(text);
}

/** A region of a kind not known yet counts as partition `aws`, as in the SDKs. USAGE for no region. */
export function partitionOf(region: string): Partition {
  return rulesOf(region).partition;
}

/** The regional endpoint: the global one never. USAGE for what is not a region. */
export function stsEndpoint(region: string, how: EndpointKind): Endpoint {
  const { partition } = rulesOf(region);
  const suffix = how.dualstack ? partition.dualStackDnsSuffix : partition.dnsSuffix;
  // GovCloud's plain hosts are the FIPS ones.
  const plainIsFips = partition.name === "aws-us-gov" && !how.dualstack;
  const service = how.fips && !plainIsFips ? "sts-fips" : "sts";
  return { url: `https://${service}.${region}.${suffix}`, signingRegion: region };
}

/** The partition's one IAM endpoint. USAGE for what is not a region. */
export function iamEndpoint(region: string, how: EndpointKind): Endpoint {
  const { partition, iamHosts } = rulesOf(region);
  const [plain, fips, dualstack, both] = iamHosts;
  const host = how.dualstack ? (how.fips ? both : dualstack) : how.fips ? fips : plain;
  return { url: `https://${host}`, signingRegion: partition.iamRegion };
}

interface Rules {
  readonly regions: RegExp;
  readonly partition: Partition;
  /** plain, FIPS, dual stack, FIPS on dual stack */
  readonly iamHosts: readonly [string, string, string, string];
}

function rules(
  regions: RegExp,
  partition: readonly [name: string, dnsSuffix: string, dualStackDnsSuffix: string, iam: string],
  iamHosts: Rules["iamHosts"],
): Rules {
  const [name, dnsSuffix, dualStackDnsSuffix, iamRegion] = partition;
  return { regions, partition: { name, dnsSuffix, dualStackDnsSuffix, iamRegion }, iamHosts };
}

const aws = rules(
  /^(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d+$/,
  ["aws", "amazonaws.com", "api.aws", "us-east-1"],
  ["iam.amazonaws.com", "iam-fips.amazonaws.com", "iam.global.api.aws", "iam-fips.global.api.aws"],
);

const others: readonly Rules[] = [
  rules(
    /^cn-[a-z]+-\d+$/,
    ["aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-north-1"],
    [
      "iam.cn-north-1.amazonaws.com.cn",
      "iam-fips.amazonaws.com.cn",
      "iam.global.api.amazonwebservices.com.cn",
      "iam-fips.api.amazonwebservices.com.cn",
    ],
  ),
  rules(
    /^us-gov-[a-z]+-\d+$/,
    ["aws-us-gov", "amazonaws.com", "api.aws", "us-gov-west-1"],
    [
      "iam.us-gov.amazonaws.com",
      "iam.us-gov.amazonaws.com",
      "iam.us-gov.api.aws",
      "iam.us-gov.api.aws",
    ],
  ),
  rules(
    /^eusc-[a-z]+-[a-z]+-\d+$/,
    ["aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu", "eusc-de-east-1"],
    [
      "iam.eusc-de-east-1.amazonaws.eu",
      "iam-fips.amazonaws.eu",
      "iam.global.api.amazonwebservices.eu",
      "iam-fips.api.amazonwebservices.eu",
    ],
  ),
  rules(
    /^us-iso-[a-z]+-\d+$/,
    ["aws-iso", "c2s.ic.gov", "api.aws.ic.gov", "us-iso-east-1"],
    [
      "iam.us-iso-east-1.c2s.ic.gov",
      "iam-fips.us-iso-east-1.c2s.ic.gov",
      "iam.api.aws.ic.gov",
      "iam-fips.api.aws.ic.gov",
    ],
  ),
  rules(
    /^us-isob-[a-z]+-\d+$/,
    ["aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud", "us-isob-east-1"],
    [
      "iam.us-isob-east-1.sc2s.sgov.gov",
      "iam-fips.us-isob-east-1.sc2s.sgov.gov",
      "iam.api.aws.scloud",
      "iam-fips.api.aws.scloud",
    ],
  ),
  rules(
    /^eu-isoe-[a-z]+-\d+$/,
    ["aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "eu-isoe-west-1"],
    [
      "iam.eu-isoe-west-1.cloud.adc-e.uk",
      "iam-fips.cloud.adc-e.uk",
      "iam.api.cloud-aws.adc-e.uk",
      "iam-fips.api.cloud-aws.adc-e.uk",
    ],
  ),
  rules(
    /^us-isof-[a-z]+-\d+$/,
    ["aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov", "us-isof-south-1"],
    [
      "iam.us-isof-south-1.csp.hci.ic.gov",
      "iam-fips.csp.hci.ic.gov",
      "iam.api.aws.hci.ic.gov",
      "iam-fips.api.aws.hci.ic.gov",
    ],
  ),
];

function rulesOf(region: string): Rules {
  if (!isRegion(region)) {
    throw new AwstError("USAGE", `${JSON.stringify(region)} is not the name of a region`, {
      hint: "regions look like eu-west-1",
    });
  }
  return others.find((each) => each.regions.test(region)) ?? aws;
}
