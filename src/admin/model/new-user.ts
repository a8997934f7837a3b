// Checks what was typed for a new user before AWS is asked, so that no plan is shown that AWS refuses.

import { AwstError } from "../../model/errors.ts";
import { descriptionProblem } from "../../model/key/key-description.ts";

export interface NewUserOptions {
  readonly path: string | undefined;
  /** The ARN of a policy. */
  readonly boundary: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** Errors: USAGE. */
export function checkNewUser({ path, boundary, tags }: NewUserOptions): void {
  if (path !== undefined && !isUserPath(path)) {
    const slashed = `/${path.split("/").filter(Boolean).join("/")}/`;
    throw new AwstError("USAGE", `--path ${JSON.stringify(path)} is not a path of IAM`, {
      hint: `--path ${isUserPath(slashed) ? slashed : "/staff/"}`,
    });
  }
  if (boundary !== undefined && !isPolicyArn(boundary)) {
    throw new AwstError(
      "USAGE",
      `--boundary ${JSON.stringify(boundary)} is not the ARN of a policy`,
      {
        hint: "--boundary arn:aws:iam::111122223333:policy/NAME",
      },
    );
  }
  for (const [name, value] of Object.entries(tags)) {
    const problem = descriptionProblem(value) ?? descriptionProblem(name);
    if (problem !== undefined) throw new AwstError("USAGE", `the tag ${name} ${problem}`);
    if (name.toLowerCase() !== "email" || isAddress(value)) continue;
    throw new AwstError("USAGE", `the tag ${name} ${JSON.stringify(value)} is not a mail address`, {
      hint: "--email alice@example.com",
    });
  }
}

/** IAM: `/`, or visible ASCII characters between slashes; at most 512. */
export function isUserPath(text: string): boolean {
  return text.length <= 512 && /^\/(?:[\x21-\x7e]+\/)?$/.test(text);
}

/** A policy of an account or of AWS (`arn:aws:iam::aws:policy/…`); IAM allows 20 to 2,048 characters. */
function isPolicyArn(text: string): boolean {
  return (
    text.length <= 2_048 &&
    /^arn:aws[a-z-]*:iam::(?:\d{12}|aws):policy\/(?:[\x21-\x7e]+\/)?[\w+=,.@-]{1,128}$/.test(text)
  );
}

function isAddress(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(text);
}
