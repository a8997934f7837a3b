// Preloaded by `npm run bench -- --scale`: reports the process's peak of memory, in KB, on descriptor 3.
process.on("exit", () => {
  try {
    require("node:fs").writeSync(3, String(process.resourceUsage().maxRSS));
  } catch {}
});
