// Findings of an account besides unused access, from what was read for the verdicts and one call more.

import { isAwstError } from "../../model/errors.ts";
import type { AdminSettings } from "../model/admin-settings.ts";
import { type HygieneFinding, rootFindings, userFindings } from "../model/hygiene.ts";
import type { AdminContext } from "../ports.ts";
import type { PicturedUser } from "./read-account.ts";

/** Findings of the root user first, then in the order of the users. Errors: AWS_*; a denied call is a note. */
export async function readFindings(
  { iam, clock }: Pick<AdminContext, "iam" | "clock">,
  users: readonly PicturedUser[],
  { hygiene, groups }: AdminSettings,
): Promise<{ readonly findings: readonly HygieneFinding[]; readonly notes: readonly string[] }> {
  const { awsNow } = clock();
  const ofUsers = users.flatMap((each) =>
    userFindings(
      { ...each, name: each.user.name, groups: each.user.groups },
      hygiene,
      groups,
      awsNow,
    ),
  );
  try {
    const ofRoot = rootFindings(await iam.accountSummary());
    return { findings: [...ofRoot, ...ofUsers], notes: [] };
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED")) throw error;
    const note = `the root user is not judged: ${error.message}`;
    return { findings: ofUsers, notes: [note] };
  }
}
