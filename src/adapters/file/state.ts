// Small JSON files without a secret, NAME.json in a folder of mode 0700, replaced whole by a rename; the
// same as NAME.txt for what shells read; and `history.jsonl`, to which every event adds a line.

import {
  chmodSync,
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { fileNameFor } from "../../model/text/file-name.ts";
import type { Locks, State } from "../../ports.ts";

const maximumBytes = 4 * 1024 * 1024;
const maximumHistoryBytes = 1024 * 1024;

/** `command`: the verb, for the history. */
export function openState(
  dir: string,
  command: string,
  locks: () => Promise<Locks>,
  debug: (line: string) => void,
): State {
  const pathOf = (name: string) => `${dir}/${fileNameFor(name)}.json`;
  const state: State = {
    read: (name) => readJson(pathOf(name), debug),
    replace: (name, value) => {
      attempt(debug, pathOf(name), () => {
        makePrivate(dir);
        replaceFile(pathOf(name), `${JSON.stringify(value)}\n`);
      });
    },
    replaceText: (name, text) => {
      const path = `${dir}/${fileNameFor(name)}.txt`;
      attempt(debug, path, () => {
        makePrivate(dir);
        replaceFile(path, text);
      });
    },
    update: async (name, change) => {
      await (await locks()).hold(`state-${name}`, { holder: `state ${name}` }, async () => {
        const changed = change(state.read(name));
        if (changed !== undefined) state.replace(name, changed);
      });
    },
    record: (event, facts) => {
      const path = `${dir}/history.jsonl`;
      const line = JSON.stringify({ at: new Date().toISOString(), event, command, ...facts });
      attempt(debug, path, () => {
        makePrivate(dir);
        keepBounded(path);
        writeFileSync(path, `${line}\n`, { flag: "a", mode: 0o600 });
      });
    },
  };
  return state;
}

function readJson(path: string, debug: (line: string) => void): unknown {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return undefined;
  }
  try {
    if (fstatSync(fd).size > maximumBytes) throw new Error("too large");
    return JSON.parse(readFileSync(fd, "utf8"));
  } catch {
    debug(`${path} is of no use`);
    return undefined;
  } finally {
    closeSync(fd);
  }
}

function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}-${Math.random().toString(36).slice(2, 8)}.tmp`;
  try {
    const fd = openSync(temporary, "wx", 0o600);
    try {
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function makePrivate(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (process.platform !== "win32" && (statSync(dir).mode & 0o077) !== 0) chmodSync(dir, 0o700);
}

// Two that do this at the same moment lose the older half of the history, and nothing else.
function keepBounded(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > maximumHistoryBytes) renameSync(path, path.replace(/\.jsonl$/, ".1.jsonl"));
}

function attempt(debug: (line: string) => void, path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    debug(`${path} cannot be written: ${(error as Error).message}`);
  }
}
