// Every hint leads out: followed literally, it ends without an error, and the command that failed works afterwards. A
// source file that prints a command in a hint has a scene, or a reason why it has none.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type HintScene, hintScenes } from "../support/hint-scenes.ts";
import { roleScenes, withoutScene } from "../support/hint-scenes-admin.ts";
import { type Home, makeHome } from "../support/home.ts";
import { root } from "../support/processes.ts";
import { spawnPty } from "../support/pty.ts";

const scenes = [...hintScenes, ...roleScenes];

test.each(scenes)("$name", async (scene) => {
  const { fixture, home: options } = scene;
  await using home = await makeHome({ ...options, ...(fixture && { sandbox: { fixture } }) });
  await scene.arrange?.(home);
  const failed = await home.run(["sh", "-c", withCodes(home, scene.line)]);
  expect(failed.status, failed.stderr).not.toBe(0);
  const hint = /^awst: hint: (.*)$/m.exec(failed.stderr)?.[1] ?? "";
  expect(hint, failed.stderr).toMatch(scene.hint);
  home.moveClock(30);
  const followed = await follow(home, scene, hint);
  expect(followed.status, followed.text).toBe(0);
  if (scene.isInstead) return;
  home.moveClock(30);
  const again = await home.run(["sh", "-c", withCodes(home, scene.line)]);
  expect(again.status, again.stderr).toBe(0);
});

interface Followed {
  readonly status: number | null;
  readonly text: string;
}

async function follow(home: Home, scene: HintScene, hint: string): Promise<Followed> {
  if (typeof scene.follow === "function") {
    await scene.follow(home);
    return { status: 0, text: "" };
  }
  const line = withCodes(home, scene.follow ?? commandIn(hint));
  if (scene.types === undefined) {
    const input = scene.input?.(home);
    // A new device needs two codes in a row, so awst waits for the next one. No code was typed that could get too old.
    const waits = line.includes("--store") && !line.includes("--mfa-code");
    const timer = setInterval(() => home.moveClock(waits ? 5 : 0), 500);
    const { status, stdout, stderr } = await home.run(["sh", "-c", line], { input });
    clearInterval(timer);
    return { status, text: `${line}\n${stdout}${stderr}` };
  }
  const terminal = spawnPty("sh", ["-c", line], { env: home.envWith({}), cwd: home.path });
  for (const [question, answer] of scene.types) {
    await terminal.expect(question);
    terminal.type(typeof answer === "string" ? answer : answer(home));
    terminal.press("enter");
  }
  const { status } = await terminal.exit;
  return { status, text: terminal.transcript() };
}

/** Returns the command at the end of a hint: all of it, or what follows the last colon. */
function commandIn(hint: string): string {
  const part = hint.split(/(?<=[^\d]): /).at(-1) ?? hint;
  if (!/^(awst|export|unset|chmod|rm|mv|sudo) /.test(part)) throw new Error(`no command: ${hint}`);
  return part;
}

function withCodes(home: Home, line: string): string {
  return line.replaceAll("CODE", () => home.code());
}

test("every file that prints a command in a hint has a scene", () => {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .map((path) => `src/${path}`);
  const withCommand = files.filter((path) => {
    const text = readFileSync(join(root, path), "utf8");
    return /hint:?[^;]{0,120}?(["'`: ]awst [a-z]|commandLine\(|mfaCommand\()/.test(text);
  });
  const covered = new Set([...scenes.map(({ from }) => from), ...Object.keys(withoutScene)]);
  expect(withCommand.filter((path) => !covered.has(path))).toEqual([]);
  expect(Object.keys(withoutScene).filter((path) => !withCommand.includes(path))).toEqual([]);
});
