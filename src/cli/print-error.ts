// Formats an error for stderr: `awst: error: …`, one line that names the cause; `awst: hint: …`,
// a line to paste; with --debug the cause and the stack, redacted. It uses no color and prints no secret.

import { AwstError } from "../model/errors.ts";
import { oneLine } from "../model/text/one-line.ts";
import { redact } from "../model/text/redaction.ts";
import { version } from "./version.ts";

/** Returns whole lines for stderr. */
export function errorText(error: unknown, how: { readonly debug: boolean }): string {
  const lines =
    error instanceof AwstError && error.code !== "BUG" ? ourLines(error) : bugLines(error);
  const trace = how.debug ? traceLines(error) : [];
  return [...lines, ...trace].map((line) => `awst: ${line}\n`).join("");
}

function ourLines(error: AwstError): string[] {
  const errors = [error.message, ...error.more].map((line) => `error: ${lineOf(line)}`);
  return error.hint === undefined ? errors : [...errors, `hint: ${lineOf(error.hint)}`];
}

function bugLines(thrown: unknown): string[] {
  const error = thrown instanceof AwstError ? thrown.cause : thrown;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const here = `awst ${version}, ${process.platform} ${process.arch}, node ${process.versions.node}`;
  return [
    `error: this is a bug in awst: ${redact(lineOf(what))}`,
    `hint: run it again with --debug, and report its output (${here})`,
  ];
}

function traceLines(error: unknown): string[] {
  const lines: string[] = [];
  const seen = new Set<unknown>();
  for (let each = error; each instanceof Error && !seen.has(each); each = each.cause) {
    seen.add(each);
    const opening = seen.size === 1 ? "" : "caused by: ";
    const stack = (each.stack ?? `${each.name}: ${each.message}`).split("\n");
    lines.push(...stack.map((line, index) => `${index === 0 ? opening : ""}${line}`));
  }
  return lines.map((line) => `debug: ${redact(lineOf(line))}`);
}

function lineOf(text: string): string {
  return oneLine(text).trimEnd();
}
