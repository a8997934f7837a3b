// Reads and prints durations. Inside awst, a duration is a number of whole seconds.

const units = { d: 86_400, h: 3_600, m: 60, s: 1 } as const;

/** Parses `90m`, `4h`, `1h30m`, `7d` or `3600`. Returns seconds; undefined for any other text. */
export function parseDuration(text: string): number | undefined {
  const written = text.trim();
  if (/^\d{1,9}$/.test(written)) return Number(written);
  const match = /^(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/.exec(written);
  if (written === "" || match === null) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return (
    (days ?? 0) * units.d +
    (hours ?? 0) * units.h +
    (minutes ?? 0) * units.m +
    (seconds ?? 0) * units.s
  );
}

/** Returns a text for users, rounded down: `3 h 59 min`, `4 h`, `12 min`, `45 s`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < units.m) return `${whole} s`;
  const hours = Math.floor(whole / units.h);
  const minutes = Math.floor((whole % units.h) / units.m);
  if (hours === 0) return `${minutes} min`;
  return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
}

/** Returns a text for the configuration and options: `1h30m`. `parseDuration` reads it back exactly. */
export function spellDuration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / units.h), "h"],
    [Math.floor((seconds % units.h) / units.m), "m"],
    [seconds % units.m, "s"],
  ] as const;
  return (
    parts
      .filter(([count]) => count > 0)
      .map(([count, unit]) => `${count}${unit}`)
      .join("") || "0s"
  );
}
