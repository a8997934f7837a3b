// A Windows machine of its own for a test: a copy of the drive that tools/wine/prepare-wine.mjs made, with Node, awst and
// the stand-alone program on it, and the sandbox of a home instead of AWS. Wine gets files as streams: with pipes,
// Node for Windows hangs.
//   await using machine = await startWindows();
//   await machine.awst(["assume", "main-account", "DeveloperAccess", "--mfa-code", machine.home.code()]);

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type Home, makeHome, plainConfiguration } from "../support/home.ts";
import { findProgram, root } from "../support/processes.ts";

const prepared = join(root, ".wine");

/** Why these tests can't run; undefined where they can. */
export const wineIsAbsent = existsSync(prepared)
  ? undefined
  : "not installed (node tools/wine/prepare-wine.mjs)";

/** How awst is started on Windows: by Node, or as the stand-alone program. */
export const builds = ["Node", "stand-alone"] as const;
export type Build = (typeof builds)[number];

/** Why a build can't be tried; undefined where it can. */
export function isAbsent(build: Build): string | undefined {
  if (wineIsAbsent !== undefined) return wineIsAbsent;
  const isBuilt = build === "Node" || existsSync(join(root, "build/awst.exe"));
  return isBuilt ? undefined : "build/awst.exe is not built";
}

export interface WindowsResult {
  readonly status: number | null;
  readonly stdout: string;
  /** Without the line that names the sandbox. */
  readonly stderr: string;
}

export interface WindowsRun {
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** A folder on the drive; default: the user's. */
  readonly cwd?: string | undefined;
}

export interface WindowsProcess {
  readonly child: ChildProcess;
  readonly finished: Promise<WindowsResult>;
}

export interface Windows extends AsyncDisposable {
  /** Its sandbox and phone. */
  readonly home: Home;
  /** The command that starts awst, in Windows' paths. */
  readonly program: readonly string[];
  awst(args: readonly string[], how?: WindowsRun): Promise<WindowsResult>;
  run(command: readonly string[], how?: WindowsRun): Promise<WindowsResult>;
  start(command: readonly string[], how?: WindowsRun): WindowsProcess;
  /** Runs a script by Node for Windows, and returns what it assigns to `result`. */
  evaluate(script: string, how?: WindowsRun): Promise<unknown>;
  /** The path of a Windows path here. */
  here(path: string): string;
  read(path: string): string | undefined;
  write(path: string, text: string | Uint8Array): void;
}

export interface WindowsOptions {
  readonly build?: Build;
  /** Where Node is. */
  readonly nodeFolder?: string;
  /** Where awst is: its package's folder, or the folder of the stand-alone program. */
  readonly awstFolder?: string;
  readonly configuration?: string;
}

export const user = "C:\\users\\jane";
const npmFolder = `${user}\\AppData\\Roaming\\npm\\node_modules\\awst`;

