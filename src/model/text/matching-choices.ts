// Filters the choices of a picker: every typed part must be in the label or the hint. Where no choice matches,
// the letters of every part must appear in their order: `prdev` finds `production Dev`.

interface Shown {
  readonly label: string;
  readonly hint?: string | undefined;
}

/** Returns the matching choices in their order. */
export function matchingChoices<T extends Shown>(
  choices: readonly T[],
  typed: string,
): readonly T[] {
  const parts = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const whole = choices.filter(({ label, hint = "" }) => {
    const shown = `${label} ${hint}`.toLowerCase();
    return parts.every((part) => shown.includes(part));
  });
  if (whole.length > 0) return whole;
  return choices.filter(({ label }) => parts.every((part) => isSpread(part, label.toLowerCase())));
}

function isSpread(part: string, text: string): boolean {
  let at = 0;
  for (const letter of part) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
