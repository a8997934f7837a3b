// Patterns with `*`, `?` and policy variables, against one text.

/** What is known of a request, by condition key in lower case. Absent is not the same as empty. */
export type Context = ReadonlyMap<string, readonly string[]>;

export function isLike(text: string, pattern: string, options: { ignoreCase?: boolean } = {}) {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  const expression = source.replaceAll("*", "[^]*").replaceAll("?", "[^]");
  return new RegExp(`^${expression}$`, options.ignoreCase ? "i" : "").test(text);
}

/** undefined where a variable has no value: such a pattern matches nothing. */
export function fillIn(pattern: string, context: Context): string | undefined {
  let isComplete = true;
  const filled = pattern.replace(/\$\{([^}]+)\}/g, (_whole, name: string) => {
    const values = context.get(name.toLowerCase());
    if (values?.length !== 1) isComplete = false;
    return values?.[0] ?? "";
  });
  return isComplete ? filled : undefined;
}
