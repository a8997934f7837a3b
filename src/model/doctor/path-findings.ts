// What keeps awst from its files: a broken link, a pipe instead of a file, an owner other than the user (after a
// run with sudo), a file system that is read-only or full. One finding a path: the first reason explains the others.

import { commandLine } from "../text/command-line.ts";
import { type Finding, note, wrong } from "./findings.ts";

/** What the operating system says about a path. */
export interface PathFacts {
  readonly path: string;
  /** `special`: a pipe, a socket or a device. `hidden`: a folder above it can't be searched. */
  readonly kind: "file" | "folder" | "special" | "missing" | "hidden";
  /** Where the symbolic link at this path leads; undefined for no link. */
  readonly linkTo: string | undefined;
  /** The user id of another owner; undefined where it belongs to this user, or is missing. */
  readonly otherOwner: number | undefined;
  /** "permission denied"; undefined where it can be read, or is missing. */
  readonly whyUnreadable: string | undefined;
  /** The same for writing; of a missing path, for the nearest folder above it. */
  readonly whyUnwritable: string | undefined;
  /** The nearest folder above a path that is missing or hidden, where it is this user's: its mode decides. */
  readonly closedFolder: string | undefined;
  readonly isDiskFull: boolean;
}

/** What awst does with a path. */
export interface PathUse {
  /** "the configuration", "AWS's credentials file" */
  readonly what: string;
  readonly kind: "file" | "folder";
  /** Whether awst writes it. */
  readonly isWritten: boolean;
  /** What to type where it can't be written and its owner can't change that. */
  readonly elsewhere: string;
}

export function findPathProblem(
  facts: PathFacts,
  use: PathUse,
  isRoot: boolean,
): Finding | undefined {
  const { path, kind, linkTo } = facts;
  const problem = (why: string, hint: string) => wrong("files", `${use.what} ${path} ${why}`, hint);
  if (kind === "missing" && linkTo !== undefined) {
    const hint = `make ${linkTo} available, or remove the link: ${commandLine(["rm", path])}`;
    return problem(`is a link to ${linkTo}, which does not exist`, hint);
  }
  if (path === "/dev/null") {
    return note("files", `${use.what} is /dev/null: awst neither reads nor writes it`);
  }
  if (kind === "special") {
    return problem("is a pipe or a device, not a file", `name a file, or: ${use.elsewhere}`);
  }
  if (kind !== use.kind && (kind === "file" || kind === "folder")) {
    return problem(`is a ${kind}, not a ${use.kind}`, commandLine(["mv", path, `${path}.old`]));
  }
  return findAccessProblem(facts, use, isRoot, problem);
}

function findAccessProblem(
  { path, otherOwner, whyUnreadable, whyUnwritable, closedFolder, isDiskFull }: PathFacts,
  use: PathUse,
  isRoot: boolean,
  problem: (why: string, hint: string) => Finding,
): Finding | undefined {
  if (otherOwner !== undefined && isRoot) {
    return problem(`belongs to user ${otherOwner}, and awst runs as root`, "run awst without sudo");
  }
  const isStopped = whyUnreadable ?? (use.isWritten ? whyUnwritable : undefined);
  // A file of the administrator that may only be read is not a problem.
  if (otherOwner !== undefined && (use.isWritten || isStopped !== undefined)) {
    return problem(`belongs to another user (${otherOwner})`, ownAgain(path));
  }
  if (isStopped === undefined) {
    if (!use.isWritten || !isDiskFull) return undefined;
    return problem("is on a disk that is full", "free some space");
  }
  const what = whyUnreadable === undefined ? "written" : "read";
  const isDenied = isStopped === "permission denied";
  const mode = use.kind === "folder" || closedFolder !== undefined ? "u+rwx" : "u+rw";
  const chmod = commandLine(["chmod", mode, closedFolder ?? path]);
  return problem(`can't be ${what}: ${isStopped}`, isDenied ? chmod : use.elsewhere);
}

/** A command that gives a path back to the user, after a run with sudo. */
export function ownAgain(path: string): string {
  return `sudo chown -R "$(id -u):$(id -g)" ${commandLine([path])}`;
}
