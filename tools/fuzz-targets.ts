// What is fuzzed: each function that reads what awst did not write itself, and the rule that every input must keep. A
// target throws for a broken rule. Errors that awst explains to its user are no fault.

import { openAws } from "../src/adapters/aws/aws.ts";
import { openConfigurationFile } from "../src/adapters/file/configuration-file.ts";
import { choiceFile } from "../src/adapters/keychain/open.ts";
import { openSession } from "../src/adapters/keychain/sealed-cipher.ts";
import { findCommand, parseCommand } from "../src/args/parse.ts";
import { commandNames, loadDefinitions } from "../src/cli/commands.ts";
import type { Clock } from "../src/model/clock.ts";
import { AwstError } from "../src/model/errors.ts";
import { keyAgesFile } from "../src/model/key/key-ages.ts";
import { parseKeyText } from "../src/model/key/parse-key-text.ts";
import { parseSealedText } from "../src/model/keychain/sealed-file.ts";
import { sealedSeenFile } from "../src/model/keychain/sealed-seen.ts";
import { mfaJournalFile } from "../src/model/mfa/mfa-journal.ts";
import { parseOtpauth, parseSeedText } from "../src/model/mfa/otpauth-uri.ts";
import { copyWithoutSecrets } from "../src/model/profile/copy-without-secrets.ts";
import { parseIni } from "../src/model/profile/ini-document.ts";
import { applyEdits } from "../src/model/profile/ini-edits.ts";
import { readProcessLine, splitArgs } from "../src/model/profile/process-line.ts";
import { profileCacheFile } from "../src/model/profile/profile-cache.ts";
import { indexProfiles, parseAwsFiles } from "../src/model/profile/profile-sections.ts";
import { schedulesFile } from "../src/model/rotation/installed-schedules.ts";
import { noticesFile } from "../src/model/rotation/notices.ts";
import { journalFile } from "../src/model/rotation/rotation-journal.ts";
import { rotationRunsFile } from "../src/model/rotation/rotation-runs.ts";
import { Secret } from "../src/model/secret.ts";
import { awsFactsFile } from "../src/model/session/aws-facts.ts";
import { cachedKeyIdsFile } from "../src/model/session/config-cache.ts";
import { picksFile } from "../src/model/session/frecency.ts";
import { parseProcessOutput } from "../src/model/session/process-output.ts";
import { sentCodesFile } from "../src/model/session/sent-codes.ts";
import { decodeMfaSession, decodeRoleSession } from "../src/model/session/session.ts";
import { sessionIndexFile } from "../src/model/session/session-index.ts";
import { sharedFailureFile } from "../src/model/session/shared-failure.ts";
import type { StateFile } from "../src/model/state-file.ts";
import { type RawAws, roleInput, startRawAws } from "../test/support/raw-aws.ts";

/** In characters: longer inputs are cut. */
export const maxLength = 20_000;

export interface FuzzTarget {
  /** Also the name of its corpus. */
  readonly name: string;
  /** How many of 1,000 inputs it gets. */
  readonly share: number;
  /** Parts that random changes would hardly ever find. */
  readonly tokens: readonly string[];
  /** Throws or rejects when the input breaks a rule. */
  run(input: string): Promise<void> | void;
}