/** Starts a machine whose user has an access key in [main-account] of ~/.aws/credentials. */
export async function startWindows(options: WindowsOptions = {}): Promise<Windows> {
  const { build = "Node", nodeFolder = "C:\\nodejs", awstFolder = npmFolder } = options;
  const home = await makeHome();
  const work = mkdtempSync(join(root, ".wine-"));
  const prefix = join(work, "prefix");
  execFileSync("cp", ["-al", join(prepared, "prefix"), prefix]);
  // The other files are links to the prepared ones, which nothing changes.
  for (const name of ["system.reg", "user.reg", "userdef.reg"]) {
    rmSync(join(prefix, name));
    copyFileSync(join(prepared, "prefix", name), join(prefix, name));
  }
  const here = (path: string) => {
    const [, drive = "", rest = ""] = /^([A-Z]):(.*)$/.exec(path) ?? [];
    const folder = drive === "C" ? join(prefix, "drive_c") : "";
    return folder + rest.replaceAll("\\", "/");
  };
  const write = (path: string, text: string | Uint8Array) => {
    mkdirSync(dirname(here(path)), { recursive: true });
    writeFileSync(here(path), text);
  };
  const node = `${nodeFolder}\\node.exe`;
  mkdirSync(here(nodeFolder), { recursive: true });
  copyFileSync(join(prepared, "packages/node/bin/node.exe"), here(node));
  const program =
    build === "Node" ? [node, `${awstFolder}\\bin\\awst.js`] : [`${awstFolder}\\awst.exe`];
  if (build === "Node") installPackage(here(awstFolder));
  else {
    mkdirSync(here(awstFolder), { recursive: true });
    copyFileSync(join(root, "build/awst.exe"), here(program[0] ?? ""));
  }
  write(
    `${user}\\.config\\awstools\\config.toml`,
    options.configuration ?? plainConfiguration(home.sandbox),
  );
  write(`${user}\\.aws\\credentials`, home.read(".aws/credentials") ?? "");

  const wine = readFileSync(join(prepared, "program"), "utf8");
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: work,
    // Wine makes USERPROFILE and LOCALAPPDATA of it.
    USER: "jane",
    WINEPREFIX: prefix,
    WINEDEBUG: "-all",
    WINEDLLOVERRIDES: "winemenubuilder.exe,mscoree,mshtml=",
    AWS_ENDPOINT_URL: home.sandbox.url,
    AWS_EC2_METADATA_DISABLED: "true",
    // Over ssh, awst opens no window to ask for a code: Wine's PowerShell opens none, and says that it did.
    SSH_CONNECTION: "127.0.0.1 1 127.0.0.1 2",
  };
  let count = 0;
  const start = (command: readonly string[], how: WindowsRun = {}): WindowsProcess => {
    count += 1;
    const [out, err] = [join(work, `out${count}`), join(work, `err${count}`)];
    const streams = [out, err].map((file) => openSync(file, "w"));
    const child = spawn(wine, [...command], {
      cwd: here(how.cwd ?? user),
      env: { ...env, ...how.env },
      stdio: ["ignore", ...streams],
    });
    for (const each of streams) closeSync(each);
    const finished = new Promise<WindowsResult>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (status) =>
        resolve({
          status,
          stdout: readText(out),
          stderr: readText(err).replace(/^awst: AWS_ENDPOINT_URL: .*\n/gm, ""),
        }),
      );
    });
    return { child, finished };
  };
  const run = (command: readonly string[], how?: WindowsRun) => start(command, how).finished;
  return {
    ...{ home, program, run, start, here, write },
    awst: (args, how) => run([...program, ...args], how),
    evaluate: async (script, how) => {
      const file = `${user}\\script.cjs`;
      const answer = `${user}\\result.json`;
      const write = `require("fs").writeFileSync(${JSON.stringify(answer)}, JSON.stringify(result) ?? "null");`;
      writeFileSync(here(file), `let result;\n${script}\n;${write}`);
      const ended = await run([node, file], how);
      if (ended.status !== 0) throw new Error(`script: status ${ended.status}: ${ended.stderr}`);
      return JSON.parse(readText(here(answer)));
    },
    read: (path) => (existsSync(here(path)) ? readText(here(path)) : undefined),
    [Symbol.asyncDispose]: async () => {
      const server = findProgram("wineserver") ?? "/usr/lib/wine/wineserver64";
      await run(["wineboot", "--kill"]).catch(() => {});
      execFileSync(server, ["-w"], { env, stdio: "ignore" });
      await home.remove();
      rmSync(work, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** Installs what npm would: the package and its two native ones for this system. */
function installPackage(folder: string): void {
  for (const name of ["bin", "dist", "package.json"]) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  const modules = join(folder, "node_modules");
  for (const name of ["@napi-rs/keyring", "fs-native-extensions"]) {
    cpSync(join(root, "node_modules", name), join(modules, name), { recursive: true });
  }
  const binding = join(modules, "@napi-rs/keyring-win32-x64-msvc");
  cpSync(join(prepared, "packages/keyring"), binding, { recursive: true });
}

function readText(file: string): string {
  return readFileSync(file, "utf8").replaceAll("\r\n", "\n");
}
