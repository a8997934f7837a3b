// Finds the descriptor of a listening socket, so that a child process can inherit it. Node has no public way to it, and
// Bun has none at all, so on Linux it is found by what the kernel says about this process.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Server } from "node:http";

/** Returns undefined where no descriptor can be inherited (Windows), or none is found. */
export function findListeningDescriptor(server: Server, port: number): number | undefined {
  if (process.platform === "win32") return undefined;
  if (process.platform === "linux") return findByKernel(port);
  const { _handle: handle } = server as unknown as { _handle?: { readonly fd?: number } };
  return handle?.fd !== undefined && handle.fd > 2 ? handle.fd : undefined;
}

function findByKernel(port: number): number | undefined {
  try {
    const inode = inodeOfListener(readFileSync("/proc/self/net/tcp", "latin1"), port);
    if (inode === undefined) return undefined;
    const found = readdirSync("/proc/self/fd").find((each) => {
      return linkOf(`/proc/self/fd/${each}`) === `socket:[${inode}]`;
    });
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined;
  }
}

/** Returns the inode of the socket that listens on this port of 127.0.0.1. `table`: /proc/net/tcp. */
export function inodeOfListener(table: string, port: number): string | undefined {
  const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const listening = "0A";
  const rows = table.split("\n").map((line) => line.trim().split(/\s+/));
  return rows.find((row) => row[1] === address && row[3] === listening)?.[9];
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
