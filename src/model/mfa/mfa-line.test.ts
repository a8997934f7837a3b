import { expect, test } from "vitest";
import { mfaLine, nameUnlessDefault } from "./mfa-line.ts";

test("a line names the identity it is about, unless that is the default one", () => {
  const configuration = { defaultIdentity: "main-account" };
  const line = (name: string) =>
    mfaLine(nameUnlessDefault({ identity: { name }, configuration }), "remove", "--force");
  expect(line("main-account")).toBe("awst mfa remove --force");
  expect(line("other-org")).toBe("awst mfa remove --force --identity other-org");
  expect(line("other org")).toBe('awst mfa remove --force --identity "other org"');
});
