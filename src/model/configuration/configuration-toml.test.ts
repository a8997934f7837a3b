import fc from "fast-check";
import { parse } from "smol-toml";
import { expect, test } from "vitest";
import type { Configuration } from "./configuration.ts";
import { encodeConfiguration } from "./configuration-toml.ts";
import { decodeConfiguration } from "./decode-configuration.ts";

const name = fc.stringMatching(/^[a-z][a-zA-Z0-9_.' "-]{0,12}[a-z]$/);
const roleName = fc.stringMatching(/^([a-z]{1,4}\/)?[A-Za-z][\w+=,.@-]{0,9}$/);
const id = fc.stringMatching(/^\d{12}$/);
const text = fc.string({ minLength: 1, unit: "grapheme" });
const region = fc.constantFrom("eu-west-1", "us-east-1");
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const file = fc.record({
  defaultRegion: maybe(region),
  keyRotationIntervalMinutes: maybe(fc.nat({ max: 99_999 }).map(BigInt)),
  main: name,
  session: maybe(text),
  accounts: fc.dictionary(
    name,
    fc.record({
      id,
      region: maybe(region),
      externalId: maybe(fc.stringMatching(/^[\w+=,.@:/-]{2,9}$/)),
    }),
  ),
  roles: fc.dictionary(
    roleName,
    fc.record({
      duration: maybe(fc.integer({ min: 900, max: 43_200 }).map((seconds) => `${seconds}s`)),
      session: maybe(fc.constantFrom("renew", "single")),
      tags: maybe(
        fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.stringMatching(/^[\w é.:/=+-]*$/)),
      ),
      sessionName: maybe(fc.stringMatching(/^[\w+=,.@-]{2,9}$/)),
    }),
  ),
  other: maybe(fc.record({ account: maybe(id), command: maybe(text), region: maybe(region) })),
  alias: maybe(name),
  command: maybe(text),
  prompt: maybe(fc.constantFrom(["none"], ["gui", "terminal"], ["gui"])),
  mode: maybe(fc.constantFrom("process", "keys")),
});

test("the printed configuration has the same values when it is read again", () => {
  const checked = { count: 0 };
  fc.assert(
    fc.property(file, (made) => {
      const { main, session, other, alias, command, prompt, mode, ...rest } = made;
      const [account] = Object.keys(rest.accounts);
      const [role = "DeveloperAccess"] = Object.keys(rest.roles);
      const { configuration, problems } = decodeConfiguration(
        plain({
          ...rest,
          profiles: { mainAccount: main, mainAccountMfaSession: session },
          aliases: alias && account ? { [alias]: `${account}/${role}` } : undefined,
          identities: other ? { "other one": other } : undefined,
          mfa: { command, prompt },
          write: { mode },
        }),
        "/x",
      );
      // Names that would share a profile, and the like.
      fc.pre(configuration !== undefined && problems.length === 0);
      checked.count++;
      const shown = encodeConfiguration(configuration);
      const again = decodeConfiguration(parse(shown, { integersAsBigInt: true }), "/x");
      expect(again.problems).toEqual([]);
      expect(meaning(again.configuration)).toEqual(meaning(configuration));
    }),
  );
  expect(checked.count).toBeGreaterThan(50);
});

/** Remarks are about the file as it was written. */
function meaning(configuration: Configuration | undefined): unknown {
  return { ...configuration, remarks: [] };
}

/** As a parser gives it: what is undefined is not there. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.map(([key, each]) => [key, plain(each)]));
}
