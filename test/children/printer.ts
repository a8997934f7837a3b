// Prints on its streams as awst does: argv names what to print.

import { openStreams } from "../../src/adapters/streams.ts";
import { exitStatus } from "../../src/model/errors.ts";

const [, , what, ...flags] = process.argv;
const streams = openStreams({ quiet: flags.includes("quiet"), debug: flags.includes("debug") });
let status = 0;
try {
  streams.say("first message");
  streams.debug("code 123456");
  if (what === "signs") streams.say("a\u001b[2J\nawst: b\u202ec");
  if (what === "program") await streams.out(JSON.stringify(streams.program));
  else if (what === "short") await streams.out("end\n");
  else await Promise.all([streams.out("x".repeat(3_000_000)), streams.out("end\n")]);
} catch (error) {
  streams.say(`error: ${error instanceof Error ? error.message : error}`);
  status = exitStatus(error);
}
process.exit(status);
