// The verbs for the user's own MFA devices, as data.

import { mfaCode } from "./key-verbs.ts";
import type { JsonField, Verb, VerbOption } from "./verb.ts";

const newDeviceOptions: readonly VerbOption[] = [
  { name: "store", help: "make its codes here from now on: the seed stays in the keychain" },
  { name: "text", help: "the seed as text alone, no QR code (screen readers)" },
];

const addedDevice: readonly JsonField[] = [
  ["identity", "the IAM user's name in the configuration"],
  ["device", "the new device's serial"],
  ["stored", "whether its seed is kept here"],
];

const list: Verb = {
  path: ["mfa", "list"],
  summary: "own MFA devices: kind, since when, usable here, seed stored here",
  details:
    "Security keys and passkeys (FIDO) are listed too: they are for the console, STS takes no answer of " +
    "theirs. ASKED marks the device whose codes are asked for: the one of the configuration, else the one " +
    "last used.",
  arguments: [],
  options: [mfaCode],
  examples: [
    { line: "awst mfa list", meaning: "a table" },
    { line: "awst mfa list --json", meaning: "the same for a program" },
  ],
  json: [
    ["version", "1"],
    ["identity", "the IAM user's name in the configuration"],
    ["userName", "the IAM user's name at AWS"],
    ["devices[].name", "its name; a hardware token's serial"],
    ["devices[].serial", "as AWS names it"],
    ["devices[].kind", "virtual, hardware, FIDO, SMS or other"],
    ["devices[].enabledAt", "RFC 3339, UTC"],
    ["devices[].usable", "whether STS takes its codes"],
    ["devices[].stored", "whether its seed is kept here"],
    ["devices[].asked", "whether its codes are asked for"],
    [
      "unfinished.adding, .replacing, .removing",
      "name of a device with which that was begun, or null",
    ],
  ],
  machine: false,
};

const add: Verb = {
  path: ["mfa", "add"],
  summary: "add an authenticator app, from the QR code to the first accepted code",
  details:
    "Makes a virtual device, shows its QR code on the terminal, takes two codes in a row and proves it with " +
    "a third. Until then its seed lies in the keychain: interrupted, the device is removed again, or, where " +
    "AWS denies that, finished by the next `mfa add`. A user's first device needs no code of another.",
  arguments: [
    {
      name: "NAME",
      required: false,
      help: "default: the user's name, which old policies demand; else the next that is free",
    },
  ],
  options: [
    ...newDeviceOptions,
    { name: "device", placeholder: "NAME", help: "whose code is asked for, to be allowed to" },
    mfaCode,
  ],
  examples: [
    { line: "awst mfa add", meaning: "scan, type three codes" },
    { line: "awst mfa add laptop --store", meaning: "its codes are made here; nobody is asked" },
  ],
  json: [["version", "1"], ...addedDevice],
  machine: false,
};

const remove: Verb = {
  path: ["mfa", "remove"],
  summary: "remove an MFA device",
  details:
    "Deactivates it, then deletes it, inside an MFA session. The last device that makes codes stays, unless " +
    "--force says otherwise. Where AWS denies the deletion, its name stays taken and that is all.",
  arguments: [],
  options: [
    { name: "device", placeholder: "NAME", help: "the device, by its name or serial" },
    { name: "force", help: "even if no device for codes is left" },
    mfaCode,
  ],
  examples: [{ line: "awst mfa remove --device old-phone", meaning: "a phone that is gone" }],
  json: [
    ["version", "1"],
    ["identity", "the IAM user's name in the configuration"],
    ["device", "the serial of the device that was removed"],
    ["deleted", "false: deactivated alone, AWS denied its deletion"],
  ],
  machine: false,
};

const resync: Verb = {
  path: ["mfa", "resync"],
  summary: "tell AWS how far a device's clock has drifted",
  details:
    "Two codes, one right after the other. For hardware tokens; a phone's clock is better set to automatic " +
    "time.",
  arguments: [],
  options: [
    { name: "device", placeholder: "NAME", help: "the device, by its name or serial" },
    mfaCode,
  ],
  examples: [{ line: "awst mfa resync", meaning: "when right codes are refused" }],
  json: [
    ["version", "1"],
    ["identity", "the IAM user's name in the configuration"],
    ["device", "the device's serial"],
  ],
  machine: false,
};

const replace: Verb = {
  path: ["mfa", "replace"],
  summary: "a new phone: add a device, prove it, then remove the old one",
  details:
    "In that order, so that one works at any time. Where the policy allows a device named like the user " +
    "alone, that is said and asked: the old one then goes first. Interrupted anywhere, the next run goes on.",
  arguments: [{ name: "NAME", required: false, help: "of the new device, as for `mfa add`" }],
  options: [
    { name: "device", placeholder: "NAME", help: "the old device, by its name or serial" },
    ...newDeviceOptions,
    mfaCode,
  ],
  examples: [
    { line: "awst mfa replace", meaning: "the only device, or a choice" },
    { line: "awst mfa replace --device old-phone", meaning: "this one" },
  ],
  json: [
    ["version", "1"],
    ...addedDevice,
    ["replaced", "the old device's serial"],
    ["deleted", "false: the old one is deactivated alone, AWS denied its deletion"],
  ],
  machine: false,
};

export const mfaVerbs: readonly Verb[] = [list, add, remove, resync, replace];

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
