// Makes calls of node:fs fail in a process that loads this file (NODE_OPTIONS=--require). FAIL_FILES is a JSON list
// of { call, path, code }: a call whose path, or whose open file's path, matches the pattern throws that code.
"use strict";
const fs = require("node:fs");

const faults = JSON.parse(process.env.FAIL_FILES ?? "[]");
const paths = new Map();
const open = fs.openSync;
fs.openSync = (path, ...more) => {
  const descriptor = open(path, ...more);
  paths.set(descriptor, String(path));
  return descriptor;
};
for (const { call, path, code } of faults) {
  const real = fs[call];
  fs[call] = (target, ...more) => {
    const name = typeof target === "number" ? paths.get(target) : String(target);
    if (name !== undefined && new RegExp(path).test(name)) {
      throw Object.assign(new Error(`${code}: made by the test, ${call} '${name}'`), { code });
    }
    return real(target, ...more);
  };
}
