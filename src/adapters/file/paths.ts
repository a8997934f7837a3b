// The paths of the configuration, the state and AWS's files. This file is on the warm path, so it reads nothing
// from the disk for the default configuration; the runtime folder is checked when it is first used.

import { existsSync, lstatSync, mkdirSync, realpathSync, statfsSync, statSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { type AwsFileVariable, awsFileOf, type Env } from "../../model/environment.ts";
import { AwstError } from "../../model/errors.ts";
import { absolutePath, isReadByKernel } from "../../model/text/file-name.ts";
import type { Paths } from "../../ports.ts";

/** Errors: USAGE. */
export function findPaths(env: Env, configurationFlag: string | undefined): Paths {
  const home = findHome(env);
  const defaultConfiguration = join(
    folder(env, "XDG_CONFIG_HOME") ?? join(home, ".config"),
    "awstools/config.toml",
  );
  const named = configurationFlag ?? absolute("AWST_CONFIG", env["AWST_CONFIG"]);
  const configuration = named === undefined ? defaultConfiguration : expand(named, home);
  const awsFile = (variable: AwsFileVariable, fallback: string) =>
    expand(absolute(variable, awsFileOf(env, variable)) ?? join(home, fallback), home);
  const stateHome = folder(env, "XDG_STATE_HOME");
  const sharedState =
    stateHome === undefined ? usualStateFolder(env, home) : join(stateHome, "awst");
  const storageName =
    configuration === defaultConfiguration
      ? ""
      : storageNameOf(configuration, defaultConfiguration, sharedState);
  let runtime: { readonly found: string | undefined } | undefined;
  return {
    home,
    configuration,
    configurationIsNamed: configuration !== defaultConfiguration,
    defaultConfiguration,
    state: storageName === "" ? sharedState : join(sharedState, "configurations", storageName),
    sharedState,
    itemPrefix: storageName === "" ? "" : `configuration-${storageName}/`,
    get runtime() {
      // Inside a snap it names a folder of the snap's own, below the user's.
      const named = folder(env, "XDG_RUNTIME_DIR")?.replace(/\/snap\.[^/]+$/, "");
      runtime ??= { found: findRuntime(named) };
      return runtime.found;
    },
    awsConfig: awsFile("AWS_CONFIG_FILE", ".aws/config"),
    awsCredentials: awsFile("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials"),
  };
}

/** Returns the state folder of a user whose XDG_STATE_HOME names no other one. */
export function usualStateFolder(env: Env, home: string): string {
  const local = process.platform === "win32" ? folder(env, "LOCALAPPDATA") : undefined;
  return join(local ?? join(home, ".local/state"), "awst");
}

/**
 * Returns the name under which another configuration's keys and state are stored, so that a configuration which a
 * variable names gets no key of another one. "": it shares those of the default configuration, because it is the same
 * file, because `config trust --keys` says so, or because it already did when all were stored in one place.
 */
function storageNameOf(
  configuration: string,
  defaultConfiguration: string,
  sharedState: string,
): string {
  const { createHash } = process.getBuiltinModule("node:crypto");
  const hash = createHash("sha256").update(configuration).digest("hex").slice(0, 12);
  const signs = [`warm-${hash}.json`, `configurations/${hash}/shares-keys.json`];
  const shares = signs.some((name) => existsSync(join(sharedState, name)));
  return shares || isSameFile(configuration, defaultConfiguration) ? "" : hash;
}

/** Returns whether both paths lead to one existing file. */
export function isSameFile(path: string, other: string): boolean {
  try {
    return realpathSync(path) === realpathSync(other);
  } catch {
    return false;
  }
}

function findHome(env: Env): string {
  const names = process.platform === "win32" ? ["USERPROFILE", "HOME"] : ["HOME"];
  for (const name of names) {
    const home = folder(env, name);
    if (home !== undefined) return home;
  }
  const home = homedir();
  return isAbsolute(home) ? resolvePath(home) : userInfo().homedir;
}

/** Returns a folder from the environment. XDG says that a relative path is ignored. */
function folder(env: Env, name: string): string | undefined {
  const value = env[name];
  return value !== undefined && isAbsolute(value) ? resolvePath(value) : undefined;
}

/**
 * Returns the path of a variable. A relative one was meant for the folder where it was set, which is unknown here;
 * the current folder must not decide which file is read. Errors: USAGE.
 */
export function absolute(name: string, path: string | undefined): string | undefined {
  if (!path || isAbsolute(path) || /^~([/\\]|$)/.test(path)) return path || undefined;
  throw new AwstError("USAGE", `${name} must be an absolute path, not ${JSON.stringify(path)}`, {
    hint: `${name}=${JSON.stringify(resolve(path))}, if the file is in this folder`,
  });
}

/** Expands a `~` that no shell has expanded, as in a file of variables. */
function expand(path: string, home: string): string {
  return resolvePath(/^~([/\\]|$)/.test(path) ? `${home}/${path.slice(2)}` : path);
}

/** Returns the absolute path, without `..`, of the file that every other program opens under this path. */
export function resolvePath(path: string): string {
  if (!isReadByKernel(path, resolve)) return resolve(path);
  const names = absolutePath(path, resolve).split("/");
  let at = "/";
  for (const [index, name] of names.entries()) {
    const above = name === ".." ? folderAbove(at) : resolve(at, name);
    // Nothing is opened under such a path, and it must not lead anywhere else.
    if (above === undefined) return [at, ...names.slice(index)].join("/");
    at = above;
  }
  return at;
}

/** Returns undefined for what is not a folder. */
function folderAbove(path: string): string | undefined {
  try {
    if (!statSync(path).isDirectory()) return undefined;
    return dirname(lstatSync(path).isSymbolicLink() ? realpathSync(path) : path);
  } catch {
    return undefined;
  }
}

/** Returns the folder for secrets that must not reach a disk. Where the login session names none (containers, cron,
 *  sudo), Linux has one at its usual place, or memory that all users share: there the folder is made at once,
 *  so that another user's folder of this name is refused and not used. */
function findRuntime(named: string | undefined): string | undefined {
  const user = process.getuid?.();
  if (user === undefined) return undefined;
  if (named !== undefined && isPrivateMemory(named, user)) return join(named, "awst");
  if (process.platform !== "linux") return undefined;
  const usual = `/run/user/${user}`;
  if (isPrivateMemory(usual, user)) return join(usual, "awst");
  const shared = `/dev/shm/awst-${user}`;
  try {
    mkdirSync(shared, { mode: 0o700 });
  } catch {
    // It is there already, or can't be made.
  }
  return isPrivateMemory(shared, user) ? shared : undefined;
}

/** Returns whether the path is a folder, not a link, that only the user can enter, and on Linux in memory. */
function isPrivateMemory(path: string, user: number): boolean {
  try {
    const stats = lstatSync(path);
    const isPrivate = stats.isDirectory() && stats.uid === user && (stats.mode & 0o777) === 0o700;
    return isPrivate && (process.platform !== "linux" || isInMemory(statfsSync(path).type));
  } catch {
    return false;
  }
}

function isInMemory(type: number): boolean {
  const tmpfs = 0x01021994;
  const ramfs = 0x858458f6;
  return type === tmpfs || type === ramfs;
}
