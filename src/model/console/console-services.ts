// Common names of services, and their paths in the console. A name that isn't here is the
// console's own.

/** Behind the console's host. */
export function servicePath(name: string): string {
  const path = paths[name] ?? name;
  return path === "wafv2" ? "wafv2/homev2" : `${path}/home`;
}

const paths: Readonly<Record<string, string>> = {
  apigw: "apigateway",
  ce: "cost-management",
  cf: "cloudfront/v4",
  cfn: "cloudformation",
  cloudfront: "cloudfront/v4",
  codebuild: "codesuite/codebuild",
  codecommit: "codesuite/codecommit",
  codedeploy: "codesuite/codedeploy",
  codepipeline: "codesuite/codepipeline",
  ct: "cloudtrail",
  cw: "cloudwatch",
  ddb: "dynamodbv2",
  dynamodb: "dynamodbv2",
  ecs: "ecs/v2",
  eventbridge: "events",
  logs: "cloudwatch",
  r53: "route53/v2",
  redshift: "redshiftv2",
  route53: "route53/v2",
  secrets: "secretsmanager",
  sfn: "states",
  sm: "secretsmanager",
  sns: "sns/v3",
  sqs: "sqs/v3",
  sso: "singlesignon",
  ssm: "systems-manager",
  stepfunctions: "states",
  vpc: "vpcconsole",
  waf: "wafv2",
};
