// Opens a deployment for its commands: the administrator's session, AWS's services in one region, the request that
// follows from the configuration and the options.

import { AwstError } from "../model/errors.ts";
import type { Context } from "../ports.ts";
import { type DeployPackage, readDeployPackage } from "./adapters/deploy-package.ts";
import { openDeployServices } from "./adapters/deploy-services.ts";
import type { DeployContext } from "./flows/wait-for-deployment.ts";
import { checkTopicRegion } from "./model/deploy-options.ts";
import type { DeploymentRequest } from "./model/deployment.ts";
import { type AdminRequest, type AdminSession, callOptions, openAdmin } from "./open-admin.ts";
import { stoppable, stoppableSleep } from "./stop-calls.ts";

export interface OpenedDeployment extends DeployContext {
  readonly session: AdminSession;
  readonly partition: string;
  readonly region: string;
  readonly settings: Awaited<ReturnType<typeof openAdmin>>["settings"];
}

/** `region`: --region; undefined: that of the session. Errors: those of `openAdmin`. */
export async function openDeployment(
  context: Context,
  request: AdminRequest,
  region: string | undefined,
): Promise<OpenedDeployment> {
  const { session, settings } = await openAdmin(context, request);
  const chosen = region ?? session.region;
  return {
    session,
    settings,
    region: chosen,
    partition: session.arn.split(":")[1] ?? "aws",
    services: stoppable(openDeployServices(session.keys, chosen, callOptions(context))),
    sleep: stoppableSleep(context.sleep),
    say: context.say,
  };
}

export interface DeployOptions {
  readonly schedule: string | undefined;
  readonly timezone: string | undefined;
  readonly alarmTopic: string | undefined;
  readonly reportOnly: boolean;
}

/** Errors: USAGE for settings that can't be deployed, FILE_UNREADABLE without the package. */
export async function deploymentRequest(
  context: Context,
  { session, partition, region, settings, services }: OpenedDeployment,
  organizationId: string | undefined,
  options: DeployOptions,
): Promise<{ readonly request: DeploymentRequest; readonly files: DeployPackage }> {
  const { notify, dormant, protectedNames, maxChanges } = settings;
  checkTopicRegion(options.alarmTopic, region);
  const files = readDeployPackage(context.program);
  if (notify.parameter !== undefined && !notify.parameter.startsWith("/")) {
    throw new AwstError("USAGE", "[admin.dormant] notifyParameter must begin with a slash", {
      hint: `notifyParameter = "/${notify.parameter}"`,
    });
  }
  if (notify.notify === "ses") {
    if (!(await services.canMailEveryUser())) {
      const message = `SES in ${region} sends mail only to verified addresses yet`;
      throw new AwstError("ADMIN_REFUSED", message, {
        hint: "ask AWS for production access (SES, Account dashboard); it takes about a day",
      });
    }
  }
  return {
    files,
    request: {
      account: session.accountId,
      partition,
      region,
      rules: dormant,
      protectedNames,
      maxChanges,
      notify,
      isReportOnly: options.reportOnly,
      schedule: options.schedule ?? "cron(0 6 * * ? *)",
      timezone: options.timezone ?? "UTC",
      alarmTopic: options.alarmTopic,
      organizationId,
      zip: files.zip,
      template: files.template,
    },
  };
}
