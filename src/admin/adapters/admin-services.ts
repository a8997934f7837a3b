// The parameter store, SNS, SES and Organizations, as far as notices and organization-wide runs need them.

import type { IamOptions } from "../../adapters/aws/aws-iam-call.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { Secret } from "../../model/secret.ts";
import type { Keys } from "../../model/session/session.ts";
import { type OrganizationAccount, readOrganizationPage } from "../model/account-targets.ts";
import type { AdminServices } from "../ports.ts";
import { missingValueError, openSignedCalls, type SignedRequest } from "./signed-call.ts";

export function openAdminServices(keys: Keys, region: string, options: IamOptions): AdminServices {
  const send = openSignedCalls(keys, region, options);
  return {
    async getParameter(name) {
      const body = { Name: name, WithDecryption: true };
      const output = await send(json("ssm", "AmazonSSM", "GetParameter", body)).catch(
        (error: unknown) => {
          if (!isNamed(error, "ParameterNotFound")) throw error;
          const message = `there is no parameter ${name} in ${region}`;
          throw new AwstError("SSM_ABSENT", message, {
            hint: `aws ssm put-parameter --type SecureString --name ${name} --value URL`,
            cause: error,
          });
        },
      );
      const value = (output as { Parameter?: { Value?: unknown } }).Parameter?.Value;
      if (typeof value !== "string") throw missingValueError("GetParameter");
      return new Secret(value);
    },
    async publish({ topicArn, subject, text }) {
      const form = new URLSearchParams({
        Action: "Publish",
        Version: "2010-03-31",
        TopicArn: topicArn,
        Subject: subject,
        Message: text,
      });
      await openSignedCalls(
        keys,
        topicArn.split(":")[3] ?? region,
        options,
      )({
        service: "sns",
        action: "Publish",
        method: "POST",
        path: "/",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: form.toString(),
        responseFormat: "xml",
        isRepeatable: true,
      });
    },
    async sendEmail({ from, to, subject, text }) {
      const body = {
        FromEmailAddress: from,
        Destination: { ToAddresses: [to] },
        Content: {
          Simple: {
            Subject: { Data: subject, Charset: "UTF-8" },
            Body: { Text: { Data: text, Charset: "UTF-8" } },
          },
        },
      };
      await send(rest("SendEmail", "POST", "/v2/email/outbound-emails", body));
    },
    async hasProductionAccess() {
      const output = await send(rest("GetAccount", "GET", "/v2/email/account", undefined));
      return (output as { ProductionAccessEnabled?: unknown }).ProductionAccessEnabled === true;
    },
    async listAccounts() {
      const accounts: OrganizationAccount[] = [];
      let token: string | undefined;
      for (;;) {
        const body = token === undefined ? {} : { NextToken: token };
        const target = "AWSOrganizationsV20161128";
        const page = readOrganizationPage(
          await send(json("organizations", target, "ListAccounts", body)),
        );
        // A page with the token of the page before would cause an endless loop.
        if (page === undefined || (page.next !== undefined && page.next === token)) {
          throw missingValueError("ListAccounts");
        }
        accounts.push(...page.accounts);
        if (page.next === undefined) return accounts;
        token = page.next;
      }
    },
  };
}

function json(
  service: "ssm" | "organizations",
  target: string,
  action: string,
  body: object,
): SignedRequest {
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": `${target}.${action}`,
  };
  const text = JSON.stringify(body);
  return {
    service,
    action,
    method: "POST",
    path: "/",
    headers,
    body: text,
    responseFormat: "json",
    isRepeatable: true,
  };
}

/** A mail that was sent twice does less harm than one that was never sent. */
function rest(
  action: string,
  method: "GET" | "POST",
  path: string,
  body: object | undefined,
): SignedRequest {
  return {
    service: "ses",
    action,
    method,
    path,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? "" : JSON.stringify(body),
    responseFormat: "json",
    isRepeatable: true,
  };
}

function isNamed(error: unknown, code: string): boolean {
  return isAwstError(error) && error.cause instanceof Error && error.cause.message.startsWith(code);
}
