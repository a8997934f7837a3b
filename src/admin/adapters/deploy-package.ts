// Reads the function's code and its template, which are beside the program: dist/lambda of the npm package. The
// stand-alone program is one file and has neither.

import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { AwstError } from "../../model/errors.ts";

export interface DeployPackage {
  /** Absolute paths. */
  readonly zipPath: string;
  readonly templatePath: string;
  readonly zip: Uint8Array;
  readonly template: string;
}

/** `program`: [node, bin/awst.js], or one stand-alone program. Errors: FILE_UNREADABLE. */
export function readDeployPackage(program: readonly string[]): DeployPackage {
  const script = program.length > 1 ? program.at(-1) : undefined;
  const folder = script === undefined ? undefined : findFolder(dirname(realpathSync(script)));
  if (folder === undefined) {
    throw new AwstError("FILE_UNREADABLE", "this program has no code for Lambda beside it", {
      hint: "npm install --global awst, and run the command with that awst",
    });
  }
  const zipPath = join(folder, "awst-admin.zip");
  const templatePath = join(folder, "dormant-users.yaml");
  return {
    zipPath,
    templatePath,
    zip: readFileSync(zipPath),
    template: readFileSync(templatePath, "utf8"),
  };
}

/** Beside bin/, or beside the program itself in dist/. */
function findFolder(start: string): string | undefined {
  const folders = [join(start, "..", "dist", "lambda"), join(start, "lambda")];
  return folders.find((folder) => existsSync(join(folder, "awst-admin.zip")));
}
