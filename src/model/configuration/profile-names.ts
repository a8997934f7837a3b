// Under which names a role is found in AWS's files. A template with a blank makes the name that AWS CLI,
// boto3 and Terraform find in the credentials file; one without, the name that every SDK finds.

/** In the order of the templates; equal ones once. */
export function profileNames(
  account: string,
  role: string,
  templates: readonly string[],
): readonly string[] {
  return [...new Set(templates.map((template) => fill(template, account, role)))];
}

/** A session that flags set apart: `{account}/{role}@{6 hex}`, without a blank. */
export function scopedProfileName(account: string, role: string, fingerprint: string): string {
  return spaceFree(`${account}/${role}@${fingerprint.slice(0, 6)}`);
}

/** Names that two different roles would share: each with the roles that claim it. */
export function sharedProfileNames(
  roles: readonly { readonly account: string; readonly role: string }[],
  templates: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const claims = new Map<string, string[]>();
  for (const { account, role } of roles) {
    for (const name of profileNames(account, role, templates)) {
      claims.set(name, [...(claims.get(name) ?? []), `${account} ${role}`]);
    }
  }
  return new Map([...claims].filter(([, owners]) => owners.length > 1));
}

/** Whether a name goes to the credentials file, where names with a blank are found. */
export function hasBlank(name: string): boolean {
  return /\s/.test(name);
}

/** Why no reader, or not every one, would find a section of this name; undefined when all is well. */
export function whyUnwritable(name: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const wrong = /[[\]#;\\\u0000-\u001f\u007f-\u009f\u2028\u2029]/.exec(name)?.[0];
  if (wrong !== undefined) return `${JSON.stringify(wrong)} can't stand in a section's name`;
  if (/\p{Surrogate}/u.test(name)) return "it is no valid text";
  if (name === "" || name !== name.trim()) return "it is empty, or begins or ends with a blank";
  if (/\s\s|[^\S ]/.test(name)) return "of blanks, readers tell apart single spaces alone";
  if (/^(profile|sso-session|services) /.test(name)) return "AWS reads its first word as a kind";
  return undefined;
}

function fill(template: string, account: string, role: string): string {
  const filled = template.replace(/\{(account|role)\}/g, (_, word: string) =>
    word === "account" ? account : role,
  );
  return hasBlank(template) ? filled : spaceFree(filled);
}

function spaceFree(name: string): string {
  return name.replace(/[^A-Za-z0-9_.@/:+%-]/gu, "-");
}
