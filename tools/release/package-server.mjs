// A registry on loopback with the packages of build/release, for trying out an installation before anything is
// published: `const registry = await servePackages(folder)`, and at the end `registry.close()`.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { run } from "./locked-package.mjs";

export async function servePackages(folder) {
  const files = readdirSync(folder).filter((name) => /^awst-.+\.tgz$/.test(name));
  const manifests = files.map((file) => {
    const text = run("tar", ["-xzOf", join(folder, file), "package/package.json"]);
    return { file, manifest: JSON.parse(text) };
  });
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "").slice(1);
    const found = manifests.find(({ file, manifest }) => [file, manifest.name].includes(path));
    if (found === undefined) {
      response.writeHead(404).end();
      return;
    }
    const bytes = readFileSync(join(folder, found.file));
    response.end(path === found.file ? bytes : JSON.stringify(describe(found, bytes)));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${server.address().port}/`;

  function describe({ file, manifest }, bytes) {
    const { name, version } = manifest;
    const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
    const dist = { tarball: `${url}${file}`, integrity };
    return {
      name,
      "dist-tags": { latest: version },
      versions: { [version]: { ...manifest, dist } },
    };
  }

  return {
    url,
    run: runWhileServing,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Runs a program while this process answers requests. Rejects with its output when it fails. */
function runWhileServing(program, args, options) {
  return new Promise((finished, failed) => {
    const child = spawn(program, args, options);
    const output = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data) => output.push(data));
    child.on("error", failed);
    child.on("close", (status) =>
      status === 0 ? finished() : failed(new Error(Buffer.concat(output).toString("utf8"))),
    );
  });
}
