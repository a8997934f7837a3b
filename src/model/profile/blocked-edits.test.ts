// Every edit that awst would make and does not, because of an indented line: it is a conflict that names the line, and
// both files stay as they are.

import { describe, expect, test } from "vitest";
import { Secret } from "../secret.ts";
import { removeKeyProfiles, removeKeysOf } from "./key-profiles.ts";
import { replaceKeyByProcess } from "./long-term-keys.ts";
import type { PlanRules, ProfileConflict } from "./plan-rules.ts";
import { planProfiles } from "./profile-plan.ts";
import type { AwsFile, AwsFileTexts } from "./profile-sections.ts";

const process = "credential_process = /gone/awst credential-process old Role\n";
const region = "region = eu-west-1\n";
const header = "s3 =\n  [other]\n  k = v\n";
const takenOver = "# replaced by awst: role_arn = a\n";
const keys = "aws_access_key_id = ASIA1\naws_secret_access_key = s\naws_session_token = t\n";
const indent = (lines: string) => lines.replace(/^(?=.)/gm, "  ");

const remove: PlanRules = { shouldRemove: () => true };
const repair: PlanRules = { repair: () => "/new/awst credential-process old Role" };

function textsWith(file: AwsFile, body: string): AwsFileTexts {
  const text = `${file === "config" ? "[profile old/Role]" : "[old/Role]"}\n${body}`;
  return { config: undefined, credentials: undefined, [file]: text };
}

const name = "old/Role";

describe("a profile that is no longer wanted", () => {
  test.each<[string, PlanRules, AwsFile, string, number]>([
    ["with a region below a header", remove, "config", process + header + region, 4],
    ["with a process line below a header", remove, "credentials", header + process, 3],
    [
      "that was taken over, with a header inside",
      remove,
      "config",
      takenOver + process + header,
      5,
    ],
    [
      "that was taken over, above a header",
      remove,
      "config",
      `${takenOver}${indent(process)}  [o]\n`,
      4,
    ],
    ["with a line below its process line", remove, "config", `${process}  --tag a=b\n${region}`, 3],
    [
      "with a line below its region",
      remove,
      "credentials",
      `${process}${region}\n  # c\n  k = v\n`,
      6,
    ],
    ["with a role below a value", remove, "config", `${process}output = x\n\n\trole_arn = a\n`, 5],
    ["above a header, and its program is gone", repair, "config", `${indent(process)}  [o]\n`, 3],
    [
      "above a line, and its program is gone",
      repair,
      "credentials",
      `${indent(process)}\n  x\n`,
      4,
    ],
    ["with a header inside, and its program is gone", repair, "config", process + header, 4],
    ["with a line below its process line, gone", repair, "credentials", `${process}\n  x\n`, 4],
    ["with a line below its region, gone", repair, "config", `${region}  x\n${process}`, 3],
  ])("%s", (_, rules, file, body, line) => {
    const texts = textsWith(file, body);
    const plan = planProfiles(texts, [], rules);
    expect(plan.conflicts).toEqual([{ name, file, line, why: whyAt(line) }]);
    expect(plan).toMatchObject({ removed: [], repaired: [], unwritable: [] });
    expect(plan.texts).toEqual(texts);
  });

  test("is one conflict, although it has a section in each file", () => {
    const body = process + header + region;
    const both = { config: `[profile old/Role]\n${body}`, credentials: `[old/Role]\n${process}` };
    const { conflicts, texts } = planProfiles(both, [], remove);
    expect(conflicts).toEqual([{ name, file: "config", line: 4, why: whyAt(4) }]);
    expect(texts).toEqual(both);
  });

  test.each<[string, string, string]>([
    ["above a header inside", process + region + header, header],
    ["above an indented line", `${indent(process)}  [o]\n`, "  [o]\n"],
  ])("is removed where its settings are %s", (_, body, left) => {
    const texts = textsWith("credentials", body);
    const { conflicts, removed, texts: after } = planProfiles(texts, [], remove);
    expect({ conflicts, removed }).toEqual({ conflicts: [], removed: [name] });
    expect(after.credentials).toBe(`[old/Role]\n${left}`);
  });

  test.each<[string, PlanRules, string]>([
    ["of another configuration", { otherOwner: () => "/other.toml" }, process + header + region],
    ["with a long-term key", {}, `${process}aws_access_key_id = AKIA1\n  x = y\n`],
    ["that assumes a role", {}, `${process}  x = y\nrole_arn = a\n`],
    ["of another program", {}, "credential_process = /bin/credential-process\n  x = y\n"],
  ])("is no conflict where it is not awst's: %s", (_, more, body) => {
    const plan = planProfiles(textsWith("config", body), [], { ...remove, ...repair, ...more });
    expect(plan.conflicts).toEqual([]);
  });

  test("in a file that can't be written is reported with the reason", () => {
    const problems = { config: "cannot write: read-only" };
    const texts = textsWith("config", process + region);
    const plan = planProfiles(texts, [], { ...remove, ...repair, problems });
    expect(plan.unwritable).toEqual([{ name, why: problems.config }]);
    expect(plan).toMatchObject({ conflicts: [], removed: [], repaired: [], texts });
  });

  test("whose lines are in a file that can't be written is reported, and stays in the other file", () => {
    const problems = { config: "cannot write: read-only" };
    const texts = {
      config: `[profile old/Role]\n${takenOver}${process}`,
      credentials: `[old/Role]\n${process}`,
    };
    const plan = planProfiles(texts, [], { ...remove, problems });
    expect(plan.unwritable).toEqual([{ name, why: problems.config }]);
    expect(plan.texts).toEqual(texts);
  });
});

