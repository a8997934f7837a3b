#!/usr/bin/env node
// CommonJS, as package.json beside it says: an ES module that loads the same chunks starts later. Words
// that any Node understands, until it is known to be new enough.
"use strict";
const parts = process.versions.node.split(".").map(Number);
if (parts[0] > 20 || (parts[0] === 20 && parts[1] >= 19)) {
  // A shell waits for its prompt: `status` is in a small file of its own.
  const words = process.argv.slice(2);
  if (words[0] !== "status" || !require("../dist/prompt.cjs").answerPrompt(words)) {
    require("../dist/awst.cjs");
  }
} else {
  process.stderr.write(
    "awst: error: Node 20.19 or newer is needed, this is " +
      process.versions.node +
      "\n" +
      "awst: hint: https://nodejs.org/en/download\n",
  );
  process.exitCode = 1;
}
