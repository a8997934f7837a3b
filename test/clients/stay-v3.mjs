// The AWS SDK for JavaScript v3 in one program: says who it is, and again every half second for the seconds it is given.
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const sts = new STSClient({ maxAttempts: 1 });
const end = Date.now() + Number(process.argv[2]) * 1000;
for (;;) {
  console.log((await sts.send(new GetCallerIdentityCommand({}))).Arn);
  if (Date.now() >= end) break;
  await new Promise((resolve) => setTimeout(resolve, 500));
}
