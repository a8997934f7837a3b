// Refuses an access key in an AWS profile that AWS's tools would misread: a comment behind the value, a character
// that can't be seen. AWS would only answer that it does not know the key. Names the file, the line and the change.

import { AwstError } from "../../model/errors.ts";
import type { AwsFileTexts } from "../../model/profile/aws-profiles.ts";
import { keyProblemOf } from "../../model/profile/long-term-keys.ts";
import { locateProblem } from "../../output/profile/profile-report.ts";
import type { Needs } from "../../ports.ts";

/**
 * For a profile with a key, or for one in which awst found none.
 * Errors: FILE_MALFORMED.
 */
export function refuseMisreadKey(
  context: Needs<"paths">,
  texts: AwsFileTexts,
  profile: string,
): void {
  const problem = keyProblemOf(texts, profile);
  if (problem === undefined) return;
  throw new AwstError("FILE_MALFORMED", locateProblem(problem, context.paths), {
    hint: `in line ${problem.line}: ${problem.hint}`,
  });
}