/** The corpus is in test/fuzz/corpus/NAME.json. `server` answers instead of AWS. */
export async function openTargets(server: RawAws): Promise<readonly FuzzTarget[]> {
  const definitions = await loadDefinitions();
  const sts = openAws({ accessKeyId: "AKIAEXAMPLE", secretAccessKey: secret }, "eu-west-1", {
    env: { AWS_ENDPOINT_URL: server.url },
    time: { clock: () => ({ skewMs: 0 }), recordTime: () => {} },
    debug: () => {},
    iam: () => import("../src/adapters/aws/aws-iam-call.ts"),
    limits: { pauseMs: 1 },
  } as Parameters<typeof openAws>[2]);
  return [
    {
      name: "configuration",
      share: 180,
      tokens: [
        "[accounts.",
        "[roles.",
        "[aliases]",
        "duration = ",
        '"4h"',
        "\n",
        "'''",
        "[[",
        "\\u",
        " = ",
      ],
      run: async (input) => void (await configuration.checkText(input)),
    },
    {
      name: "aws-files",
      share: 180,
      tokens: [
        "[profile ",
        "]",
        "credential_process = ",
        "\r\n",
        " \t",
        "\ufeff",
        "#",
        ";",
        "role_arn",
        "\n [",
      ],
      run: readAwsFiles,
    },
    {
      name: "answers",
      share: 40,
      tokens: [
        "<Credentials>",
        "</Arn>",
        "&#10;",
        "&lt;",
        "<![CDATA[",
        "<!DOCTYPE",
        "<Error>",
        "]]>",
      ],
      run: async (input) => {
        const [status = "200", ...body] = input.split("\n");
        server.answer({ status: clampStatus(status), body: body.join("\n") });
        await explained(() => sts.assumeRole(roleRequest), 1000);
        if (server.seen.length > 100) server.seen.length = 0;
      },
    },
    { name: "state", share: 200, tokens: jsonTokens, run: readState },
    {
      name: "sealed",
      share: 100,
      tokens: ['"version":', "AAAA", "\n", '"N":', "=="],
      run: async (input) => {
        parseSealedText(input);
        if (await openSession(Buffer.from(input, "latin1"), "0".repeat(64), Buffer.alloc(32))) {
          throw new Error("a session was opened that was never sealed");
        }
      },
    },
    {
      name: "otpauth",
      share: 100,
      tokens: ["otpauth://totp/", "?secret=", "&digits=", "&period=", "%00", "&algorithm=SHA"],
      run: (input) => {
        parseOtpauth(new Secret(input));
        parseSeedText(new Secret(input));
      },
    },
    {
      name: "command-lines",
      share: 120,
      tokens: [
        ...commandNames.join(" ").split(" "),
        "--",
        "--mfa-code",
        "--tag",
        "=",
        "--json",
        "-h",
      ],
      run: async (input) => {
        const found = findCommand(input.split("\u0000"), commandNames);
        const definition = definitions.find(({ name }) => name === found.name);
        if (found.name === undefined || definition === undefined) return;
        await explained(() => parseCommand(definition, found.argv));
      },
    },
    {
      name: "lines-and-keys",
      share: 80,
      tokens: [
        '"',
        "\\",
        "'",
        " credential-process ",
        "aws_access_key_id=",
        "AKIA",
        ",",
        "export ",
      ],
      run: async (input) => {
        splitArgs(input);
        readProcessLine(input);
        await explained(() => parseKeyText(input, "stdin"));
        await explained(() => parseProcessOutput(input, "a program"));
      },
    },
  ];
}

const secret = new Secret("secret-of-the-fuzzer");
const jsonTokens = [
  '"version":1',
  "null",
  "1e400",
  "-0",
  '"2026-01-01T00:00:00Z"',
  "{}",
  "[",
  '"__proto__":',
];
const configuration = openConfigurationFile(
  { configuration: "/config.toml", configurationIsNamed: false } as never,
  () => undefined,
  () => import("../src/adapters/file/configuration-positions.ts"),
);
const roleRequest = roleInput("arn:aws:iam::222222222222:role/Dev");

/** Every byte of AWS's files comes back, and no copy for programs has a line with a secret. */
function readAwsFiles(input: string): void {
  const document = parseIni(input);
  if (applyEdits(document, []) !== input) throw new Error("a line of a file was changed");
  const texts = { config: input, credentials: input } as Parameters<typeof parseAwsFiles>[0];
  indexProfiles(parseAwsFiles(texts)).all();
  const copy = copyWithoutSecrets(texts, "eu-west-1");
  const text = Object.values(copy).join("\n");
  if (/^\s*aws_(secret_access_key|session_token)\s*=/im.test(text)) {
    throw new Error("a copy for programs has a secret");
  }
}

const clock: Clock = { skewMs: 0, awsNow: new Date(0), now: new Date(0) } as unknown as Clock;
const files: readonly StateFile<unknown>[] = [
  awsFactsFile,
  cachedKeyIdsFile,
  choiceFile,
  journalFile("main"),
  keyAgesFile,
  mfaJournalFile("main", "user"),
  noticesFile,
  picksFile,
  profileCacheFile,
  rotationRunsFile,
  schedulesFile,
  sealedSeenFile,
  sentCodesFile,
  sessionIndexFile,
  sharedFailureFile("role"),
] as readonly StateFile<unknown>[];

/** Reading a state file never throws; what was read can be written, and reads the same again. */
function readState(input: string): void {
  decodeMfaSession(new Secret(input));
  decodeRoleSession(new Secret(input));
  let stored: unknown;
  try {
    stored = JSON.parse(input);
  } catch {
    return;
  }
  for (const file of files) {
    const value = file.decode(stored, () => clock);
    const written = JSON.stringify(file.encode === undefined ? value : file.encode(value));
    const again = file.decode(written === undefined ? undefined : JSON.parse(written), () => clock);
    const rewritten = JSON.stringify(file.encode === undefined ? again : file.encode(again));
    if (rewritten !== written)
      throw new Error(`${file.name} reads differently after it was written`);
  }
}

/** For functions that refuse input with an error of awst's own, of at most `longest` characters. */
async function explained(work: () => unknown, longest = 4 * maxLength): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AwstError)) throw error;
    const { length } = error.message;
    if (length > longest) throw new Error(`an error message has ${length} characters`);
  }
}

function clampStatus(text: string): number {
  const status = Number(text);
  return Number.isInteger(status) && status >= 200 && status <= 599 && ![204, 304].includes(status)
    ? status
    : 200;
}

export async function withServer<T>(work: (server: RawAws) => Promise<T>): Promise<T> {
  const server = await startRawAws();
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}
