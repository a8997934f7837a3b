import { describe, expect, test } from "vitest";
import { openProfileEdits } from "./aws-profiles.ts";
import { planProfiles, type WantedProfile } from "./profile-plan.ts";
import { planTakeOver } from "./take-over-plan.ts";

const line = "/bin/awst credential-process prod Admin";
const prod: WantedProfile = { name: "prod", region: "eu-west-1", kind: "process", line };
const role = "role_arn = arn:aws:iam::222222222222:role/Admin\nsource_profile = me\n";
const temporary =
  "aws_access_key_id = ASIAEXAMPLE000000001\naws_secret_access_key = x\naws_session_token = t\n";

/** Removes the profile again: the undo. */
function undo(texts: { config: string | undefined; credentials: string | undefined }) {
  const rules = { shouldRemove: ({ name }: { name: string }) => name === "prod" };
  return planProfiles(texts, [], rules).texts;
}

describe("a profile of another tool calls awst, and its own lines come back byte for byte", () => {
  test.each<[name: string, config: string, credentials?: string]>([
    ["a role", `[profile prod]\n${role}`],
    [
      "a role between others",
      `[profile a]\nregion = x-1\n\n[profile prod]\n${role}\n[profile b]\n${role}`,
    ],
    ["its own region", `[profile prod]\n${role}region = us-east-1\n`],
    [
      "settings of the AWS CLI",
      `[profile prod]\n${role}output = json\ns3 =\n  addressing_style = path\n`,
    ],
    [
      "comments and odd spaces",
      `# mine\n[profile prod]  # here\n  role_arn=arn:aws:iam::222222222222:role/Admin\nsource_profile   =  me\n# last\n`,
    ],
    ["Windows line ends", `[profile prod]\r\n${role.replaceAll("\n", "\r\n")}`],
    ["no newline at the end", `[profile prod]\n${role}`.trimEnd()],
    ["another program", "[profile prod]\ncredential_process = aws-vault exec prod --json\n"],
    [
      "nested lines",
      `[profile prod]\nrole_arn =\n  arn:aws:iam::222222222222:role/Admin\nsource_profile = me\n`,
    ],
    [
      "a temporary key of aws-mfa",
      "",
      `[prod]\nassumed_role = True\n${temporary}expiration = 2026-01-01 00:00:00\n[other]\n`,
    ],
    [
      "both files",
      `[profile prod]\n${role}`,
      `[me]\nx = 1\n\n[prod]\n${temporary}manager = other\n`,
    ],
    [
      "IAM Identity Center",
      "[profile prod]\nsso_session = x\nsso_account_id = 1\nregion = us-east-1\n",
    ],
  ])("%s", (_, config, credentials = "") => {
    const texts = { config, credentials };
    const plan = planTakeOver(texts, [prod]);
    expect(plan).toMatchObject({ takenOver: ["prod"], skipped: [] });
    const sections = openProfileEdits(plan.texts).named("prod");
    const settings = sections.flatMap(({ section }) => section.entries.map(({ key }) => key));
    expect(settings).toContain("credential_process");
    expect(settings).not.toContain("role_arn");
    expect(plan.texts.config + (plan.texts.credentials ?? "")).toContain("# replaced by awst: ");
    expect(undo(plan.texts)).toEqual(texts);
    // A second time changes nothing.
    expect(planTakeOver(plan.texts, [prod])).toMatchObject({ takenOver: [], texts: plan.texts });
  });

  test("a region of the profile stays while awst owns it", () => {
    const config = `[profile prod]\n${role}region = us-east-1\n`;
    const plan = planTakeOver({ config, credentials: "" }, [prod], { writtenRegions: new Map() });
    expect(plan.texts.config).toContain("\nregion = us-east-1\n");
    expect(plan.texts.credentials).toContain("region = us-east-1");
    expect(undo(plan.texts).config).toBe(config);
  });
});

describe("a name with spaces calls awst, and its own lines come back byte for byte", () => {
  const name = "my prod";
  const wanted: WantedProfile = { ...prod, name };
  test.each<[name: string, config: string, credentials?: string]>([
    ["in quotes", `[profile "${name}"]\n${role}`],
    ["in single quotes", `[profile '${name}']\n${role}`],
    ["without quotes, which boto3 does not find", `[profile ${name}]\n${role}`],
    [
      "with its own region and settings",
      `[profile "${name}"]\n${role}region = us-east-1\noutput = json\n`,
    ],
    [
      "between others",
      `[profile a]\n${role}\n[profile "${name}"] # here\n${role}\n[profile b]\n${role}`,
    ],
    ["with Windows line ends", `[profile "${name}"]\r\n${role.replaceAll("\n", "\r\n")}`],
    ["without a newline at the end", `[profile "${name}"]\n${role}`.trimEnd()],
    [
      "that another program is called for",
      `[profile "${name}"]\ncredential_process = aws-vault exec "${name}" --json\n`,
    ],
    [
      "with a temporary key",
      "",
      `[${name}]\n${temporary}expiration = 2026-01-01 00:00:00\n[other]\n`,
    ],
    ["in both files", `[profile "${name}"]\n${role}`, `[${name}]\n${temporary}manager = other\n`],
  ])("%s", (_, config, credentials = "") => {
    const texts = { config, credentials };
    const plan = planTakeOver(texts, [wanted]);
    expect(plan).toMatchObject({ takenOver: [name], skipped: [] });
    const sections = openProfileEdits(plan.texts).named(name);
    const settings = sections.flatMap(({ section }) => section.entries.map(({ key }) => key));
    expect(settings).toContain("credential_process");
    expect(settings).not.toContain("role_arn");
    const rules = { shouldRemove: (found: { name: string }) => found.name === name };
    expect(planProfiles(plan.texts, [], rules).texts).toEqual(texts);
    expect(planTakeOver(plan.texts, [wanted])).toMatchObject({ takenOver: [], texts: plan.texts });
  });
});

test("a name with spaces stays while the file with its own lines can't be written", () => {
  const name = "my prod";
  const config = `[profile "${name}"]\n${role}`;
  const { texts } = planTakeOver({ config, credentials: "" }, [{ ...prod, name }]);
  const shouldRemove = (found: { name: string }) => found.name === name;
  const problems = { config: "config is read-only" };
  const plan = planProfiles(texts, [], { shouldRemove, problems });
  expect(plan).toMatchObject({ texts, removed: [] });
  expect(planProfiles(texts, [], { shouldRemove }).texts.config).toBe(config);
});

describe("stays as it is", () => {
  test.each<
    [name: string, config: string, credentials: string, wanted: WantedProfile, why: RegExp]
  >([
    [
      "a long-term key",
      "",
      "[prod]\naws_access_key_id = AKIAEXAMPLE000000001\naws_secret_access_key = x\n",
      prod,
      /long-term key: awst key import "prod"/,
    ],
  ])("%s", (_, config, credentials, wanted, why) => {
    const plan = planTakeOver({ config, credentials }, [wanted]);
    expect(plan.takenOver).toEqual([]);
    expect(plan.skipped[0]?.why).toMatch(why);
    expect(plan.texts).toEqual({ config, credentials });
  });
});