test("a wanted profile with the conflict is reported once", () => {
  const line = "/new/awst credential-process old Role";
  const texts = textsWith("credentials", `${indent(process)}  [o]\n`);
  const wanted = { name, kind: "process", region: "eu-west-1", line } as const;
  const { conflicts } = planProfiles(texts, [wanted], { ...remove, ...repair });
  expect(conflicts).toEqual([{ name, file: "credentials", line: 3, why: whyAt(3) }]);
});

describe("a wanted profile", () => {
  const line = "/new/awst credential-process old Role";
  const wanted = { name, kind: "process", region: "eu-west-1", line } as const;

  test("and each other one is reported with its own section", () => {
    const texts = {
      config: `[profile old/Role]\n${process}${header}`,
      credentials: `[old/Role]\nrole_arn = a\n[other Role]\n${process}${header}${region}`,
    };
    const { conflicts } = planProfiles(texts, [wanted], { ...remove, ...repair });
    expect(conflicts).toEqual([
      { name, file: "credentials", why: "it has role_arn" },
      { name: "other Role", file: "credentials", line: 6, why: whyAt(6) },
      { name, file: "config", line: 4, why: whyAt(4) },
    ]);
  });

  test("whose line is that of another configuration is not up to date, although it is as wanted", () => {
    const body = `credential_process = ${line}\n${region}`;
    const texts = { config: `[profile old/Role]\n${body}`, credentials: `[old/Role]\n${body}` };
    const plan = planProfiles(texts, [wanted], { otherOwner: () => "/other.toml" });
    expect(plan).toMatchObject({ upToDate: [], conflicts: [{ name, owner: "/other.toml" }] });
  });

  test("with keys gets them although the config file's section of its name has a header inside", () => {
    const secret = new Secret("s");
    const own = { accessKeyId: "ASIA1", secretAccessKey: secret, sessionToken: secret };
    const plan = planProfiles(
      { config: `[default]\noutput = json\n${header}`, credentials: undefined },
      [{ name: "default", kind: "keys", region: "a", keys: { ...own, expiresAt: new Date(0) } }],
    );
    expect(plan).toMatchObject({ conflicts: [], upToDate: ["default"] });
  });

  test("in a file that can't be written is missing there, and no conflict", () => {
    const problems = { credentials: "cannot write: read-only" };
    const texts = textsWith("credentials", `output = json\n${header}`);
    const plan = planProfiles(texts, [wanted], { problems });
    expect(plan.conflicts).toEqual([]);
    expect(plan.missing).toMatchObject([{ name, file: "credentials" }]);
  });
});

