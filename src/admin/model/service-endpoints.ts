// Where the services are that the administrator's side calls besides IAM and STS, and how their requests are signed.
// Hosts as in AWS's own endpoint rules.

import type { Endpoint, EndpointKind } from "../../model/aws/partition.ts";
import { partitionOf } from "../../model/aws/partition.ts";

export type ServiceId =
  | "ssm"
  | "sns"
  | "ses"
  | "organizations"
  | "lambda"
  | "cloudformation"
  | "s3";

export interface ServiceRules {
  /** Name in the signature's scope. */
  readonly signingName: string;
  /** First part of the host. */
  readonly host: string;
  /** `AWS_ENDPOINT_URL_…`, the strongest first. */
  readonly variables: readonly string[];
}

const all = "AWS_ENDPOINT_URL";

export const serviceRules: Readonly<Record<ServiceId, ServiceRules>> = {
  ssm: { signingName: "ssm", host: "ssm", variables: [`${all}_SSM`, all] },
  sns: { signingName: "sns", host: "sns", variables: [`${all}_SNS`, all] },
  ses: { signingName: "ses", host: "email", variables: [`${all}_SESV2`, all] },
  lambda: { signingName: "lambda", host: "lambda", variables: [`${all}_LAMBDA`, all] },
  cloudformation: {
    signingName: "cloudformation",
    host: "cloudformation",
    variables: [`${all}_CLOUDFORMATION`, all],
  },
  s3: { signingName: "s3", host: "s3", variables: [`${all}_S3`, all] },
  organizations: {
    signingName: "organizations",
    host: "organizations",
    variables: [`${all}_ORGANIZATIONS`, all],
  },
};

/** USAGE for what is not a region. Organizations has one region in each partition. */
export function serviceEndpoint(id: ServiceId, region: string, how: EndpointKind): Endpoint {
  const partition = partitionOf(region);
  const signingRegion = id === "organizations" ? organizationsRegion(partition) : region;
  const name = `${serviceRules[id].host}${how.fips ? "-fips" : ""}`;
  const suffix = how.dualstack ? partition.dualStackDnsSuffix : partition.dnsSuffix;
  return { url: `https://${name}.${signingRegion}.${suffix}`, signingRegion };
}

function organizationsRegion({ name, iamRegion }: ReturnType<typeof partitionOf>): string {
  return name === "aws-cn" ? "cn-northwest-1" : iamRegion;
}
