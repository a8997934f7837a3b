// The AWS SDK for JavaScript v2 in one program: says who it is, and again every half second for the seconds it is given.
const AWS = require("aws-sdk");

// This SDK does not know AWS_ENDPOINT_URL.
const sts = new AWS.STS({
  endpoint: process.env.AWS_ENDPOINT_URL,
  region: process.env.AWS_REGION || "eu-west-1",
  maxRetries: 0,
});
const end = Date.now() + Number(process.argv[2]) * 1000;

async function run() {
  for (;;) {
    console.log((await sts.getCallerIdentity().promise()).Arn);
    if (Date.now() >= end) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
run().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
