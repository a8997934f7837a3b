// SES, version 2: sending one mail, and the state of the account. In SES's own sandbox, in which every account starts,
// only verified addresses get mail; the sender is always verified.

import type { Action } from "../action.ts";
import type { MailAccount } from "../cloud/message-entities.ts";
import { ServiceError } from "../wire/service-error.ts";
import { textList } from "../wire/shapes.ts";
import { permitService } from "./permit.ts";
import { messageId } from "./topics.ts";

export const sendEmail: Action = {
  input: {
    FromEmailAddress: {},
    "Destination.ToAddresses": { list: { max: 320 }, max: 50 },
    "Content.Simple.Subject.Data": { required: true },
    "Content.Simple.Body.Text.Data": { required: true },
  },
  run(request) {
    const { caller, parameters, region, now } = request;
    const { account } = caller;
    const from = parameters.get("FromEmailAddress") ?? "";
    const to = textList(parameters, "Destination.ToAddresses");
    const subject = parameters.get("Content.Simple.Subject.Data") ?? "";
    const identity = account.regionalArn("ses", region, identityOf(from));
    permitService(request, "ses:SendEmail", identity, { "ses:FromAddress": from });
    if (to.length === 0) throw badRequest("Destination must have at least one recipient");
    const wrong = [from, ...to].find((each) => !/^[^\s@<>,]+@[^\s@<>,]+\.[^\s@<>,]+$/.test(each));
    if (wrong !== undefined) throw badRequest("Missing final '@domain'");
    if (/[\r\n]/.test(subject)) throw badRequest("Header contains a line break");
    const { mail } = account;
    const unverified = [from, ...(mail.isInSandbox ? to : [])].filter(
      (each) => !isVerified(mail, each),
    );
    if (unverified.length > 0) {
      throw new ServiceError(
        400,
        "MessageRejected",
        `Email address is not verified. The following identities failed the check in region ${region.toUpperCase()}: ${unverified.join(", ")}`,
      );
    }
    const today = account.messages.filter(
      ({ service, at }) => service === "ses" && now.getTime() - at.getTime() < 86_400_000,
    );
    if (today.length + to.length > mail.sendsPerDay) {
      throw new ServiceError(429, "TooManyRequestsException", "Daily message quota exceeded.");
    }
    const text = parameters.get("Content.Simple.Body.Text.Data") ?? "";
    const sent = { service: "ses" as const, region, from, subject, text, at: now };
    for (const each of to) account.messages.push({ ...sent, to: each });
    return { MessageId: messageId(account.messages.length) };
  },
};

export const getMailAccount: Action = {
  input: {},
  run(request) {
    permitService(request, "ses:GetAccount", "*");
    const { mail } = request.caller.account;
    return {
      ProductionAccessEnabled: !mail.isInSandbox,
      SendingEnabled: true,
      SendQuota: { Max24HourSend: mail.sendsPerDay, MaxSendRate: 1, SentLast24Hours: 0 },
    };
  },
};

function isVerified({ verified }: MailAccount, address: string): boolean {
  const lower = address.toLowerCase();
  return verified.has(lower) || verified.has(lower.split("@")[1] ?? "");
}

function identityOf(address: string): string {
  return `identity/${address.split("@")[1] ?? address}`;
}

function badRequest(message: string): ServiceError {
  return new ServiceError(400, "BadRequestException", message);
}
