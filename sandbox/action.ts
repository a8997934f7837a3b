// One action of a service: what it takes, and what it does for an authenticated caller.

import type { Caller } from "./auth/caller.ts";
import type { Cloud } from "./cloud/cloud.ts";
import type { Settings } from "./settings.ts";
import type { Parameters, Shape } from "./wire/shapes.ts";
import type { XmlValue } from "./wire/xml.ts";

export interface ActionRequest {
  readonly cloud: Cloud;
  readonly settings: Settings;
  readonly now: Date;
  readonly caller: Caller;
  readonly parameters: Parameters;
  /** As it was sent: an object of S3, the event of a function. */
  readonly body: Buffer;
  header(name: string): string | undefined;
  readonly region: string;
  /** Name and port by which the sandbox was called. */
  readonly host: string;
}

export interface Action {
  readonly input: Shape;
  /** undefined: an answer without a result. Throws ServiceError. */
  run(request: ActionRequest): XmlValue | undefined;
}
