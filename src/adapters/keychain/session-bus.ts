// Finds out whether the D-Bus daemon of the session responds. A daemon that hangs takes connections, and the
// keychain's binding would then wait for 25 s in each call, without a way to end it.

import { connect } from "node:net";
import { AwstError } from "../../model/errors.ts";

const answerMs = 3_000;

/** Errors: KEYCHAIN_UNREACHABLE when nothing answers within 3 s. A refused connection is left to the binding,
 *  whose error says more. */
export async function requireAnsweringBus(address: string, timeoutMs = answerMs): Promise<void> {
  const path = socketOf(address);
  if (path === undefined || (await answers(path, timeoutMs))) return;
  throw new AwstError(
    "KEYCHAIN_UNREACHABLE",
    `the system's keychain does not respond: the D-Bus daemon at ${address} hangs`,
    { hint: "log out and in again, or use the sealed file instead: AWST_KEYCHAIN=file" },
  );
}

/** Returns the socket of the first address of the list that names one. */
export function socketOf(address: string): string | undefined {
  const [, kind, value = ""] =
    /(?:^|;)unix:(?:[^;]*,)?(path|abstract)=([^,;]+)/.exec(address) ?? [];
  if (kind === undefined) return undefined;
  const path = decodeURIComponent(value);
  return kind === "abstract" ? `\0${path}` : path;
}

/** A D-Bus daemon answers every attempt to authenticate with a line. */
function answers(path: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const end = (result: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(end, timeoutMs, false);
    socket.once("data", () => end(true));
    // EAGAIN: the daemon no longer takes connections, since earlier ones wait for it.
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code !== "EAGAIN"));
    socket.once("close", () => end(true));
    socket.once("connect", () => socket.write("\0AUTH\r\n"));
  });
}
