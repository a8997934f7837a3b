// moto's server, another implementation of AWS's services, on a port of its own.

import { once } from "node:events";
import { findProgram, type Started, startProcess } from "../support/processes.ts";

/** undefined: moto is not installed. */
export const motoProgram = findProgram("moto_server");

export interface Moto {
  readonly url: string;
  stop(): Promise<void>;
}

/** `more`: variables that change what moto has, as MOTO_IAM_LOAD_MANAGED_POLICIES for AWS's own policies. */
export async function startMoto(
  program: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Moto> {
  const command = [program, "-H", "127.0.0.1", "-p", "0"];
  const moto = startProcess(command, { env: { PATH: process.env.PATH ?? "", ...more } });
  const url = await readUrl(moto);
  return {
    url,
    async stop() {
      moto.child.kill("SIGTERM");
      await moto.finished;
    },
  };
}

/** moto prints the address that it listens on to stderr. */
async function readUrl({ child, finished }: Started): Promise<string> {
  const ended = finished.then(({ stderr }) => {
    throw new Error(`moto_server ended: ${stderr}`);
  });
  let printed = "";
  for (;;) {
    if (child.stderr === null) throw new Error("moto_server has no stderr");
    const [bytes] = await Promise.race([once(child.stderr, "data"), ended]);
    printed += bytes;
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0];
    if (url !== undefined) return url;
  }
}
