// Every block of commands in the README and in the pages for movers can be pasted into bash, zsh and fish as it stands:
// the shell reads it without an error, and without a comment, which an interactive zsh does not know.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findProgram, root, runProcess } from "../support/processes.ts";

const pages = [
  "README.md",
  ...readdirSync(`${root}/docs`)
    .filter((name) => name.startsWith("from-"))
    .map((name) => `docs/${name}`),
];

const blocks = pages.flatMap((page) => {
  const text = readFileSync(`${root}/${page}`, "utf8");
  const found = [...text.matchAll(/^( *)```sh\n([\s\S]*?)^ *```$/gm)];
  return found.map(([, indent = "", block = ""]) => ({
    page,
    block: block.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));
});

describe("blocks of commands", () => {
  test("are in every page", () => {
    expect([...new Set(blocks.map(({ page }) => page))]).toEqual(pages);
  });

  test.each([
    ["bash", ["bash", "--norc", "-n", "-c"]],
    ["zsh", ["zsh", "-f", "-n", "-o", "nointeractivecomments", "-c"]],
    ["fish", ["fish", "--no-config", "--no-execute", "-c"]],
  ])("are read by %s as they stand", async (shell, command) => {
    if (findProgram(shell) === undefined) {
      console.log(`skipped: not installed: ${shell}`);
      return;
    }
    const wrong: string[] = [];
    for (const { page, block } of blocks) {
      const env = { PATH: process.env.PATH ?? "" };
      const { status, stderr } = await runProcess([...command, block], { env });
      if (status !== 0 || stderr !== "" || /^\s*#|\s#/m.test(block)) {
        wrong.push(`${page}: ${block}${stderr}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
