// Lets time pass in a Node process that loads this file (NODE_OPTIONS=--require): Date, performance.now() and
// process.hrtime() are ahead by the number of seconds that stands in the file named by SHIFT_CLOCK_FILE, read again as
// it changes.
"use strict";
const { readFileSync } = require("node:fs");

const file = process.env.SHIFT_CLOCK_FILE;
if (file) {
  const RealDate = Date;
  const elapsed = performance.now.bind(performance);
  let aheadMs = 0;
  let readAt = Number.NEGATIVE_INFINITY;
  const ahead = () => {
    if (elapsed() - readAt > 50) {
      readAt = elapsed();
      try {
        aheadMs = Number(readFileSync(file, "utf8")) * 1000 || 0;
      } catch {
        aheadMs = 0;
      }
    }
    return aheadMs;
  };
  const now = () => RealDate.now() + ahead();
  performance.now = () => elapsed() + ahead();
  const { hrtime } = process;
  const shifted = (since = [0, 0]) => {
    const [seconds, nanoseconds] = hrtime();
    const more = nanoseconds + Math.round(ahead() * 1e6) - since[1];
    return [seconds - since[0] + Math.floor(more / 1e9), ((more % 1e9) + 1e9) % 1e9];
  };
  process.hrtime = Object.assign(shifted, { bigint: hrtime.bigint });
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, parts, made) =>
      Reflect.construct(target, parts.length === 0 ? [now()] : parts, made),
    apply: () => new RealDate(now()).toString(),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
}