test("a profile in both files is removed from the one that can be written", () => {
  const problems = { config: "cannot write: read-only" };
  const texts = { config: `[profile old/Role]\n${process}`, credentials: `[old/Role]\n${process}` };
  const plan = planProfiles(texts, [], { ...remove, problems });
  expect(plan).toMatchObject({ removed: [name], unwritable: [{ name, why: problems.config }] });
  expect(plan.texts).toEqual({ ...texts, credentials: "" });
});

describe("temporary keys", () => {
  const isOwn = (id: string) => id === "ASIA1";
  const removals: readonly [string, (texts: AwsFileTexts) => ReturnType<typeof removeKeysOf>][] = [
    ["by id", (texts) => removeKeysOf(texts, new Set(["ASIA1"]))],
    ["by name", (texts) => removeKeyProfiles(texts, [name, name], isOwn)],
  ];
  const cases: readonly [string, string, number][] = [
    ["below a header", header + keys, 3],
    ["around a header", `aws_access_key_id = ASIA1\n${header}${keys.replace(/^.*\n/, "")}`, 4],
    ["above a header, with a region below it", keys + header + region, 6],
    ["with a line below the token", `${keys}  x = y\n`, 5],
    ["with a line below the id", keys.replace("1\n", "1\n# c\n\n  x = y\n"), 5],
  ];
  test.each(removals.flatMap(([how, work]) => cases.map((each) => [how, ...each, work] as const)))(
    "stay, removed %s: %s",
    (_how, _case, body, line, work) => {
      const texts = textsWith("credentials", body);
      const { conflicts, ...done } = work(texts);
      expect(done).toEqual({ texts, removed: [] });
      expect(conflicts).toEqual([{ name, file: "credentials", line, why: whyAt(line) }]);
    },
  );

  test.each(removals)("above a header are removed %s", (_, work) => {
    const { texts, ...done } = work(textsWith("credentials", keys + header));
    expect(done).toEqual({ conflicts: [], removed: [name] });
    expect(texts.credentials).toBe(`[old/Role]\n${header}`);
  });

  test.each(
    removals.flatMap(([how, work]) =>
      [`${keys.replace("ASIA1", "ASIA2")}  x = y\n`, `${keys}role_arn = a\n`].map(
        (body) => [how, body, work] as const,
      ),
    ),
  )("of another source are no conflict, removed %s: %j", (_how, body, work) => {
    const texts = textsWith("credentials", body);
    expect(work(texts)).toEqual({ texts, removed: [], conflicts: [] });
  });

  test("of a section that two names find are removed once", () => {
    const texts = { config: undefined, credentials: `[x]\nk = v\n[a  b]\n${keys}[y]\nk = v\n` };
    const done = removeKeyProfiles(texts, ["a b", "a  b"], isOwn);
    expect(done.removed).toEqual(["a b"]);
    expect(done.texts.credentials).toBe("[x]\nk = v\n[y]\nk = v\n");
  });
});

describe("a long-term key that is imported", () => {
  const key = "aws_access_key_id = AKIA1\naws_secret_access_key = s\n";
  test.each<[string, string, number]>([
    ["above a header", `${indent(key)}  [o]\n`, 4],
    ["below a header", header + key, 3],
    ["around a header", key.replace("AKIA1\n", `AKIA1\n${header}`), 4],
    ["with a line below its id", key.replace("AKIA1\n", "AKIA1\n  x = y\n"), 3],
    ["with a line below its secret", `${key}\n\tx = y\n`, 5],
  ])("stays %s", (_, body, line) => {
    const texts = textsWith("credentials", body);
    const done = replaceKeyByProcess(texts, name, "/bin/awst credential-process --identity a");
    expect(done).toMatchObject({ texts, isReplaced: false });
    expect(done.why).toMatch(`profile "old/Role": line ${line} is indented`);
  });

  test("leaves the profile of the MFA session as it is, where a line in it is indented", () => {
    const texts = {
      config: undefined,
      credentials: `[a]\n${key}[a-mfa]\n${header}${process}`,
    };
    const done = replaceKeyByProcess(texts, "a", "/bin/awst credential-process a", "a-mfa");
    expect(done.isReplaced).toBe(true);
    expect(done.texts.credentials).toContain(`[a-mfa]\n${header}${process}`);
  });
});

