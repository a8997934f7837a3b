// The verbs for seeds of MFA devices that are kept here, as data.

import type { Verb, VerbOption } from "./verb.ts";

const device: VerbOption = {
  name: "device",
  placeholder: "NAME",
  help: "the device, by its name or serial, where there are several",
};

const store: Verb = {
  path: ["mfa", "store"],
  summary: "keep a device's seed in the keychain, and make its codes here",
  details:
    "The seed is what an app is shown when a device is added: as text, as an otpauth:// URI, or as a QR " +
    "code. It is read from --qr, from stdin, or typed, hidden; never from the command line. A code of it is " +
    "sent to AWS first: what AWS refuses is not stored. From then on assume, credential-process and timed " +
    "rotation need nobody. That has a price: against somebody who works on this machine as you, a code " +
    "made on it is no second factor.",
  arguments: [],
  options: [
    { name: "qr", placeholder: "FILE", help: "a PNG picture of the QR code" },
    device,
    { name: "yes", short: "y", help: "agree to what it costs, without being asked" },
  ],
  examples: [
    { line: "awst mfa store", meaning: "type or paste it, hidden" },
    { line: "awst mfa store --qr qr.png", meaning: "from a screenshot of the QR code" },
    { line: "pass show aws/otp | awst mfa store --yes", meaning: "from what a program prints" },
  ],
  json: [
    ["version", "1"],
    ["identity", "the IAM user's name in the configuration"],
    ["device", "the device's serial"],
    ["keychain", "system or file"],
    ["before", "what was stored before: none, same, or other"],
  ],
  machine: false,
};

const forget: Verb = {
  path: ["mfa", "forget"],
  summary: "take a device's seed out of the keychain",
  details: "The device itself stays as it is: whoever has its seed elsewhere goes on making codes.",
  arguments: [],
  options: [device],
  examples: [{ line: "awst mfa forget", meaning: "codes are asked for again" }],
  json: [
    ["version", "1"],
    ["identity", "the IAM user's name in the configuration"],
    ["device", "the device's serial, or null: none was stored"],
  ],
  machine: false,
};

const code: Verb = {
  path: ["mfa", "code"],
  summary: "print the present code of a device whose seed is stored here",
  details:
    "For the console's sign-in page, or another program. It is not marked as used; where awst itself sent " +
    "it already, that is said.",
  arguments: [],
  options: [device],
  examples: [
    { line: "awst mfa code", meaning: "six digits on stdout, the seconds left on stderr" },
    { line: "awst mfa code --json", meaning: "both for a program" },
  ],
  json: [
    ["version", "1"],
    ["identity", "the IAM user's name in the configuration"],
    ["device", "the device's serial"],
    ["code", "six digits: a secret until they end"],
    ["endsAt", "RFC 3339, UTC, by AWS's clock"],
    ["secondsLeft", "until then"],
    ["wasSent", "whether awst sent it already: AWS takes it once"],
  ],
  machine: false,
};

export const mfaSeedVerbs: readonly Verb[] = [store, code, forget];
