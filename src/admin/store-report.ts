// Writes the page of `awst admin report`. It replaces an earlier report, and no other file, so that a mistyped name
// loses no file.

import { open, stat } from "node:fs/promises";
import { AwstError } from "../model/errors.ts";
import { systemErrorText } from "../model/text/system-error-text.ts";
import type { Needs } from "../ports.ts";
import { reportMark } from "./output/report-page.ts";

/** Called before AWS is: a path that can't be written costs no minute of reading. Errors: FILE_UNWRITABLE. */
export async function checkReportFile(context: Needs<"writeText">, path: string): Promise<void> {
  const start = await readStart(path);
  if (start !== "" && start !== reportMark) {
    throw new AwstError("FILE_UNWRITABLE", `${path} exists, and is not a report of awst`, {
      hint: "name another file after --html",
    });
  }
  await context.writeText(path, "", { isCheck: true });
}

/** The first characters of the file; `""` where there is no ordinary file to lose. */
async function readStart(path: string): Promise<string> {
  try {
    if (!(await stat(path)).isFile()) return "";
    await using file = await open(path, "r");
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(reportMark.length) });
    return buffer.toString("latin1", 0, bytesRead);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return "";
    const message = `${path} can't be read (${systemErrorText(cause)})`;
    throw new AwstError("FILE_UNWRITABLE", message, { cause });
  }
}
