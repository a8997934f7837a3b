import { expect, test } from "vitest";
import { findPathProblem, type PathFacts, type PathUse } from "./path-findings.ts";

const good: PathFacts = {
  ...{ path: "/h/.aws/credentials", kind: "file", linkTo: undefined, otherOwner: undefined },
  ...{ whyUnreadable: undefined, whyUnwritable: undefined, isDiskFull: false },
  closedFolder: undefined,
};
const written: PathUse = { what: "the file", kind: "file", isWritten: true, elsewhere: "use X" };
const folder: PathUse = { ...written, kind: "folder" };
const read: PathUse = { ...written, isWritten: false };
const denied = "permission denied";
const readOnly = "the file system is read-only";

test.each<[string, Partial<PathFacts>, PathUse, RegExp | undefined, string | null]>([
  ["a good file", {}, written, undefined, null],
  ["a missing file in a writable folder", { kind: "missing" }, written, undefined, null],
  ["a good link", { linkTo: "/h/real" }, written, undefined, null],
  [
    "a broken link",
    { kind: "missing", linkTo: "/drive/c" },
    written,
    /link to \/drive\/c/,
    "make /drive/c available, or remove the link: rm /h/.aws/credentials",
  ],
  ["a pipe", { kind: "special" }, written, /a pipe or a device/, "name a file, or: use X"],
  [
    "a folder in place of a file",
    { kind: "folder" },
    written,
    /is a folder, not a file/,
    "mv /h/.aws/credentials /h/.aws/credentials.old",
  ],
  [
    "a file in place of a folder",
    { kind: "file" },
    folder,
    /is a file, not a folder/,
    "mv /h/.aws/credentials /h/.aws/credentials.old",
  ],
  [
    "another owner",
    { otherOwner: 0, whyUnwritable: denied },
    written,
    /another user \(0\)/,
    'sudo chown -R "$(id -u):$(id -g)" /h/.aws/credentials',
  ],
  [
    "another owner of a file that is only read",
    { otherOwner: 0, whyUnwritable: denied },
    read,
    undefined,
    null,
  ],
  [
    "another owner, and it can't be read",
    { otherOwner: 0, whyUnreadable: denied },
    read,
    /another user/,
    'sudo chown -R "$(id -u):$(id -g)" /h/.aws/credentials',
  ],
  [
    "a mode without reading",
    { whyUnreadable: denied },
    read,
    /can't be read: permission/,
    "chmod u+rw /h/.aws/credentials",
  ],
  [
    "a mode without writing",
    { whyUnwritable: denied },
    written,
    /can't be written: permission/,
    "chmod u+rw /h/.aws/credentials",
  ],
  [
    "a file in a folder that can't be searched",
    { kind: "hidden", whyUnreadable: denied, whyUnwritable: denied, closedFolder: "/h/.aws" },
    written,
    /can't be read: permission/,
    "chmod u+rwx /h/.aws",
  ],
  [
    "a missing file in a folder without writing",
    { kind: "missing", whyUnwritable: denied, closedFolder: "/h" },
    written,
    /can't be written: permission/,
    "chmod u+rwx /h",
  ],
  [
    "a folder without writing",
    { kind: "folder", whyUnwritable: denied },
    folder,
    /can't be written/,
    "chmod u+rwx /h/.aws/credentials",
  ],
  ["a read-only file system", { whyUnwritable: readOnly }, written, /read-only/, "use X"],
  ["a read-only file that is only read", { whyUnwritable: readOnly }, read, undefined, null],
  ["a full disk", { isDiskFull: true }, written, /a disk that is full/, "free some space"],
])("%s", (_, facts, use, message, hint) => {
  const found = findPathProblem({ ...good, ...facts }, use, false);
  expect(found?.hint ?? null).toBe(hint);
  if (message === undefined) expect(found).toBeUndefined();
  else expect(found?.message).toMatch(message);
});

test("/dev/null in place of a file is a note", () => {
  const facts: PathFacts = { ...good, path: "/dev/null", kind: "special" };
  expect(findPathProblem(facts, written, false)?.state).toBe("note");
});

test("as root on the files of a user, the hint is to leave sudo out", () => {
  const found = findPathProblem({ ...good, otherOwner: 1000 }, written, true);
  expect(found?.hint).toBe("run awst without sudo");
});
