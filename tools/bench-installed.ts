// npm run bench -- --installed: packs awst and the package with the stand-alone program of this system, installs them
// globally into a new prefix as users do, and measures the line that this awst writes into AWS's config file. A second
// prefix has awst alone, as where npm could not install the other package. Writes the table of docs/performance.md.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Home, makeHome } from "../test/support/home.ts";
import { root } from "../test/support/processes.ts";
import { machineText, median, writeTable } from "./bench-table.ts";
import { servePackages } from "./release/package-server.mjs";
import { hostTarget } from "./release/targets.mjs";

const release = join(root, "build/release");
const role = ["main-account", "DeveloperAccess"];

interface Row {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly wanted: string;
  readonly milliseconds: number[];
}

/** Measures, prints the table and writes it into docs/performance.md. */
export async function benchInstalled(rounds: number): Promise<void> {
  const work = realpathSync(mkdtempSync(join(tmpdir(), "awst-installed-")));
  try {
    const args = ["tools/release/release.mjs", "--target", hostTarget().name];
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
    if (status !== 0) throw new Error(`${args[0]} ended with ${status}`);
    const nothing = join(work, "nothing");
    mkdirSync(nothing);
    const both = await install(join(work, "both"), release);
    const alone = await install(join(work, "alone"), nothing);
    await measureAll(rounds, both, alone);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Installs awst into a prefix, and returns its program. `packages`: the folder that has packages of `@awst`. */
async function install(prefix: string, packages: string): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const registry = await servePackages(packages);
  try {
    const env = { ...process.env, "npm_config_@awst:registry": registry.url };
    const main = join(release, `awst-${version}.tgz`);
    const args = ["install", "--global", "--prefix", prefix, "--prefer-offline", main];
    // Not by spawnSync: this process is the registry.
    await registry.run("npm", args, { env });
  } finally {
    await registry.close();
  }
  return join(prefix, "bin/awst");
}

async function measureAll(rounds: number, both: string, alone: string): Promise<void> {
  await using usual = await openHome(both, {});
  await using onNode = await openHome(alone, {});
  const isBare = { XDG_RUNTIME_DIR: undefined };
  await using usualBare = await openHome(both, isBare);
  await using onNodeBare = await openHome(alone, isBare);
  const bare: Row = {
    ...{ name: "node -e 0", command: [process.execPath, "-e", "0"], env: usual.env, wanted: "" },
    milliseconds: [],
  };
  const row = (name: string, home: Home, wanted: string): Row => ({
    ...{ name, command: writtenLine(home), env: home.env, wanted, milliseconds: [] },
  });
  const rows = [
    bare,
    row("with the package of this system", usual, "0.55"),
    row("the same, without XDG_RUNTIME_DIR", usualBare, "0.55"),
    row("without it: Node", onNode, "1.35"),
    row("the same, without XDG_RUNTIME_DIR", onNodeBare, "1.35"),
  ];
  for (let round = 0; round < rounds; round += 1) {
    // Each round begins with another row, so that none always follows the same one.
    for (let at = 0; at < rows.length; at += 1) {
      measure(rows[(round + at) % rows.length] ?? bare);
    }
  }
  const middle = median(bare.milliseconds);
  const lines = rows.map(({ name, command, wanted, milliseconds }) => {
    const ratio = (median(milliseconds) / middle).toFixed(2);
    return `| ${name} | ${programText(command)} | ${ratio} | ${wanted} |`;
  });
  const text = `${machineText(rounds, middle)}

| installed | what the line starts | ratio to \`node -e 0\` | wanted |
| --- | --- | --- | --- |
${lines.join("\n")}
`;
  console.log(text);
  writeTable("installed", text);
}

// As most users have it.
const usualEnvironment = {
  ...{ NODE_OPTIONS: undefined, SHIFT_CLOCK_FILE: undefined, AWST_KEYCHAIN: undefined },
  ...{ XDG_CONFIG_HOME: undefined, XDG_STATE_HOME: undefined },
  ...{ XDG_DATA_HOME: undefined, XDG_CACHE_HOME: undefined },
};

/** A home in which this awst has written the profile, and its session is cached. */
async function openHome(awst: string, env: Readonly<Record<string, undefined>>): Promise<Home> {
  const home = await makeHome({ env: { ...usualEnvironment, ...env } });
  for (const args of [
    ["key", "import"],
    ["assume", ...role],
    ["credential-process", ...role],
  ]) {
    const how = { env: { AWST_MFA_CODE: home.code() } };
    const { status, stderr } = await home.run([awst, ...args], how);
    if (status !== 0) throw new Error(`awst ${args.join(" ")} ended with ${status}: ${stderr}`);
  }
  return home;
}

/** The credential_process of the profile, literally, as SDKs split it. */
function writtenLine(home: Home): readonly string[] {
  const text = readFileSync(join(home.path, ".aws/config"), "utf8");
  const section = text.split(`[profile ${role.join("/")}]\n`)[1]?.split("\n[")[0] ?? "";
  const line = /^credential_process = (.*)$/m.exec(section)?.[1];
  if (line === undefined || /["'\\]/.test(line)) {
    throw new Error(`the profile has no line that can be split at its spaces:\n${text}`);
  }
  return line.split(" ");
}

/** The program, without what awst writes behind it. */
function programText(command: readonly string[]): string {
  const end = command.findIndex((each) => each === "--env" || each === "credential-process");
  return command
    .slice(0, Math.max(end, 0))
    .map((path) => `\`${path.replace(/^.*?\/(?=lib\/node_modules\/|bin\/)/, "…/")}\``)
    .join(" ");
}

/** Synchronously: the time ends with the program, whatever this process has to do then. */
function measure({ command, env, milliseconds, name }: Row): void {
  const [program = "", ...args] = command;
  const begin = performance.now();
  const { status } = spawnSync(program, args, { env: { ...env }, stdio: "ignore" });
  milliseconds.push(performance.now() - begin);
  if (status !== 0) throw new Error(`${name} ended with ${status}`);
}
