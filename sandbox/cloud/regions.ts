// Regions and partitions, as far as signatures and tokens depend on them.

const partitions: readonly { name: string; pattern: RegExp; iamRegion: string; sites: string }[] = [
  { name: "aws-cn", pattern: /^cn-[a-z]+-\d$/, iamRegion: "cn-north-1", sites: "amazonaws.cn" },
  {
    name: "aws-us-gov",
    pattern: /^us-gov-[a-z]+-\d$/,
    iamRegion: "us-gov-west-1",
    sites: "amazonaws-us-gov.com",
  },
  {
    name: "aws-eusc",
    pattern: /^eusc-de-[a-z]+-\d$/,
    iamRegion: "eusc-de-east-1",
    sites: "amazonaws-eusc.eu",
  },
  {
    name: "aws",
    pattern: /^(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d$/,
    iamRegion: "us-east-1",
    sites: "aws.amazon.com",
  },
];

const optIn = new Set(
  (
    "af-south-1 ap-east-1 ap-east-2 ap-south-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 " +
    "ap-southeast-6 ap-southeast-7 ca-west-1 eu-central-2 eu-south-1 eu-south-2 il-central-1 " +
    "me-central-1 me-south-1 mx-central-1"
  ).split(" "),
);

/** undefined for what is no region at all. */
export function partitionOf(region: string): string | undefined {
  return partitions.find(({ pattern }) => pattern.test(region))?.name;
}

export function iamRegionOf(partition: string): string {
  return partitions.find(({ name }) => name === partition)?.iamRegion ?? "us-east-1";
}

/** Organizations is one service per partition. */
export function organizationsRegionOf(partition: string): string {
  return partition === "aws-cn" ? "cn-northwest-1" : iamRegionOf(partition);
}

/** The domain below which the partition's sign-in and console hosts lie. */
export function consoleDomainOf(partition: string): string {
  return partitions.find(({ name }) => name === partition)?.sites ?? "aws.amazon.com";
}

/** Regions that an account has to be opted into: tokens of version 1 are no good there. */
export function isOptIn(region: string): boolean {
  return optIn.has(region);
}
