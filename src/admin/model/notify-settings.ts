// How users are warned: the part of `[admin.dormant]` that says by whom, decoded. The address of a webhook is a secret:
// only the name of its parameter is here.

import type { Table } from "../../model/configuration/toml-table.ts";

const notifyKinds = ["slack", "sns", "ses", "webhook", "none"] as const;
export type NotifyKind = (typeof notifyKinds)[number];

export interface NotifySettings {
  readonly notify: NotifyKind;
  /** slack, webhook: name of the SSM parameter that holds the URL. */
  readonly parameter: string | undefined;
  /** sns: ARN of the topic. */
  readonly topic: string | undefined;
  /** ses: the sender's address. */
  readonly from: string | undefined;
}

export const notifyKeys = ["notify", "notifyParameter", "notifyTopic", "notifyFrom"] as const;

/** What each kind needs besides `notify`. */
const needs = {
  slack: ["notifyParameter", '"/admin/dormant-webhook"'],
  webhook: ["notifyParameter", '"/admin/dormant-webhook"'],
  sns: ["notifyTopic", '"arn:aws:sns:eu-west-1:111111111111:dormant-users"'],
  ses: ["notifyFrom", '"security@example.com"'],
} as const;

export function decodeNotify(table: Table<(typeof notifyKeys)[number]>): NotifySettings {
  const notify = table.oneOf("notify", notifyKinds) ?? "none";
  const parameter = table.text("notifyParameter");
  const topic = table.text("notifyTopic");
  const from = table.text("notifyFrom");
  const report = (key: (typeof notifyKeys)[number], value: string, hint: string) =>
    table.report(key, `must not be ${JSON.stringify(value)}`, hint);
  if (parameter !== undefined && !isParameterName(parameter)) {
    report("notifyParameter", parameter, 'example: "/admin/dormant-webhook"; not a URL');
  }
  if (topic !== undefined && !/^arn:[\w-]+:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/.test(topic)) {
    report("notifyTopic", topic, `example: ${needs.sns[1]}`);
  }
  if (from !== undefined && !/^[^\s@<>,]+@[^\s@<>,]+\.[^\s@<>,]+$/.test(from)) {
    report("notifyFrom", from, `example: ${needs.ses[1]}`);
  }
  const missing = notify === "none" ? undefined : needs[notify];
  if (missing !== undefined && table.raw(missing[0]) === undefined) {
    table.report("notify", `"${notify}" needs ${missing[0]}`, `${missing[0]} = ${missing[1]}`);
  }
  return { notify, parameter, topic, from };
}

/** SSM reserves names that begin with `aws` or `ssm`. */
function isParameterName(text: string): boolean {
  return /^\/?[\w.-]+(\/[\w.-]+){0,14}$/.test(text) && !/^\/?(aws|ssm)/i.test(text);
}
