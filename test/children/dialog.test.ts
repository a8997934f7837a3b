import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openDialog } from "../../src/adapters/child/dialog.ts";

const folder = mkdtempSync(join(tmpdir(), "awst-dialog-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let folders = 0;

/** A PATH with `program` alone on it; it writes its arguments, one a line, into `argv`. */
function fake(program: string, script: string) {
  const here = mkdtempSync(join(folder, `${folders++}-`));
  const file = join(here, program);
  writeFileSync(
    file,
    `#!/bin/sh\nprintf '%s\\n' "$@" >> ${here}/argv\nexport >> ${here}/env\n${script}\n`,
  );
  chmodSync(file, 0o755);
  const env = { PATH: `${here}:/usr/bin:/bin`, DISPLAY: ":9", AWST_MFA_CODE: "999999" };
  const read = (name: string) => readFileSync(join(here, name), "utf8");
  return { here, env, read };
}

const text = `MFA code for "it's" $(id) (phone)`;

test.each(["zenity", "kdialog"])("%s: asks, and its answer is the code", async (program) => {
  const { env, read } = fake(program, "echo 123456");
  const dialog = openDialog(env);
  expect(dialog.isHere()).toBe(true);
  expect((await dialog.askCode({ text })).reveal()).toBe("123456");
  expect(read("argv")).toContain(text);
  expect(read("argv")).not.toContain("123456");
  expect(read("env")).not.toContain("AWST_MFA_CODE");
});

test("anything but six digits is asked again", async () => {
  const { here, env, read } = fake(
    "zenity",
    'n=$(cat "$0.n" 2>/dev/null); echo x$n >"$0.n"; [ "$n" ] && echo 123 456 || echo 12345',
  );
  expect((await openDialog(env).askCode({ text })).reveal()).toBe("123456");
  expect(read("argv")).toContain(`Enter six digits. ${text}`);
  expect(existsSync(here)).toBe(true);
});

test.each([
  ["zenity", "exit 1", "INTERRUPTED"],
  ["kdialog", "exit 1", "INTERRUPTED"],
  ["zenity", "echo 'cannot open display: :9' >&2; exit 1", "CODE_NEEDED"],
  ["kdialog", "kill -ABRT $$", "CODE_NEEDED"],
])("%s: %s is %s", async (program, script, code) => {
  await expect(openDialog(fake(program, script).env).askCode({ text })).rejects.toMatchObject({
    code,
  });
});

test("the window closes at the time limit", async () => {
  const { here, env } = fake("zenity", "(sleep 1; echo late > $0.late) & sleep 60");
  await expect(openDialog(env).askCode({ text, timeoutMs: 200 })).rejects.toMatchObject({
    code: "ANSWER_TIMED_OUT",
  });
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(existsSync(join(here, "zenity.late"))).toBe(false);
});

test("there is no dialog without a display, or without a program", async () => {
  const { env } = fake("zenity", "echo 123456");
  expect(openDialog({ ...env, DISPLAY: undefined }).isHere()).toBe(false);
  expect(openDialog({ ...env, DISPLAY: undefined, WAYLAND_DISPLAY: "w" }).isHere()).toBe(true);
  const none = openDialog({ DISPLAY: ":9", PATH: folder });
  expect(none.isHere()).toBe(false);
  await expect(none.askCode({ text })).rejects.toMatchObject({ code: "CODE_NEEDED" });
});
