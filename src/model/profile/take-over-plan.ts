// Plans how profiles of other tools call awst instead, under their own names. Lines that say where credentials come
// from become comments; a section with a long-term key is left to `key import`.

import { classifySection, openProfileEdits } from "./aws-profiles.ts";
import { readValue } from "./ini-document.ts";
import type { PlanRules } from "./plan-rules.ts";
import { planProfiles, type WantedProfile } from "./profile-plan.ts";
import type { AwsFileTexts } from "./profile-sections.ts";

export interface TakeOverPlan {
  readonly texts: AwsFileTexts;
  /** Profiles that called another tool, or assumed a role themselves. */
  readonly takenOver: readonly string[];
  readonly skipped: readonly { readonly name: string; readonly why: string }[];
}

/**
 * `wanted`: the profiles of the aliases. Those that no tool has yet are written as usual. A section whose profile can't
 * be written afterwards stays as it is.
 */
export function planTakeOver(
  texts: AwsFileTexts,
  wanted: readonly WantedProfile[],
  rules: PlanRules = {},
): TakeOverPlan {
  const isAwstKey = rules.isAwstKey ?? (() => false);
  const edits = openProfileEdits(texts);
  const takenOver: string[] = [];
  const skipped: { readonly name: string; readonly why: string }[] = [];
  for (const { name } of wanted) {
    const conflicts = edits.named(name).flatMap((found) => {
      const content = classifySection(found.section, isAwstKey);
      return content.kind === "conflict" ? [{ found, why: content.why }] : [];
    });
    if (conflicts.length === 0) continue;
    const why = conflicts
      .map(({ found, why }) => whyLeft(name, why) ?? edits.whyFixed(found)?.why)
      .find((each) => each !== undefined);
    if (why !== undefined) {
      skipped.push({ name, why });
      continue;
    }
    for (const { found } of conflicts) edits.takeOver(found);
    takenOver.push(name);
  }
  // The region of a profile stays its region; awst does not record that it wrote it.
  const regionOf = (name: string) =>
    openProfileEdits(texts)
      .named(name)
      .map(({ section }) => readValue(section, "region"))
      .find((region) => region !== undefined && region !== "");
  const isSkipped = (name: string) => skipped.some((each) => each.name === name);
  const written = wanted
    .filter(({ name }) => !isSkipped(name))
    .map((each) => ({ ...each, region: regionOf(each.name) ?? each.region }));
  const plan = planProfiles(edits.texts(), written, rules);
  const left = [...plan.conflicts, ...plan.unwritable]
    .filter(({ name }) => written.some((each) => each.name === name))
    .filter(({ name }) => !plan.upToDate.includes(name))
    .map(({ name, why }) => ({ name, why }));
  const isLeft = (name: string) => left.some((each) => each.name === name);
  if (takenOver.some(isLeft)) {
    const others = wanted.filter(({ name }) => !isLeft(name));
    const again = planTakeOver(texts, others, rules);
    return { ...again, skipped: [...again.skipped, ...left] };
  }
  return {
    texts: plan.texts,
    takenOver: takenOver.filter((name) => plan.upToDate.includes(name)),
    skipped: [...skipped, ...left],
  };
}

function whyLeft(name: string, why: string): string | undefined {
  if (why.includes("long-term key") || why === "it holds a key") {
    return `${why}: awst key import ${JSON.stringify(name)}`;
  }
  return undefined;
}
