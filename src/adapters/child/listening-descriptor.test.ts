// The descriptor of a listening socket: the kernel's table, and a real server.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { findListeningDescriptor, inodeOfListener } from "./listening-descriptor.ts";

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 111 1 0000 100 0 0 10 0
   1: 0100007F:1F90 0100007F:D2B4 01 00000000:00000000 00:00000000 00000000  1000        0 222 1 0000 20 4 30 10 -1
   2: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 333 1 0000 100 0 0 10 0
   3: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 444 1 0000 100 0 0 10 0
`;

test.each([
  ["the listener, not a connection or another address", 8080, "333"],
  ["a port with leading zeros", 80, "444"],
  ["a port without a listener", 8081, undefined],
])("%s", (_case, port, inode) => {
  expect(inodeOfListener(table, port)).toBe(inode);
});

test.skipIf(process.platform === "win32")("of a real server", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  expect(findListeningDescriptor(server, port)).toBeGreaterThan(2);
  server.close();
});
