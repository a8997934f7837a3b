// Lets the Node processes of the tests, which load this file (NODE_OPTIONS=--require), share V8's code cache of dist/: a
// fifth of such a process's time is V8 compiling the same files again. Node 22.1 can do this by itself
// (NODE_COMPILE_CACHE). An entry belongs to one version of Node, one size and one time of change; a build removes all.
"use strict";
const { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { basename, dirname, join, resolve } = require("node:path");
const vm = require("node:vm");

const root = resolve(__dirname, "../..");
const program = join(root, "dist");
const cache = join(root, "build/code-cache");
const added = [];
const compile = Module.prototype._compile;

Module.prototype._compile = function (text, path, ...more) {
  // Of a script that imports, Node prints a warning.
  const isShared = dirname(path) === program && !/\bimport\(/.test(text);
  if (!isShared) return compile.call(this, text, path, ...more);
  const { mtimeMs, size } = statSync(path);
  const entry = join(cache, [basename(path), process.version, mtimeMs, size].join("_"));
  const cachedData = readEntry(entry);
  const script = new vm.Script(Module.wrap(text), {
    filename: path,
    columnOffset: -Module.wrapper[0].length,
    cachedData,
  });
  if (cachedData === undefined) added.push([entry, script]);
  const require = Object.assign((name) => this.require(name), {
    resolve: (name) => Module._resolveFilename(name, this),
    main: process.mainModule,
    cache: Module._cache,
  });
  const wrapped = script.runInThisContext();
  return wrapped.call(this.exports, this.exports, require, this, path, dirname(path));
};

function readEntry(entry) {
  try {
    return readFileSync(entry);
  } catch {
    return undefined;
  }
}

// At the end, so that the functions that ran are in it. Another process may write the same entry.
process.on("exit", () => {
  try {
    if (added.length > 0) mkdirSync(cache, { recursive: true });
    for (const [entry, script] of added) {
      const file = `${entry}.${process.pid}`;
      writeFileSync(file, script.createCachedData());
      renameSync(file, entry);
    }
  } catch {
    // Without an entry, the next process compiles the file.
  }
});
