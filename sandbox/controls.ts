// What tests can read and change in a running sandbox.

import type { RecordedCall } from "./calls.ts";
import type { Clock } from "./clock.ts";
import type { Cloud } from "./cloud/cloud.ts";
import type { Faults } from "./faults.ts";
import type { SeededKeyOwner, SeededUser } from "./fixtures/seeded.ts";
import type { Settings } from "./settings.ts";

export interface Controls {
  readonly clock: Clock;
  /** The fixture's main user, with an enabled device. */
  readonly main: SeededUser;
  /** A user with a key and no device. */
  readonly fresh: SeededKeyOwner;
  /** All users with an enabled device, by name. */
  readonly users: Readonly<Record<string, SeededUser>>;
  /** What the device (default: the main user's) shows, `later` steps of 30 s from now. */
  code(serial?: string, later?: number): string;
  calls(): readonly RecordedCall[];
  forgetCalls(): void;
  readonly faults: Faults;
  readonly settings: Settings;
  readonly cloud: Cloud;
}
