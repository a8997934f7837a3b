// The AWS SDK for JavaScript in one long program: for every line on stdin it says who it is.
import { createInterface } from "node:readline";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const sts = new STSClient({ maxAttempts: 1 });
console.log("ready");
for await (const _line of createInterface({ input: process.stdin })) {
  try {
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    console.log(`${Arn} ${(await sts.config.credentials()).accessKeyId}`);
  } catch (error) {
    console.log(`failed: ${error.message}`);
  }
}
