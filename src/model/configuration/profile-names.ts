// The profile names of a role in AWS's files. AWS CLI, boto3, Go and Terraform find a name with a space
// (in the credentials file); every SDK finds a name without one.

/** Used without `[write] profiles`. */
export const defaultTemplates: readonly string[] = ["{account} {role}", "{account}/{role}"];

/**
 * Returns the names in the order of the templates, without duplicates. `plain`: the account's name in names without a
 * space, where it differs (`plainAccountNames`).
 */
export function profileNames(
  account: string,
  role: string,
  templates: readonly string[],
  plain: string = account,
): readonly string[] {
  return withoutRepeated(templates.map((template) => fill(template, { account, plain, role })));
}

/**
 * Returns the account names that names without a space contain: every character that not every SDK reads is a `-`.
 * A name without any letter or digit left is replaced by the account's id. Where two names become the same, each that
 * was changed gets its id appended. So it never depends on the order of the accounts which one has which name.
 */
export function plainAccountNames(
  accounts: Iterable<{ readonly name: string; readonly id: string }>,
): ReadonlyMap<string, string> {
  const all = [...accounts].map(({ name, id }) => {
    const replaced = replaceSpaces(name);
    return { name, id, plain: /[A-Za-z0-9]/.test(replaced) ? replaced : id };
  });
  const counts = new Map<string, number>();
  for (const { plain } of all) counts.set(plain, (counts.get(plain) ?? 0) + 1);
  return new Map(
    all.map(({ name, id, plain }) => {
      const isChanged = plain !== name && plain !== id;
      return [name, isChanged && (counts.get(plain) ?? 0) > 1 ? `${plain}-${id}` : plain];
    }),
  );
}

/**
 * Returns the name that awst prints for AWS_PROFILE: that of `template` ([write] print), or the first name
 * without a space. Where neither is among `names`, the first name; undefined where there are no names.
 */
export function printedProfileName(
  names: readonly string[],
  wanted: {
    readonly account: string;
    readonly role: string;
    readonly template: string | undefined;
    readonly plain?: string | undefined;
  },
): string | undefined {
  const { account, role, template, plain = account } = wanted;
  const chosen = template && fill(template, { account, plain, role });
  return names.find((name) => name === chosen) ?? names.find((name) => !hasSpace(name)) ?? names[0];
}

/** Returns the name for a session with flags of its own: `{account}/{role}@{6 hex digits}`, no spaces. */
export function scopedProfileName(account: string, role: string, fingerprint: string): string {
  return replaceSpaces(`${account}/${role}@${fingerprint.slice(0, 6)}`);
}

export interface ProfileNameOwners {
  /** Returns the first role that has this name: `production AdminAccess`. */
  first(name: string): string | undefined;
  /** Returns the names that two roles would share, each with the roles that use it. */
  shared(): ReadonlyMap<string, readonly string[]>;
}

/** An account and the names of its roles. */
export interface AccountToName {
  readonly name: string;
  readonly roles: readonly string[];
}

/** Returns which roles have which names. The names of thousands of roles are made only when they are needed. */
export function profileNameOwners(
  accounts: readonly AccountToName[],
  templates: readonly string[],
  plainNames: ReadonlyMap<string, string> = new Map(),
): ProfileNameOwners {
  let made: ReadonlyMap<string, readonly string[]> | undefined;
  const owners = () => {
    made ??= ownersByName(accounts, templates, plainNames);
    return made;
  };
  return {
    first: (name) => owners().get(name)?.[0],
    shared: () => {
      if (areNamesDistinct(accounts, templates)) return new Map();
      return new Map([...owners()].filter(([, roles]) => roles.length > 1));
    },
  };
}

function ownersByName(
  accounts: readonly AccountToName[],
  templates: readonly string[],
  plainNames: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, string[]>();
  for (const { name: account, roles } of accounts) {
    for (const role of roles) {
      const owner = `${account} ${role}`;
      for (const name of profileNames(account, role, templates, plainNames.get(account))) {
        const others = owners.get(name);
        if (others === undefined) owners.set(name, [owner]);
        else others.push(owner);
      }
    }
  }
  return owners;
}

