// Checks the input of AssumeRole against AWS's limits before a call: lengths and characters. Each function
// returns the problem as text that follows the input's name; undefined for valid input.

const secondsPer = { minute: 60, hour: 3600 } as const;
export const minSessionSeconds = 15 * secondsPer.minute;
export const maxRoleSeconds = 12 * secondsPer.hour;
export const maxMfaSeconds = 36 * secondsPer.hour;
/** AWS limits a session of a role that was assumed from another session (role chaining). */
export const maxChainedSeconds = secondsPer.hour;

export function durationProblem(seconds: number, isSingle: boolean): string | undefined {
  const longest = isSingle ? maxRoleSeconds : maxMfaSeconds;
  if (Number.isInteger(seconds) && seconds >= minSessionSeconds && seconds <= longest) {
    return undefined;
  }
  return `is out of range: 15m to ${longest / secondsPer.hour}h${isSingle ? " for a single session" : ""}`;
}

/** Returns the allowed duration that is nearest to one that is out of range. */
export function nearestDuration(seconds: number, isSingle: boolean): string {
  const longest = isSingle ? maxRoleSeconds : maxMfaSeconds;
  return seconds > longest ? `${longest / secondsPer.hour}h` : "15m";
}

export function sessionNameProblem(text: string): string | undefined {
  if (/^[\w+=,.@-]{2,64}$/.test(text)) return undefined;
  return "must be 2 to 64 letters, digits or any of _+=,.@-";
}

export function externalIdProblem(text: string): string | undefined {
  if (/^[\w+=,.@:/-]{2,1224}$/.test(text)) return undefined;
  return "must be 2 to 1224 letters, digits or any of _+=,.@:/-";
}

/** `ReadOnly`, `audit/ReadOnly`: a role's name after its path. */
export function roleNameProblem(text: string): string | undefined {
  const parts = text.split("/");
  const name = parts.pop() ?? "";
  if (!/^[\w+=,.@-]{1,64}$/.test(name)) {
    return "is not a role name: 1 to 64 letters, digits or any of _+=,.@-, after an optional path such as audit/";
  }
  const path = `/${parts.map((part) => `${part}/`).join("")}`;
  if (path.length <= 512 && parts.every((part) => /^[\x21-\x7e]+$/.test(part))) return undefined;
  return "is not a role name: its path has an empty part, a space or more than 512 characters";
}

export function policyArnsProblem(arns: readonly string[]): string | undefined {
  if (arns.length > 10) return `are ${arns.length}: AWS allows 10`;
  const wrong = arns.find((arn) => !isPolicyArn(arn));
  if (wrong === undefined) return undefined;
  return `contain ${JSON.stringify(wrong)}, which is not the ARN of a policy (arn:aws:iam::aws:policy/ReadOnlyAccess)`;
}

export function policyProblem(text: string): string | undefined {
  if (text.length > 2048)
    return `has ${text.length} characters: AWS allows 2048, white space included`;
  if (!/^[\t\n\r\x20-\xff]+$/.test(text)) return "has characters that AWS does not allow";
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return undefined;
  } catch {
    return "is not JSON";
  }
  return "is not a JSON object";
}

export function tagsProblem(tags: Readonly<Record<string, string>>): string | undefined {
  const keys = Object.keys(tags);
  if (keys.length > 50) return `are ${keys.length}: AWS allows 50`;
  const seen = new Set<string>();
  for (const key of keys) {
    const problem = tagProblem(key, tags[key] ?? "");
    if (problem !== undefined) return problem;
    if (seen.has(key.toLowerCase())) {
      return `name ${JSON.stringify(key)} twice: AWS compares them without case`;
    }
    seen.add(key.toLowerCase());
  }
  return undefined;
}

function tagProblem(key: string, value: string): string | undefined {
  const characters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
  const name = JSON.stringify(key);
  if (key === "" || [...key].length > 128) return `have a key that is not 1 to 128 characters long`;
  if ([...value].length > 256) return `have more than 256 characters at ${name}`;
  if (/^aws:/i.test(key)) return `name ${name}: AWS reserves names that begin with aws:`;
  if (characters.test(key) && characters.test(value)) return undefined;
  return `have a character at ${name} that AWS does not allow: letters, digits, spaces and _.:/=+-@ only`;
}

function isPolicyArn(arn: string): boolean {
  if (arn.length < 20 || arn.length > 2048) return false;
  return /^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/[\x21-\x7e]*[\w+=,.@-]$/.test(arn);
}

/** A role session's name for a user: trust policies compare the two; AWS wants two characters at least. */
export function sessionNameOf(userName: string): string {
  return userName.length < 2 ? `${userName}_` : userName;
}
