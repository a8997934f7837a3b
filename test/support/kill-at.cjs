// Kills its process by SIGKILL just before the effect on files with the number KILL_AT, counted from 0, and
// writes how many effects there were into KILL_COUNT_FILE when the process ends by itself.
"use strict";
const fs = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");

const at = Number(process.env.KILL_AT);
const original = { ...fs };
let done = 0;
const names = ["mkdirSync", "writeSync", "writeFileSync", "fsyncSync", "renameSync", "rmSync"];
for (const name of names) {
  fs[name] = (...args) => {
    if (done++ === at) process.kill(process.pid, "SIGKILL");
    return original[name](...args);
  };
}
syncBuiltinESMExports();
process.once("exit", () => original.writeFileSync(process.env.KILL_COUNT_FILE, String(done)));