/**
 * Whether no two roles can have the same name, so that no name has to be made: each template is an account and a role
 * around one sign that is in neither, and no character of theirs is replaced. `{account} {role}` and
 * `{account}/{role}` with usual names are so. Otherwise false, which says nothing.
 */
export function areNamesDistinct(
  accounts: readonly AccountToName[],
  templates: readonly string[],
): boolean {
  const areUsual = (names: readonly string[]) =>
    new Set(names).size === names.length && names.every((name) => usualName.test(name));
  // Most accounts have the roles of the configuration, which are one list.
  const lists = new Set(accounts.map(({ roles }) => roles));
  return (
    templates.every((template) => usualTemplate.test(template)) &&
    areUsual(accounts.map(({ name }) => name)) &&
    [...lists].every(areUsual)
  );
}

const usualTemplate = /^\{account\}[ /:]\{role\}$/;
/** With a letter or a digit first: an account's name that has none is replaced by its id. */
const usualName = /^[A-Za-z0-9][A-Za-z0-9_.@+%-]*$/;

/** Returns whether a name has a space, and so belongs into the credentials file. */
export function hasSpace(name: string): boolean {
  return /\s/.test(name);
}

/** Returns why some AWS tool would not find a profile of this name; undefined for a valid name. */
export function whyInvalidName(name: string): string | undefined {
  return usualProfileName.test(name) ? undefined : whyUnusualName(name);
}

/** One word or two, and the first is no type of a section: what thousands of names are. */
const usualProfileName =
  /^(?!(?:profile|sso-session|services) )[A-Za-z0-9_.@/:+%-]+(?: [A-Za-z0-9_.@/:+%-]+)?$/;

function whyUnusualName(name: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the expression searches for them
  const wrong = /[[\]#;\\\u0000-\u001f\u007f-\u009f\u2028\u2029]/.exec(name)?.[0];
  if (wrong !== undefined) return `${JSON.stringify(wrong)} can't be in a section's name`;
  if (/\p{Surrogate}/u.test(name)) return "it is not valid text";
  if (name === "" || name !== name.trim()) return "it is empty, or starts or ends with a space";
  if (/\s\s|[^\S ]/.test(name)) return "AWS's tools read only single spaces in a name";
  if (/^(profile|sso-session|services) /.test(name))
    return "AWS reads its first word as the type of the section";
  return undefined;
}

/** Returns the texts, each once, in their order. */
export function withoutRepeated(texts: readonly string[]): readonly string[] {
  // Two names are the rule, for each of thousands of roles.
  if (texts.length < 2 || (texts.length === 2 && texts[0] !== texts[1])) return texts;
  return [...new Set(texts)];
}

interface ReadTemplate {
  readonly isSpaced: boolean;
  /** At odd places, the names of what stands there. */
  readonly parts: readonly string[];
}

/** The same few templates are filled for each of thousands of roles. */
const readTemplates = new Map<string, ReadTemplate>();

function readTemplate(template: string): ReadTemplate {
  const known = readTemplates.get(template);
  if (known !== undefined) return known;
  const parts = template.split(/\{(account|role)\}/);
  const read = { isSpaced: hasSpace(template), parts };
  readTemplates.set(template, read);
  return read;
}

function fill(
  template: string,
  names: { readonly account: string; readonly plain: string; readonly role: string },
): string {
  const { isSpaced, parts } = readTemplate(template);
  const account = isSpaced ? names.account : names.plain;
  let filled = "";
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at] ?? "";
    filled += at % 2 === 0 ? part : part === "account" ? account : names.role;
  }
  return isSpaced ? filled : replaceSpaces(filled);
}

function replaceSpaces(name: string): string {
  return name.replace(/[^A-Za-z0-9_.@/:+%-]/gu, "-");
}
