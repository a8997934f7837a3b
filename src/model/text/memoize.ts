// Memoizes pure functions. AWS's files and their lines are parsed by several functions of one command; each text is then
// parsed once. A process ends after one command, so nothing grows for long.

/**
 * Returns a function that computes each of its last `count` texts once. Its results are shared, so nothing may
 * change them.
 */
export function memoizeTexts<T>(count: number, compute: (text: string) => T): (text: string) => T {
  const results = new Map<string, { readonly value: T }>();
  return (text) => {
    const known = results.get(text);
    if (known !== undefined) return known.value;
    const value = compute(text);
    if (results.size >= count) {
      const [oldest] = results.keys();
      if (oldest !== undefined) results.delete(oldest);
    }
    results.set(text, { value });
    return value;
  };
}

/** Returns a function that computes its result when it is called first. */
export function lazy<T extends object>(compute: () => T): () => T {
  let result: T | undefined;
  return () => {
    result ??= compute();
    return result;
  };
}

/** Returns a function that computes its result once for each object, for as long as the object exists. */
export function memoizeByObject<K extends object, T>(compute: (key: K) => T): (key: K) => T {
  const results = new WeakMap<K, { readonly value: T }>();
  return (key) => {
    const known = results.get(key) ?? { value: compute(key) };
    results.set(key, known);
    return known.value;
  };
}
