// The edits that break promises about what awst stores: journals, the keychain, folders with a secret. See promises.mjs.

export const storePromises = [
  {
    what: "a journal counts without a valid seal",
    file: "src/model/state-seal.ts",
    from: "  if (key === undefined) return false;",
    to: "  if (name !== undefined) return true;\n  if (key === undefined) return false;",
    tests: [
      ["test/faults/rotation-forged.test.ts", "forged: %s"],
      ["test/faults/mfa-forged.test.ts", "%s, with %s: no device is touched"],
    ],
  },
  {
    what: "a seal is valid for the journal of every identity",
    file: "src/model/state-seal.ts",
    from: "fingerprint({ name, content })",
    to: "fingerprint({ content, length: name.length * 0 })",
    tests: [
      ["test/faults/rotation-forged.test.ts", "is not believed for another identity"],
      ["test/faults/mfa-forged.test.ts", "is not believed for another identity"],
    ],
  },
  {
    what: "a state file says whose key it is",
    file: "src/flows/session/lookup-user.ts",
    from: "  if (cached === undefined) return (await lookupUser(context, identityContext)).userName;",
    to: "  if (cached !== undefined) return cached.userName;\n  if (cached === undefined) return (await lookupUser(context, identityContext)).userName;",
    build: "program",
    tests: [
      [
        "test/faults/swapped-state.test.ts",
        "users swapped: awst %s touches nothing of the other user's",
      ],
    ],
  },
  {
    what: "logout removes every item that the index names",
    file: "src/flows/session/log-out.ts",
    from: "    .filter(([item]) => isSessionItem(item))\n",
    to: "",
    tests: [["src/flows/session/log-out.test.ts", "a forged index does not remove the item %j"]],
  },
  {
    what: "a changed sealed file counts as an empty one",
    file: "src/adapters/keychain/sealed-items.ts",
    from: 'if (items === undefined) throw damaged(paths.main, "was changed by another program");',
    to: "if (items === undefined) return new Map();",
    tests: [
      [
        "src/adapters/keychain/sealed-store.test.ts",
        "%s: an error other than a wrong passphrase, and never overwritten",
      ],
    ],
  },
  {
    what: "a session counts under the name of another",
    file: "src/adapters/keychain/sealed-cipher.ts",
    from: "return Buffer.concat([sessionMark, Buffer.from(name)]);",
    to: "return name === undefined ? Buffer.from(name) : sessionMark;",
    tests: [
      [
        "src/adapters/keychain/sealed-sessions.test.ts",
        "a session's file that another program changed is not used, and the keys stay usable",
      ],
    ],
  },
  {
    what: "a cached key that others can read is used, and one behind a link",
    file: "src/adapters/keychain/unlocked-key.ts",
    from: "if ((mode & 0o170077) !== constants.S_IFREG || !isOwn || size > 1000) return undefined;",
    to: "if (!isOwn || mode === 0) return undefined;",
    tests: [["src/adapters/keychain/sealed-store.test.ts", "is ignored when it is %s"]],
  },
  {
    what: "the store stays unlocked whatever lockAfter says",
    file: "src/adapters/keychain/unlocked-key.ts",
    from: "!(found.lockAt === 0 || now < found.lockAt)",
    to: "found.lockAt !== 0 && now < 0",
    tests: [
      [
        "src/adapters/keychain/sealed-passphrase.test.ts",
        "ends the time that the store is unlocked, and a write in between does not extend it",
      ],
    ],
  },
  {
    what: "an unlocked store gives the passphrase away",
    file: "src/adapters/keychain/sealed-unlock.ts",
    from: "      const given = await tryGiven(header);\n      if (given !== undefined) return given;",
    to: "      const given = find(header) ?? (await tryGiven(header));\n      if (given !== undefined) return given;",
    tests: [
      [
        "src/adapters/keychain/sealed-passphrase.test.ts",
        "needs the current one, although the store is unlocked, and a wrong one changes nothing",
      ],
    ],
  },
  {
    what: "no run deletes what a killed one left",
    file: "src/adapters/child/secret-folder.ts",
    from: "  // Another run may be between the two lines above.\n  sweep(path, prefix, 10_000);\n",
    to: "",
    tests: [
      [
        "src/adapters/child/secret-folder.test.ts",
        "of a killed process is deleted by the next one",
      ],
    ],
  },
  {
    what: "a folder of a living run is deleted",
    file: "src/adapters/child/secret-folder.ts",
    from: "    return !tryLock(fd);",
    to: "    return fd < 0;",
    tests: [
      [
        "src/adapters/child/secret-folder.test.ts",
        "stays while the process lives, whatever its age, and is gone afterwards",
      ],
    ],
  },
  {
    what: "an older copy of the sealed file is used",
    file: "src/model/keychain/sealed-seen.ts",
    from: "if (header.writes >= most) return undefined;",
    to: "if (header.writes >= 0) return undefined;",
    tests: [
      ["src/adapters/keychain/sealed-replaced.test.ts", "is refused by %s, for reads and writes"],
    ],
  },
  {
    what: "a key file takes the place of a passphrase",
    file: "src/model/keychain/sealed-seen.ts",
    from: '  return seen.some(({ keyFrom }) => keyFrom === "passphrase");',
    to: "  return seen === undefined;",
    tests: [
      [
        "src/adapters/keychain/sealed-replaced.test.ts",
        "a store with a key file instead of one with a passphrase",
      ],
      ["src/adapters/keychain/sealed-replaced.test.ts", "is not replaced by one with a key file"],
    ],
  },
  {
    what: "the sealed file is deleted before the new one is written",
    file: "src/adapters/keychain/sealed-items.ts",
    from: "    writeWholeFile(paths.main, text, { mode: 0o600, alone: true });",
    to: '    process.getBuiltinModule("node:fs").rmSync(paths.main, { force: true });\n    writeWholeFile(paths.main, text, { mode: 0o600, alone: true });',
    tests: [["test/faults/sealed-store.test.ts", "%s: a kill before any effect loses no item"]],
  },
];
