// The command for lines that are read later: profiles, `[main-account]`, schedules. It consists of paths that the
// next upgrade of Node or awst leaves valid, or of a launcher that finds the new version.

import { chmodSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, delimiter, dirname, isAbsolute, join } from "node:path";
import type { Env } from "../../model/environment.ts";
import { lineEnvironment } from "../../model/environment.ts";
import {
  followingPaths,
  isVersionedPath,
  launcherPath,
  launcherText,
} from "../../model/profile/stable-path.ts";
import type { StableProgram } from "../../ports.ts";
import { writeWholeFile } from "./whole-file.ts";

export interface StableProgramOptions {
  /** [node, script], or one stand-alone program. Real paths. */
  readonly program: readonly string[];
  /** The paths as they were called, before links were followed: process.argv0, process.argv[1]. */
  readonly called: readonly (string | undefined)[];
  readonly env: Env;
  readonly home: string;
}

/** `write`: writes the launcher where one is needed. Where that fails, the paths are those of today. */
export function findStableProgram(
  options: StableProgramOptions,
  how: "read" | "write",
): StableProgram {
  const { called, env, home } = options;
  const program = findInstalledStandalone(options.program) ?? options.program;
  const paths = program.map((path, at) => findStable(path, called[at], env));
  const stable = paths.filter((path) => path !== undefined);
  const isComplete = stable.length === program.length;
  const command = isComplete ? stable : launch(program, launcherPath(env, home), how);
  return { program: command, line: [...command, ...lineEnvironment(env, home)] };
}

/**
 * Returns the stand-alone program that npm installed for this system together with the program for Node: it starts
 * in a third of the time. undefined where there is none, or one of another version.
 */
function findInstalledStandalone([, script]: readonly string[]): readonly string[] | undefined {
  if (script === undefined) return undefined;
  const { platform, arch } = process;
  try {
    const require = createRequire(script);
    const manifest = require.resolve(`@awst/${platform}-${arch}/package.json`);
    if (readVersion(manifest) !== readVersion(join(dirname(script), "../package.json"))) {
      return undefined;
    }
    const file = join(dirname(manifest), "bin", `awst${platform === "win32" ? ".exe" : ""}`);
    return statSync(file).isFile() ? [realpathSync(file)] : undefined;
  } catch {
    return undefined;
  }
}

function readVersion(manifest: string): unknown {
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}

/** Returns a path that leads to the same file and follows upgrades; undefined where there is none. */
function findStable(path: string, called: string | undefined, env: Env): string | undefined {
  const real = realPath(path);
  const names = [basename(path), "awst"].slice(path.endsWith(".js") ? 1 : 0, 2);
  const folders = (env["PATH"] ?? "").split(delimiter).filter((each) => isAbsolute(each));
  const onPath = folders
    .filter((folder) => !isOpenToAll(folder))
    .flatMap((folder) => names.map((name) => join(folder, name)));
  const candidates = [
    ...onPath,
    ...(called === undefined ? [] : [called]),
    ...followingPaths(path),
  ];
  return [...candidates, path].find(
    (each) => isAbsolute(each) && !isVersionedPath(each) && realPath(each) === real,
  );
}

/** Another user could put a program into such a folder later. */
function isOpenToAll(folder: string): boolean {
  try {
    return process.platform !== "win32" && (statSync(folder).mode & 0o002) !== 0;
  } catch {
    return true;
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function launch(
  program: readonly string[],
  launcher: string,
  how: "read" | "write",
): readonly string[] {
  if (process.platform === "win32") return program;
  if (how === "read") return [launcher];
  try {
    const text = launcherText(program);
    if (readText(launcher) !== text) writeWholeFile(launcher, text, { mode: 0o755 });
    chmodSync(launcher, 0o755);
    return [launcher];
  } catch {
    return program;
  }
}

function readText(path: string): string | undefined {
  try {
    return statSync(dirname(path)).isDirectory() ? readFileSync(path, "utf8") : undefined;
  } catch {
    return undefined;
  }
}
