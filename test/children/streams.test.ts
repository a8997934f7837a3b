import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "rolldown";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { findProgram, openStreams } from "../../src/adapters/streams.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "awst-streams-")));
const printer = join(folder, "printer.mjs");

beforeAll(async () => {
  const input = join(import.meta.dirname, "printer.ts");
  await build({
    input,
    platform: "node",
    output: { format: "esm", file: printer },
    logLevel: "silent",
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const print = (args: string, rest = "") =>
  spawnSync("bash", ["-c", `set -o pipefail; ${process.execPath} ${printer} ${args} ${rest}`], {
    encoding: "utf8",
  });

test("a slow pipe gets everything, in order, before the exit", () => {
  const { stdout, stderr, status } = print("much", "| (sleep 0.3; tail -c 6; exit 0)");
  expect([stdout, stderr, status]).toEqual(["xxend\n", "awst: first message\n", 0]);
});

const hasPython = spawnSync("python3", ["-c", ""]).status === 0;

test.skipIf(!hasPython)("also where the pipe does not block", () => {
  const pipe =
    "import os,sys,subprocess as s; r,w=os.pipe(); os.set_blocking(w,False); p=s.Popen(sys.argv[1:],stdout=w); os.close(w); d=open(r,'rb').read(); print(len(d)); sys.exit(p.wait())";
  const ended = spawnSync("python3", ["-c", pipe, process.execPath, printer, "much"], {
    encoding: "utf8",
  });
  expect([ended.stdout, ended.status]).toEqual(["3000004\n", 0]);
});

test.skipIf(!hasPython)("a short text waits where a pipe that does not block is full", () => {
  const pipe = `import os,sys,subprocess as s,time
r,w=os.pipe(); os.set_blocking(w,False); full=0
try:
  while True: full+=os.write(w,b'x'*4096)
except BlockingIOError: pass
p=s.Popen(sys.argv[1:],stdout=w,stderr=s.PIPE); os.close(w); p.stderr.readline(); time.sleep(.2)
d=open(r,'rb').read(); print(len(d)-full, d[full:].decode(), sep=' ', end=''); sys.exit(p.wait())`;
  const ended = spawnSync("python3", ["-c", pipe, process.execPath, printer, "short"], {
    encoding: "utf8",
  });
  expect([ended.stdout, ended.status]).toEqual(["4 end\n", 0]);
});

test("a closed pipe is no error", () => {
  const { stdout, stderr, status } = print("much", "| head -c 3");
  expect([stdout, stderr, status]).toEqual(["xxx", "awst: first message\n", 0]);
  expect(print("short", "| (exec <&-; sleep 0.3)").status).toBe(0);
});

test.each(["much", "short"])("a full disk is an error: %s", (text) => {
  const { stderr, status } = print(text, "> /dev/full");
  expect(stderr).toContain("awst: error: cannot write to stdout: ENOSPC\n");
  expect(status).toBe(1);
});

test("--quiet prints nothing, --debug everything, without codes", () => {
  expect(print("much quiet", ">/dev/null").stderr).toBe("");
  expect(print("much quiet debug", ">/dev/null").stderr).toBe("awst: debug: code [code]\n");
});

test("a message is one line, without escape sequences", () => {
  expect(print("signs", ">/dev/null").stderr).toBe("awst: first message\nawst: a [2J awst: b c\n");
});

test("a closed stderr is no reason to fail", () => {
  expect(print("much", "2>&- | tail -c 4").stdout).toBe("end\n");
});

describe("the command that starts this program again", () => {
  test("are absolute, by a link too", () => {
    const link = join(folder, "link.mjs");
    symlinkSync(printer, link);
    const { stdout } = spawnSync(process.execPath, ["link.mjs", "program"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(JSON.parse(stdout)).toEqual([process.execPath, printer]);
  });

  test.each([undefined, "/$bunfs/root/awst", "B:\\~BUN\\root\\awst.exe", "B:/~BUN/root/awst.exe"])(
    "is one path in a stand-alone program: %s",
    (script) => {
      expect(findProgram(script)).toEqual([process.execPath]);
    },
  );
});

test("an aborted sleep resolves at once and leaves no timer", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { sleep } = openStreams({ quiet: true, debug: false });
  const stop = new AbortController();
  const sleeping = sleep(60_000, stop.signal);
  expect(vi.getTimerCount()).toBe(1);
  stop.abort();
  await sleeping;
  await sleep(60_000, stop.signal);
  expect(vi.getTimerCount()).toBe(0);
});
