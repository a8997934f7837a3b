// A CDK app without stacks: `cdk` resolves the account for it, which needs credentials.

const { mkdirSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const folder = process.env.CDK_OUTDIR;
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "manifest.json"), JSON.stringify({ version: "36.0.0", artifacts: {} }));
