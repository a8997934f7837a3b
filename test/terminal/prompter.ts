// A program that asks one question at its terminal and notes what came of it: argv is the question and
// the file for the note. It ends by itself, as awst's own commands must be able to.

import { writeFileSync } from "node:fs";
import { encode } from "uqr";
import { openTerminal } from "../../src/adapters/terminal/terminal.ts";
import { exitStatus, isAwstError } from "../../src/model/errors.ts";
import { drawModules } from "../../src/output/mfa/qr-drawing.ts";

const [, , kind = "", note = "", timeout] = process.argv;
const terminal = openTerminal({ color: process.env.NO_COLOR === undefined });
const timeoutMs = timeout === undefined ? undefined : Number(timeout);
/** Added to every text, as AWS or a file could add it to a name. */
const more = process.env.ASK_MORE ?? "";
const fruits = ["apple pie", "banana", "cherry"].map((label, at) => ({
  label: label + more,
  value: at,
  hint: `h${at}${more}`,
}));

const questions: Record<string, () => Promise<unknown>> = {
  here: async () => terminal.isHere(),
  code: async () => (await terminal.askCode({ text: `the code${more}`, timeoutMs })).reveal(),
  secret: async () => (await terminal.askSecret({ text: `the secret${more}`, timeoutMs })).reveal(),
  text: () => terminal.askText({ text: `the text${more}`, timeoutMs }),
  confirm: () => terminal.confirm({ text: `sure${more}`, timeoutMs }),
  choose: () => terminal.choose({ text: `which${more}`, timeoutMs }, fruits),
  twice: async () => [
    (await terminal.askCode({ text: "first" })).reveal(),
    await terminal.askText({ text: "second" }),
  ],
  "sure-and-why": async () => [
    await terminal.confirm({ text: "sure" }),
    await terminal.askText({ text: "why" }),
  ],
  // A clock that is set while the terminal counts down.
  "count-set-back": async () => {
    const now = Date.now;
    setTimeout(() => {
      Date.now = () => now() - 3600 * 1000;
    }, 300);
    await terminal.countDown("next code in", new Date(now() + Number(timeout)));
  },
  qr: () =>
    terminal.show(({ columns }) => {
      const drawing = drawModules(encode(`code${more}`, { border: 0 }).data, {
        columns,
        dark: true,
      });
      return "lines" in drawing ? drawing.lines : [drawing.reason];
    }),
  count: () =>
    terminal.countDown(`next code in${more}`, new Date(Date.now() + Number(timeout ?? 60_000))),
};

try {
  const answer = await questions[kind]?.();
  process.stdout.write("the output\n");
  writeFileSync(note, JSON.stringify({ answer }));
} catch (error) {
  writeFileSync(note, JSON.stringify({ code: isAwstError(error) ? error.code : String(error) }));
  process.exitCode = exitStatus(error);
}
if (process.versions.bun !== undefined) process.exit();
