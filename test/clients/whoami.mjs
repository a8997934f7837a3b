// Who the AWS SDK for JavaScript is, with AWS_PROFILE only: prints the ARN.
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const { Arn } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
console.log(Arn);
