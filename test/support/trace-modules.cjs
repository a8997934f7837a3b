// Writes, when a Node process that loads this file (NODE_OPTIONS=--require) ends, what it loaded: one line
// per module, built-in ones by name, files by path, into the file named by TRACE_MODULES_FILE. Node's own internal
// modules are in a second file, FILE.internal: the first use of a global, such as `performance`, loads some.
"use strict";
const { writeFileSync } = require("node:fs");
const Module = require("node:module");

const loaded = new Set();
const load = Module._load;
Module._load = function (request, parent, ...rest) {
  let name = request;
  if (!Module.isBuiltin(request)) {
    try {
      name = Module._resolveFilename(request, parent);
    } catch {
      // what is not there is not loaded: the caller gets the error from load itself
    }
  }
  loaded.add(name);
  return load.call(this, request, parent, ...rest);
};
process.on("exit", () => {
  const internal = process.moduleLoadList.filter((name) => name.startsWith("NativeModule "));
  writeFileSync(process.env.TRACE_MODULES_FILE, `${[...loaded].join("\n")}\n`);
  writeFileSync(`${process.env.TRACE_MODULES_FILE}.internal`, `${internal.join("\n")}\n`);
});
