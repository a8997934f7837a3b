// As much of S3 as Terraform's backend asks of an empty bucket: listings without entries, no objects. It
// remembers who signed the last request, and checks nothing: STS is where signatures are checked.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface StateStore {
  readonly url: string;
  /** Of the last signed request. */
  accessKeyId(): string | undefined;
  stop(): Promise<void>;
}

export async function startStateStore(): Promise<StateStore> {
  let signer: string | undefined;
  const server = createServer((request, response) => {
    signer = /Credential=(\w+)\//.exec(request.headers.authorization ?? "")?.[1] ?? signer;
    const isListing = /^\/[^/?]+\/?(\?|$)/.test(request.url ?? "");
    response.writeHead(isListing ? 200 : 404, { "content-type": "application/xml" });
    response.end(
      isListing
        ? `<ListBucketResult><Name>state</Name><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>`
        : `<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>`,
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accessKeyId: () => signer,
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
