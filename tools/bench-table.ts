// The tables of docs/performance.md, which `npm run bench` writes: each stands between two comments.

import { readFileSync, writeFileSync } from "node:fs";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { join } from "node:path";
import { root } from "../test/support/processes.ts";

/** Names the versions, the machine and the time that the ratios refer to. */
export function machineText(rounds: number, baseMs: number): string {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const machine = `${cpu?.model ?? "unknown CPU"}, ${cpus().length} cores, ${memory} GB, ${platform()} ${release()} ${arch()}`;
  return `awst ${version}, Node ${process.versions.node}; ${machine}. Medians of ${rounds} alternating runs; \`node -e 0\` took
${baseMs.toFixed(0)} ms.`;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Replaces the text of the table that `npm run bench -- --OPTION` writes. */
export function writeTable(option: string, text: string): void {
  const path = join(root, "docs/performance.md");
  const page = readFileSync(path, "utf8");
  const begin = `<!-- npm run bench -- --${option} -->\n`;
  const start = page.indexOf(begin);
  if (start < 0) throw new Error(`${path} has no place for the table of --${option}`);
  const from = start + begin.length;
  const to = page.indexOf("<!-- end -->", from);
  writeFileSync(path, `${page.slice(0, from)}\n${text}\n${page.slice(to)}`);
}
