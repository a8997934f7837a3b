// What a person means by what was typed into a picker: every word somewhere in the label or the hint; where
// nothing has them so, the letters of every word in their order, `prdev` for `production Dev`.

interface Shown {
  readonly label: string;
  readonly hint?: string | undefined;
}

/** In the order given. */
export function matchingChoices<T extends Shown>(
  choices: readonly T[],
  typed: string,
): readonly T[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const whole = choices.filter(({ label, hint = "" }) => {
    const shown = `${label} ${hint}`.toLowerCase();
    return words.every((word) => shown.includes(word));
  });
  if (whole.length > 0) return whole;
  return choices.filter(({ label }) => words.every((word) => isSpread(word, label.toLowerCase())));
}

function isSpread(word: string, text: string): boolean {
  let at = 0;
  for (const letter of word) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
