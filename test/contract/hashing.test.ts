// The hashes and the cipher of a warm start are written once for Node and once for the stand-alone program. Both give
// the answers of the standards, and nothing for what was changed.

import { createCipheriv, createHash, createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { findBun } from "../../tools/find-bun.mjs";
import { bundleForNode } from "../support/bundle.ts";
import { root, runProcess } from "../support/processes.ts";
import { makeTemporaryFolder } from "../support/temporary-folder.ts";
import type { HashingCases, SealedCase } from "./hashing-probe.ts";

const probe = "test/contract/hashing-probe.ts";

const texts = ["", "abc", "Grüße, 世界", "\0", "\ud800 alone", "a".repeat(100_000)];
const keys = ["0b".repeat(20), "00".repeat(32), "ff".repeat(64), "aa".repeat(131)];
const pairs = [
  ["00".repeat(16), "00".repeat(16)],
  ["00".repeat(16), `${"00".repeat(15)}01`],
  ["80".repeat(16), "00".repeat(16)],
] as const;

/** Case 16 of the specification of GCM: 256 bits, additional data. */
const known: SealedCase = {
  key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
  nonce: "cafebabefacedbaddecaf888",
  additionalData: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
  sealed:
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
};
const knownPlain =
  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";

const opened: readonly (readonly [SealedCase, string])[] = [
  [known, knownPlain],
  [seal("", ""), ""],
  [seal("", "only this"), ""],
  [seal("a".repeat(20_000), "name"), Buffer.from("a".repeat(20_000)).toString("hex")],
];

const changed: readonly (readonly [string, SealedCase])[] = [
  ["the first byte", { ...known, sealed: flip(known.sealed, 0) }],
  ["the last byte of the tag", { ...known, sealed: flip(known.sealed, -1) }],
  ["the tag is shorter", { ...known, sealed: known.sealed.slice(0, -2) }],
  ["only half a tag", { ...known, sealed: known.sealed.slice(0, 16) }],
  ["nothing", { ...known, sealed: "" }],
  ["a byte more", { ...known, sealed: `${known.sealed}00` }],
  ["another name", { ...known, additionalData: flip(known.additionalData, 0) }],
  ["no name", { ...known, additionalData: "" }],
  ["another nonce", { ...known, nonce: flip(known.nonce, 5) }],
  ["a longer nonce", { ...known, nonce: `${known.nonce}00` }],
  ["another key", { ...known, key: flip(known.key, 31) }],
];

const cases: HashingCases = {
  texts,
  keys,
  pairs,
  sealed: [...opened.map(([each]) => each), ...changed.map(([, each]) => each)],
};

describe.each([
  ["Node", async () => runNode()],
  ["the stand-alone program's runtime", async () => runBun()],
])("%s", (runtime, run) => {
  test.skipIf(runtime !== "Node" && findBun() === undefined)(
    "gives the standards' answers, and opens nothing that was changed",
    async () => {
      const { status, stdout, stderr } = await run();
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      const utf8 = texts.map((text) => Buffer.from(text, "utf8"));
      expect(JSON.parse(stdout)).toEqual({
        hashes: utf8.map((text) => createHash("sha256").update(text).digest("hex")),
        macs: keys.flatMap((key) =>
          utf8.map((text) =>
            createHmac("sha256", Buffer.from(key, "hex")).update(text).digest("hex"),
          ),
        ),
        equal: [true, false, false],
        plain: [...opened.map(([, plain]) => plain), ...changed.map(() => null)],
      });
    },
  );
});

async function runNode() {
  await using bundle = await bundleForNode(probe);
  return await runProcess([process.execPath, bundle.path], {
    env: {},
    input: JSON.stringify(cases),
  });
}

function runBun() {
  const command = [findBun() ?? "", `${root}/${probe}`];
  // Bun writes its cache into the home folder.
  const env = { HOME: makeTemporaryFolder("bun") };
  return runProcess(command, { env, input: JSON.stringify(cases) });
}

/** Seals with Node's own functions. */
function seal(text: string, name: string): SealedCase {
  const { key, nonce } = known;
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(key, "hex"), Buffer.from(nonce, "hex"));
  cipher.setAAD(Buffer.from(name));
  const parts = [cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()];
  const sealed = Buffer.concat(parts).toString("hex");
  return { key, nonce, additionalData: Buffer.from(name).toString("hex"), sealed };
}

function flip(hex: string, at: number): string {
  const bytes = Buffer.from(hex, "hex");
  const index = (at + bytes.length) % bytes.length;
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return bytes.toString("hex");
}
