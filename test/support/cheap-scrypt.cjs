// Makes scrypt cheap in a Node process that loads this file (NODE_OPTIONS=--require): a sealed file's key from a
// passphrase needs 0.2 s of the processor otherwise, in every home. The file names the real cost, so a process without
// this one derives another key, and reports a wrong passphrase.
"use strict";
const Module = require("node:module");

const load = Module._load;
Module._load = (name, ...more) => {
  const loaded = load(name, ...more);
  if (name !== "node:crypto") return loaded;
  Module._load = load;
  const { scrypt } = loaded;
  loaded.scrypt = (passphrase, salt, length, cost, done) =>
    scrypt(passphrase, salt, length, { ...cost, N: 2 }, done);
  return loaded;
};
