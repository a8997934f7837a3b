// npm run bench -- --peers: how long awst and the other tools that are on PATH need to pass on a role's credentials when
// they already have a session, in one alternating run, and how many calls of AWS each run makes. Writes the table
// of docs/performance.md.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { type Home, makeHome, plainConfiguration } from "../test/support/home.ts";
import { findProgram, root, runProcess } from "../test/support/processes.ts";
import { machineText, median, writeTable } from "./bench-table.ts";

interface Peer {
  readonly name: string;
  readonly command: readonly string[];
  /** What prints the version. */
  readonly version?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Run once before, with `env`. */
  readonly prepare?: readonly string[];
}

interface Row extends Peer {
  readonly milliseconds: number[];
  readonly calls: number[];
}

const script = [process.execPath, join(root, "bin/awst.js")];
const standalone = join(root, "build/awst");
const warm = ["credential-process", "main-account", "DeveloperAccess"];

/** A role that needs no MFA code, so that every tool can be measured without a user. */
const peerProfile = "peer";

function peersOf(home: Home): readonly Peer[] {
  const { accessKeyId, secretAccessKey } = home.sandbox.main;
  const vault = {
    AWS_VAULT_BACKEND: "file",
    AWS_VAULT_FILE_PASSPHRASE: "a passphrase",
    AWS_VAULT_FILE_DIR: join(home.path, ".awsvault"),
  };
  return [
    { name: "awst credential-process, Node", command: [...script, ...warm] },
    ...(existsSync(standalone)
      ? [{ name: "awst credential-process, stand-alone", command: [standalone, ...warm] }]
      : []),
    { name: "awst exec", command: [...script, "exec", ...warm.slice(1), "--", "true"] },
    {
      name: "AWS CLI sts get-caller-identity, from its cache of the role",
      command: ["aws", "sts", "get-caller-identity", "--profile", peerProfile],
      version: ["aws", "--version"],
    },
    {
      name: "AWSume",
      command: ["awsumepy", peerProfile],
      version: ["awsumepy", "--version"],
    },
    {
      name: "aws-vault exec, file backend",
      command: ["aws-vault", "exec", peerProfile, "--", "true"],
      version: ["aws-vault", "--version"],
      env: vault,
      prepare: [
        ...["env", `AWS_ACCESS_KEY_ID=${accessKeyId}`, `AWS_SECRET_ACCESS_KEY=${secretAccessKey}`],
        ...["aws-vault", "add", "--env", "main-account"],
      ],
    },
    {
      name: "Granted, assumego --exec",
      command: ["assumego", peerProfile, "--exec", "true"],
      version: ["assumego", "--version"],
      env: {
        ...{ GRANTED_QUIET: "true", GRANTED_ALIAS_CONFIGURED: "true" },
        CF_KEYRING_FILE_PASSWORD: "a passphrase",
      },
    },
    {
      name: "aws-runas",
      command: ["aws-runas", peerProfile, "true"],
      version: ["aws-runas", "--version"],
    },
  ];
}

/** Measures, prints the table and writes it into docs/performance.md. */
export async function benchPeers(rounds: number): Promise<void> {
  await using home = await openHome();
  const base: Row = {
    name: "node -e 0",
    command: [process.execPath, "-e", "0"],
    milliseconds: [],
    calls: [],
  };
  const rows = [base];
  const absent: string[] = [];
  if (!existsSync(standalone)) {
    absent.push(
      "awst credential-process, stand-alone: skipped: not built (npm run build:standalone)",
    );
  }
  for (const peer of peersOf(home)) {
    const row = { ...peer, milliseconds: [], calls: [] };
    const why = await whyNot(home, peer);
    if (why === undefined) rows.push(row);
    else absent.push(`${peer.name}: ${why}`);
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const row of rows) await measure(home, row);
  }
  const middle = median(base.milliseconds);
  const lines: string[] = [];
  for (const { name, milliseconds, calls, version } of rows) {
    const ratio = (median(milliseconds) / middle).toFixed(2);
    lines.push(`| ${name} | ${await versionOf(home, version)} | ${ratio} | ${median(calls)} |`);
  }
  const text = `${machineText(rounds, middle)}

| tool | version | ratio to \`node -e 0\` | AWS calls per run |
| --- | --- | --- | --- |
${lines.join("\n")}

${absent.map((each) => `- ${each}`).join("\n")}
`;
  console.log(text);
  writeTable("peers", text);
}

async function openHome(): Promise<Home> {
  const home = await makeHome({
    sandbox: { fixture: "open" },
    // No tool reaches the real AWS, whatever it makes of AWS_ENDPOINT_URL.
    env: {
      ...{ HTTPS_PROXY: "http://127.0.0.1:9", NO_PROXY: "127.0.0.1,localhost" },
      ...{ NODE_OPTIONS: undefined, SHIFT_CLOCK_FILE: undefined },
    },
  });
  home.write(".config/awstools/config.toml", plainConfiguration(home.sandbox));
  home.write(
    ".aws/config",
    `[profile ${peerProfile}]
role_arn = arn:aws:iam::${home.sandbox.main.accountId}:role/AdminAccess
source_profile = main-account
region = eu-west-1
[profile main-account]
region = eu-west-1
`,
  );
  // It would ask for a browser, and the system's keychain may be missing.
  home.write(".granted/config", 'DefaultBrowser = "STDOUT"\n[Keyring]\nBackend = "file"\n');
  const env = { AWST_MFA_CODE: home.code() };
  const { status, stderr } = await home.awst(["assume", ...warm.slice(1)], { env });
  if (status !== 0) throw new Error(`awst assume ended with ${status}: ${stderr}`);
  return home;
}

/** Returns why a tool can't be measured here. The run also fills its cache. */
async function whyNot(home: Home, peer: Peer): Promise<string | undefined> {
  if (findProgram(peer.command[0] ?? "") === undefined && !existsSync(peer.command[0] ?? "")) {
    return "skipped: not installed";
  }
  const env = home.envWith(peer.env);
  for (const command of [peer.prepare ?? [], peer.command]) {
    if (command.length === 0) continue;
    const { status, stderr } = await runProcess(command, { env, cwd: home.path });
    if (status === 0) continue;
    const last = stripVTControlCharacters(stderr).trim().split("\n").at(-1);
    return `skipped: it ended with ${status}: ${last?.slice(0, 100)}`;
  }
  return undefined;
}

async function versionOf(home: Home, version: readonly string[] | undefined): Promise<string> {
  if (version === undefined) return "";
  const { stdout, stderr } = await home.run(version);
  return /\d+\.\d+(\.\d+)?/.exec(stdout + stderr)?.[0] ?? "";
}

async function measure(home: Home, row: Row): Promise<void> {
  home.sandbox.forgetCalls();
  const [program = "", ...args] = row.command;
  const begin = performance.now();
  const env = home.envWith(row.env);
  const child = spawn(program, args, { env, stdio: "ignore", detached: true, cwd: home.path });
  const [status] = await once(child, "exit");
  row.milliseconds.push(performance.now() - begin);
  row.calls.push(home.sandbox.calls().length);
  if (status !== 0) throw new Error(`${row.name} ended with ${status}`);
}
