import { expect, test } from "vitest";
import { explainStoreError, forChosenStore } from "./system-store-errors.ts";

const storage = "Couldn't access platform storage: ";

// Texts as the systems and the binding word them.
test.each([
  [
    "Platform failure: DBus error: Using X11 for dbus-daemon autolaunch was disabled at compile time, set your DBUS_SESSION_BUS_ADDRESS instead",
    "KEYCHAIN_UNREACHABLE",
    true,
  ],
  [
    "Platform failure: DBus error: Failed to connect to socket /nonexistent: No such file or directory",
    "KEYCHAIN_UNREACHABLE",
    false,
  ],
  [
    "Platform failure: DBus error: The name org.freedesktop.secrets was not provided by any .service files",
    "KEYCHAIN_UNREACHABLE",
    true,
  ],
  [`${storage}Secret Service: no result found`, "KEYCHAIN_UNREACHABLE", true],
  [`${storage}Secret Service: unlock prompt was dismissed`, "KEYCHAIN_LOCKED", false],
  [
    "Platform failure: DBus error: Did not receive a reply. Possible causes include: the remote application did not send a reply",
    "KEYCHAIN_UNREACHABLE",
    false,
  ],
  [
    "Platform failure: DBus error: Connection was disconnected before a reply was received",
    "KEYCHAIN_UNREACHABLE",
    false,
  ],
  [`${storage}User interaction is not allowed.`, "KEYCHAIN_LOCKED", false],
  [`${storage}User canceled the operation.`, "KEYCHAIN_REFUSED", false],
  [`${storage}A default keychain could not be found.`, "KEYCHAIN_UNREACHABLE", true],
  [
    "Attribute 'password encoded as UTF-16' is longer than platform limit of 2560 chars",
    "KEYCHAIN_TOO_LARGE",
    false,
  ],
  ["Entry is matched by 2 credentials", "KEYCHAIN_REFUSED", false],
  ["", "KEYCHAIN_REFUSED", false],
])("%s", (text, code, isMissing) => {
  expect(explainStoreError(text, undefined)).toMatchObject({ code, isMissing });
});

test("a bus without its address: the hint is the line that sets it", () => {
  expect(explainStoreError("set your DBUS_SESSION_BUS_ADDRESS instead", "/run/user/7/bus")).toEqual(
    {
      code: "KEYCHAIN_UNREACHABLE",
      message: "the system's keychain can't be reached: there is no D-Bus session",
      hint: "export DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/7/bus",
      isMissing: false,
    },
  );
});

test("an address of an earlier login: the hint is the line with the bus of this one", () => {
  const text = "DBus error: Failed to connect to socket /tmp/dbus-old: No such file or directory";
  expect(explainStoreError(text, "/run/user/7/bus").hint).toBe(
    "export DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/7/bus",
  );
});

test.each([
  ["use the sealed file instead: AWST_KEYCHAIN=file", false],
  [
    "unlock it first (macOS: security unlock-keychain), or use the sealed file: AWST_KEYCHAIN=file",
    false,
  ],
  ["export DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/7/bus", true],
  [undefined, true],
])("a chosen store: the hint %j leads to no other store", (hint, isUnchanged) => {
  expect(forChosenStore(hint) === hint).toBe(isUnchanged);
  expect(forChosenStore(hint) ?? "").not.toContain("AWST_KEYCHAIN=file");
});

test("an unknown text is in the message, its first line only", () => {
  expect(explainStoreError("strange\nand long", undefined).message).toBe(
    "the system's keychain refused the call: strange",
  );
});
