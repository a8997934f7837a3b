// What an emulator of AWS answers to a call that it lacks, and what must not be mistaken for that.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { Secret } from "../../model/secret.ts";
import { openAdminIam } from "./admin-iam.ts";

const keys = { accessKeyId: "AKIATESTTESTTESTTEST", secretAccessKey: new Secret("test") };
const errorXml = (code: string) =>
  `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error><RequestId>1</RequestId></ErrorResponse>`;

async function list(status: number, type: string, body: string) {
  const server = createServer((_request, response) => {
    response.writeHead(status, { "content-type": type }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const env = { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
  try {
    const limits = { pauseMs: 1 };
    const iam = openAdminIam(keys, "eu-west-1", { env, debug: () => {}, limits });
    return await iam.listServiceCredentials(undefined);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test.each([
  ["moto's page", 500, "text/html", "<!doctype html><title>500 Internal Server Error</title>"],
  ["not implemented", 501, "text/html", "<p>Not Implemented"],
  ["an unknown action", 400, "text/xml", errorXml("InvalidAction")],
])("%s: no such credentials", async (_, status, type, body) => {
  expect(await list(status, type, body)).toEqual([]);
});

test.each([
  ["denied", 403, "text/xml", errorXml("AccessDenied"), "AWS_DENIED"],
  ["a page instead of a list", 200, "text/html", "<p>sign in", "AWS_RESPONSE_MALFORMED"],
  ["a bad gateway", 502, "text/html", "<p>Bad Gateway", "AWS_RESPONSE_MALFORMED"],
  ["throttled", 400, "text/xml", errorXml("Throttling"), "AWS_THROTTLED"],
])("%s: an error, and no empty list", async (_, status, type, body, code) => {
  await expect(list(status, type, body)).rejects.toMatchObject({ code });
});
