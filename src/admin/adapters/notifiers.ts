// Sends notices: to Slack or another webhook, to an SNS topic, by SES to each user. A webhook that throttles or fails
// gets a few more requests; what it refuses is not repeated. Its URL is a secret and is in no message.

import type { IamOptions } from "../../adapters/aws/aws-iam-call.ts";
import { type Route, routeTo } from "../../adapters/aws/aws-route.ts";
import { openTransport, TransportFailure } from "../../adapters/aws/aws-transport.ts";
import { AwstError } from "../../model/errors.ts";
import type { Secret } from "../../model/secret.ts";
import {
  mailText,
  noticeSubject,
  noticeText,
  slackBody,
  slackPlainBody,
  slackUsersPerNotice,
  snsSubject,
  type UserNotice,
  webhookBody,
} from "../model/notices.ts";
import type { NotifySettings } from "../model/notify-settings.ts";
import type { AdminServices, UserNotifier } from "../ports.ts";

export interface NotifierOptions {
  readonly env: IamOptions["env"];
  sleep(milliseconds: number): Promise<void>;
  debug(line: string): void;
}

/** undefined: no notice is sent, and the tag alone is the warning. */
export function openNotifier(
  settings: NotifySettings,
  services: AdminServices,
  options: NotifierOptions,
): UserNotifier | undefined {
  const { notify, parameter = "", topic = "", from = "" } = settings;
  if (notify === "none") return undefined;
  if (notify === "sns") {
    return {
      usersPerNotice: 50,
      needsEmail: false,
      send: (notice) =>
        services.publish({
          topicArn: topic,
          subject: snsSubject(notice),
          text: noticeText(notice),
        }),
    };
  }
  if (notify === "ses") {
    return {
      usersPerNotice: 1,
      needsEmail: true,
      async send(notice) {
        for (const user of notice.users) {
          const text = mailText(notice, user);
          await services.sendEmail({
            from,
            to: user.email ?? "",
            subject: noticeSubject(notice),
            text,
          });
        }
      },
    };
  }
  const hook = openWebhook(notify, () => services.getParameter(parameter), parameter, options);
  if (notify === "webhook") {
    return {
      usersPerNotice: 100,
      needsEmail: false,
      send: (notice) => hook.post(webhookBody(notice)),
    };
  }
  return {
    usersPerNotice: slackUsersPerNotice,
    needsEmail: false,
    send: (notice) => sendToSlack(hook, notice),
  };
}

/** Slack refuses a message whose blocks it does not like with 400: the names are sent without blocks then. */
async function sendToSlack(hook: Webhook, notice: UserNotice): Promise<void> {
  try {
    await hook.post(slackBody(notice));
  } catch (error) {
    if (!(error instanceof HookRefusal) || error.status !== 400) throw error;
    await hook.post(slackPlainBody(notice));
  }
}

interface Webhook {
  /** Errors: NOTICE_FAILED. */
  post(body: object): Promise<void>;
}

class HookRefusal extends AwstError {
  readonly status: number;

  constructor(status: number, message: string, hint: string) {
    super("NOTICE_FAILED", message, { hint });
    this.status = status;
  }
}

const maxTries = 5;
const maxPauseMs = 30_000;
const limits = { connectMs: 5_000, requestMs: 15_000, responseBytes: 64 * 1024 };

/** Slack takes one message a second. */
const pauseBetweenMs = 1_000;

function openWebhook(
  kind: "slack" | "webhook",
  readUrl: () => Promise<Secret>,
  parameter: string,
  { env, sleep, debug }: NotifierOptions,
): Webhook {
  let route: Route | undefined;
  let wasUsed = false;
  return {
    async post(body) {
      route ??= routeOf((await readUrl()).reveal(), parameter, env);
      if (wasUsed) await sleep(pauseBetweenMs);
      wasUsed = true;
      const text = JSON.stringify(body);
      for (let tries = 1; ; tries++) {
        const { status, reason, retryAfterMs } = await postOnce(route, text);
        debug(`notice: ${kind} ${route.url.host} ${status ?? reason}`);
        if (status !== undefined && status >= 200 && status < 300) return;
        const isTemporary = status === undefined || status === 429 || status >= 500;
        if (!isTemporary || tries >= maxTries) {
          const what = status === undefined ? reason : `HTTP ${status}${reason && `: ${reason}`}`;
          throw new HookRefusal(
            status ?? 0,
            `${route.url.host} did not accept the notice (${what})`,
            `check the URL in the parameter ${parameter}`,
          );
        }
        await sleep(Math.min(maxPauseMs, retryAfterMs ?? 500 * 2 ** tries));
      }
    },
  };
}

/** Plain http only to this machine: the URL and the names of users must not be read on the way. */
function routeOf(text: string, parameter: string, env: NotifierOptions["env"]): Route {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(url?.hostname ?? "");
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isLocal)) {
    return routeTo({ url: url.href, signingRegion: "" }, [], env);
  }
  throw new AwstError("NOTICE_FAILED", `the parameter ${parameter} does not contain an https URL`, {
    hint: `aws ssm put-parameter --overwrite --type SecureString --name ${parameter} --value URL`,
  });
}

interface Posted {
  /** undefined: no answer. */
  readonly status: number | undefined;
  readonly reason: string;
  readonly retryAfterMs: number | undefined;
}

async function postOnce(route: Route, body: string): Promise<Posted> {
  const transport = openTransport(route, limits, () => true);
  try {
    const { response } = await transport.handle({
      method: "POST",
      path: `${route.url.pathname}${route.url.search}`,
      headers: {
        host: route.url.host,
        "content-type": "application/json; charset=utf-8",
        "content-length": String(Buffer.byteLength(body)),
        "user-agent": "awst",
      },
      body,
    });
    const seconds = Number(response.headers["retry-after"] ?? Number.NaN);
    return {
      status: response.statusCode,
      reason: shortReason(Buffer.from(response.body).toString("utf8")),
      retryAfterMs: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined,
    };
  } catch (error) {
    if (!(error instanceof TransportFailure)) throw error;
    return { status: undefined, reason: error.reason, retryAfterMs: undefined };
  }
}

/** Slack's reason: `invalid_blocks`. Anything longer may repeat what was sent. */
function shortReason(text: string): string {
  return /^[\w ]{1,60}$/.test(text.trim()) ? text.trim() : "";
}
