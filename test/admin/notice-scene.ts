// Enforcement with notices on the sandbox: users who are not in use, and a receiver of notices on this machine.

import { createServer, type IncomingMessage } from "node:http";
import { openNotifier } from "../../src/admin/adapters/notifiers.ts";
import {
  type EnforceOptions,
  enforcePlan,
  planEnforcement,
} from "../../src/admin/flows/enforce-dormant.ts";
import { judgeAccount, readAccount } from "../../src/admin/flows/read-account.ts";
import { decodeAdminSettings } from "../../src/admin/model/admin-settings.ts";
import type { NotifySettings } from "../../src/admin/model/notify-settings.ts";
import type { AdminIam } from "../../src/admin/ports.ts";
import { AwstError } from "../../src/model/errors.ts";
import { type AdminScene, openAdminScene } from "./admin-scene.ts";

export const { dormant: usual } = decodeAdminSettings(undefined, "");
export const day = 86_400;
const parameter = "/admin/dormant-webhook";

export interface NoticeScene extends AdminScene {
  /** Pauses before repeats, in ms. */
  readonly slept: number[];
  /** A user whose only key was not used for 200 days. */
  addDormant(name: string, tags?: Readonly<Record<string, string>>): SandboxKey;
  tagsOf(name: string): Readonly<Record<string, string>>;
  /** Stores the webhook's URL where the settings say. */
  storeUrl(value: string): void;
  /** One run; returns step, state and code of each user. */
  enforce(settings: Partial<NotifySettings>, more?: HowToEnforce): Promise<EnforcedUsers>;
}

type SandboxKey = ReturnType<AdminScene["account"]["addKey"]>;
type EnforcedUsers = Readonly<Record<string, readonly (string | undefined)[]>>;

interface HowToEnforce {
  readonly rules?: EnforceOptions["rules"];
  readonly faulty?: (iam: AdminIam) => AdminIam;
  readonly debug?: string[];
  /** Ctrl-C came after the reads and before the notice. */
  readonly isStopped?: boolean;
}

export async function openNoticeScene(): Promise<NoticeScene> {
  const base = await openAdminScene();
  const slept: number[] = [];
  const scene: NoticeScene = {
    ...base,
    slept,
    addDormant(name, tags = {}) {
      const now = scene.sandbox.clock.now().getTime();
      const ago = (days: number) => new Date(now - days * day * 1000);
      scene.account.addUser(name, { createdAt: ago(400) });
      const key = scene.account.addKey(name, true, ago(400));
      key.lastUsed = { at: ago(200), service: "s3", region: "eu-west-1" };
      scene.account.user(name).tags = Object.entries({
        email: `${name}@example.com`,
        [key.id]: "laptop",
        ...tags,
      }).map(([name_, value]) => ({ key: name_, value }));
      return key;
    },
    tagsOf: (name) =>
      Object.fromEntries(base.account.user(name).tags.map(({ key, value }) => [key, value])),
    storeUrl(value) {
      scene.account.parameters.set(`eu-west-1${parameter}`, {
        name: parameter,
        type: "SecureString",
        value,
        version: 1,
        modifiedAt: scene.sandbox.clock.now(),
      });
    },
    async enforce(settings, more = {}) {
      const { rules = usual, faulty, debug = [], isStopped = false } = more;
      const opened = scene.open(faulty === undefined ? {} : { faulty });
      const stopped = async () => Promise.reject(new AwstError("INTERRUPTED", "interrupted"));
      const admin = isStopped ? { ...opened, uninterrupted: stopped } : opened;
      const notify = { ...decodeAdminSettings(undefined, "").notify, parameter, ...settings };
      const sleep = async (ms: number) => {
        slept.push(ms);
      };
      const notifier = openNotifier(notify, scene.services(), {
        env: {},
        sleep,
        debug: (line) => debug.push(line),
      });
      const picture = await readAccount(admin);
      const all = await judgeAccount(admin, picture, rules, []);
      const plan = await planEnforcement(admin, picture, all, rules, {
        protectedNames: [],
        forced: [],
      });
      const options = { rules, protectedNames: [], notifier, accountName: "main-account" };
      const results = await enforcePlan(admin, plan, options);
      return Object.fromEntries(
        results.map(({ user, state, step, error }) => [user, [step.do, state, error?.code]]),
      );
    },
  };
  return scene;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly bodies: readonly string[];
  /** Statuses of the next answers; then 200 "ok". */
  readonly answers: (number | "reset")[];
  readonly headers: Record<string, string>;
}

export async function openReceiver(): Promise<Receiver> {
  const bodies: string[] = [];
  const answers: (number | "reset")[] = [];
  const headers: Record<string, string> = {};
  const server = createServer(async (request: IncomingMessage, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    bodies.push(Buffer.concat(parts).toString("utf8"));
    const status = answers.shift() ?? 200;
    if (status === "reset") return response.socket?.resetAndDestroy();
    response.writeHead(status, headers);
    return response.end(status === 200 ? "ok" : "invalid_blocks");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/services/T1/B1/secret`,
    bodies,
    answers,
    headers,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
