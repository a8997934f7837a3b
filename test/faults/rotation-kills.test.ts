// `awst key rotate` as real processes against the sandbox: two hundred kills in a row at random moments, and runs
// without a kill at the end. After each the key in use works, and awst knows every other key at AWS.

import { afterAll, beforeAll, expect, test } from "vitest";
import { openKeychain } from "../../src/adapters/keychain/open.ts";
import { decodeAccessKey } from "../../src/model/key/access-key.ts";
import { keyItem, nextKeyItem, previousKeyItem } from "../../src/model/keychain/items.ts";
import { isCreatedByIntent, journalFile } from "../../src/model/rotation/rotation-journal.ts";
import { type Home, makeHome } from "../support/home.ts";
import { makeKeychainContext } from "../support/keychain-context.ts";
import type { Finished } from "../support/processes.ts";
import { generator } from "./generator.ts";

const kills = 200;
const seed = Number(process.env.AWST_TEST_SEED ?? 7);
const identity = "main-account";

let home: Home;

beforeAll(async () => {
  home = await makeHome();
  await succeed(["key", "import"]);
});
afterAll(() => home.remove());

test(`${kills} kills in a row`, async () => {
  const random = generator(seed);
  await succeed(["key", "rotate", "--grace", "0"]);
  // What a run takes now; the machine may get busier, or less busy.
  let { milliseconds } = await succeed(["key", "rotate", "--grace", "0"]);
  let killed = 0;
  let runs = 0;
  let resumed = 0;
  const stages = new Map<string, number>();
  for (let count = 1; killed < kills; count++) {
    runs = count;
    // Sometimes AWS is slow, so that kills fall between a change at AWS and its response.
    home.sandbox.settings.minResponseDelayMs = random.chance(0.3) ? 30 : 0;
    if (count % 20 === 0) home.moveClock(3600);
    const grace = random.chance(0.5) ? ["--grace", "0"] : [];
    const { child, finished } = home.start(
      ["key", "rotate", "--yes", "--json", ...grace],
      withCode(),
    );
    const timer = setTimeout(
      () => child.kill("SIGKILL"),
      (0.3 + 0.9 * random.share()) * milliseconds,
    );
    const { status, stdout, stderr, milliseconds: took } = await finished;
    clearTimeout(timer);
    if (status === 137) killed += 1;
    else expect(status, `run ${count}: ${stderr}`).toBe(0);
    milliseconds = status === 137 ? milliseconds * 1.03 : (milliseconds + took) / 2;
    if (status === 0 && JSON.parse(stdout).wasUnderWay) resumed += 1;
    const { problems, stage } = await inspect();
    if (status === 137) stages.set(stage, (stages.get(stage) ?? 0) + 1);
    expect(problems, `after run ${count}: ${stderr}`).toEqual([]);
    home.moveClock(31);
  }
  home.sandbox.settings.minResponseDelayMs = 0;
  for (const seconds of [0, 25 * 3600]) {
    home.moveClock(seconds);
    await succeed(["key", "rotate", "--resume"]);
  }
  expect((await inspect()).problems).toEqual([]);
  expect(keysAtAws()).toHaveLength(1);
  await succeed(["assume", "main-account", "DeveloperAccess"]);
  const where = [...stages].map(([stage, times]) => `${stage}: ${times}`).join(", ");
  console.log(
    `rotation: ${killed} of ${runs} runs killed (${where}), ${resumed} resumed an earlier run`,
  );
});

async function succeed(args: readonly string[]): Promise<Finished> {
  home.moveClock(31);
  const ended = await home.awst(args, withCode());
  expect(ended.status, `${args.join(" ")}: ${ended.stderr}`).toBe(0);
  return ended;
}

function withCode() {
  return { env: { AWST_MFA_CODE: home.code() } };
}

function keysAtAws() {
  const { accountId, userName } = home.sandbox.main;
  return home.sandbox.cloud.account(accountId).keysOf(userName);
}

/** Returns what is wrong, and the stage of the rotation under way. */
async function inspect(): Promise<{ problems: readonly string[]; stage: string }> {
  const folder = `${home.path}/.local/state/awst`;
  const runtime = `${home.env["XDG_RUNTIME_DIR"]}/awst`;
  const context = makeKeychainContext({ folder, runtime, env: home.env });
  const keychain = openKeychain(context);
  const read = async (item: string) => decodeAccessKey(await keychain.read(item));
  const current = await read(keyItem(identity));
  const copies = [await read(nextKeyItem(identity)), await read(previousKeyItem(identity))];
  const journal = context.state.read(journalFile(identity));
  const keys = keysAtAws();
  const problems: string[] = [];
  const key = keys.find(({ id }) => id === current?.accessKeyId);
  if (key?.status !== "Active")
    problems.push(`${current?.accessKeyId} is in use and ${key?.status}`);
  if (key?.secret !== current?.secretAccessKey.reveal())
    problems.push("the stored secret is wrong");
  for (const { id, createdAt } of keys.filter((each) => each !== key)) {
    const isKnown = copies.some((each) => each?.accessKeyId === id) || journal?.newKeyId === id;
    const listed = { accessKeyId: id, createdAt, status: "Active" } as const;
    if (!isKnown && !(journal && isCreatedByIntent(journal, listed)))
      problems.push(`${id} is orphaned`);
  }
  const isCreated = journal?.newKeyId !== undefined || copies[0] !== undefined;
  const stage =
    journal === undefined
      ? "none under way"
      : journal.switchedAt === undefined
        ? isCreated
          ? "created"
          : "intent recorded"
        : journal.deactivatedAt === undefined
          ? "switched"
          : "deactivated";
  return { problems, stage };
}
