// What kind of item a name stands for, under the default configuration and under another one.

import { expect, test } from "vitest";
import {
  isAccessKeyItem,
  isSessionItem,
  keyItem,
  mfaSessionItem,
  pendingKeyItem,
  roleSessionItem,
  rotationSealItem,
  seedItem,
  seedListItem,
  warnedSealItem,
} from "./items.ts";

test.each([
  [keyItem("a"), false, true],
  [pendingKeyItem("a"), false, true],
  [rotationSealItem("a"), false, true],
  [mfaSessionItem("a"), true, false],
  [roleSessionItem("a", "b", "c", "d"), true, false],
  [seedItem("a", "serial"), false, false],
  [seedListItem("a"), false, false],
  [warnedSealItem("111111111111"), false, false],
])("%s: a session %s, an access key %s", (item, isSession, isKey) => {
  for (const prefix of ["", "configuration-0123456789ab/"]) {
    expect([isSessionItem(prefix + item), isAccessKeyItem(prefix + item)]).toEqual([
      isSession,
      isKey,
    ]);
  }
});

test.each(["x/mfa-session/a", "configuration-/key/a", "configuration-a/b/key/a", "mfa-sessions/a"])(
  "%s is neither",
  (item) => {
    expect([isSessionItem(item), isAccessKeyItem(item)]).toEqual([false, false]);
  },
);