describe("a line that readers do not read alike", () => {
  const text = (line: string) => `[x]\noutput = json\n${line}`;
  const section = `[old/Role]\n${process}${region}`;
  test.each<[string, string, number, RegExp]>([
    ["U+001C before the header", text(`\u001c${section}`).slice(18), 1, /U\+001C, which only some/],
    ["U+001F after the header", text(section.replace("]", "]\u001f")), 3, /text after \[old/],
    ["a word after the header", text(section.replace("]", "] mine")), 3, /text after \[old/],
    ["a comment close after the header", text(section.replace("]", "]# mine")), 3, /text after/],
    ["U+0085 before a setting", text(`${section}\u0085output = json\n`), 6, /./],
    ["U+FEFF before the region", text(section.replace("region", "\ufeffregion")), 5, /U\+FEFF/],
    ["U+001D behind a key", text(section.replace("region ", "region\u001d ")), 5, /U\+001D/],
    [
      "U+0001 before a key, for Java",
      text(section.replace("region", "\u0001region")),
      5,
      /U\+0001/,
    ],
    [
      "U+00A0 behind a key, for Rust",
      text(section.replace("region ", "region\u00a0")),
      5,
      /U\+00A0/,
    ],
    [
      "U+000B before a key, for Go",
      text(section.replace("credential", "\u000bcredential")),
      4,
      /U\+000B/,
    ],
  ])("is a conflict: %s", (_, credentials, line, why) => {
    const texts = { config: undefined, credentials };
    const wanted = {
      name,
      kind: "process",
      region: "a",
      line: "/b/awst credential-process",
    } as const;
    const plans = [
      planProfiles(texts, [], remove),
      planProfiles(texts, [], repair),
      planProfiles(texts, [wanted]),
    ];
    for (const plan of plans) {
      expect(plan.conflicts).toMatchObject([{ name, line, why: expect.stringMatching(why) }]);
      expect(plan.texts).toEqual(texts);
    }
  });

  test.each(["[other] mine", "[other]\u001f", "[other]# mine"])(
    "a section above %j keeps its header when it is removed",
    (below) => {
      const credentials = `[x]\nk = v\n[old/Role]\n${process}${below}\nl = w\n`;
      const plan = planProfiles({ config: undefined, credentials }, [], remove);
      expect(plan.removed).toEqual([name]);
      expect(plan.texts.credentials).toBe(credentials.replace(process, ""));
    },
  );

  test.each<[string, string]>([
    ["a byte order mark that begins the file", `\ufeff${section}`],
    ["a space and a comment after the header", section.replace("]", "] # mine")],
    ["tabs", section.replace("]", "]\t; mine").replace(" = ", "\t=\t")],
    ["U+0085 in a comment", `${section}# a\u0085\noutput = json\n`],
    ["U+0085 in a value", `${section}output = a\u0085b\u001c\n`],
    ["U+0085 alone on a line", `${section}\u0085\n`],
    ["U+0085 inside a key", `${section}a\u0085b = c\n`],
  ])("is none: %s", (_, credentials) => {
    const plan = planProfiles({ config: undefined, credentials }, [], remove);
    expect(plan).toMatchObject({ conflicts: [], removed: [name] });
  });
});

function whyAt(line: number): ProfileConflict["why"] {
  return expect.stringMatching(new RegExp(`^line ${line} is indented, and .*: remove the spaces`));
}
