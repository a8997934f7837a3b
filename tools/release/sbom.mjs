// The software bill of materials in CycloneDX: every package that is inside the program or installed beside it,
// with the hashes of the lock file. The same sources give the same bytes.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./locked-package.mjs";

/**
 * Returns the text. `bundled`: names of the packages in dist/, as the build lists them. `epochSeconds`: the
 * time of the commit.
 */
export function sbomText(root, bundled, epochSeconds) {
  const args = ["sbom", "--package-lock-only", "--sbom-format", "cyclonedx"];
  const all = JSON.parse(run("npm", args, { cwd: root }));
  const { packages } = JSON.parse(readFileSync(join(root, "npm-shrinkwrap.json"), "utf8"));
  const installed = Object.entries(packages)
    .filter(([path, { dev }]) => path !== "" && dev !== true)
    .map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
  const shipped = new Set([...bundled, ...installed, "bun"]);
  const components = all.components
    .filter(({ name }) => shipped.has(name))
    .map((component) => ({ ...component, scope: "required" }))
    .sort((one, other) => (one["bom-ref"] < other["bom-ref"] ? -1 : 1));
  const missing = [...shipped].filter((name) => !components.some((each) => each.name === name));
  if (missing.length > 0) throw new Error(`not in npm-shrinkwrap.json: ${missing.join(", ")}`);
  const refs = new Set(components.map((each) => each["bom-ref"]));
  const { component } = all.metadata;
  const document = {
    $schema: all.$schema,
    bomFormat: all.bomFormat,
    specVersion: all.specVersion,
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(components))}`,
    version: 1,
    metadata: {
      timestamp: new Date(epochSeconds * 1000).toISOString(),
      lifecycles: [{ phase: "build" }],
      component: { ...component, type: "application", name: "awst" },
    },
    components,
    dependencies: all.dependencies
      .filter(({ ref }) => refs.has(ref) || ref === component["bom-ref"])
      .map(({ ref, dependsOn = [] }) => ({
        ref,
        dependsOn: dependsOn.filter((each) => refs.has(each)),
      })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** A UUID of version 8, made from the content. */
function uuidOf(text) {
  const hex = createHash("sha256").update(text).digest("hex");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`];
  return [...parts, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join("-");
}
