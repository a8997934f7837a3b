// Who can change a file besides this user: a table of owners and modes, and real files.

import { chmodSync, mkdtempSync, rmSync, type Stats, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { whyOthersCanChange } from "./file-owner.ts";

const me = 1000;
const ours = [1000, 1000, 0o755];

test.each<[string, number[], number[], RegExp | undefined]>([
  ["ours alone", [1000, 1000, 0o600], ours, undefined],
  ["everyone may read it", [1000, 1000, 0o644], ours, undefined],
  ["the administrator's", [0, 0, 0o644], [0, 0, 0o755], undefined],
  ["our own group may write it", [1000, 1000, 0o664], [1000, 1000, 0o775], undefined],
  ["the administrator's group may write it", [1000, 0, 0o664], ours, undefined],
  ["a group may write it", [1000, 100, 0o664], ours, /a group can write \/f\/file/],
  ["everyone may write it", [1000, 1000, 0o646], ours, /other users can write \/f\/file/],
  ["another user's", [1001, 1000, 0o600], ours, /\/f\/file belongs to another user/],
  ["everyone may replace it", [1000, 1000, 0o600], [1000, 1000, 0o777], /can write \/f;/],
  ["a group may replace it", [1000, 1000, 0o600], [1000, 100, 0o775], /a group can write \/f;/],
  ["in another user's folder", [1000, 1000, 0o600], [1001, 1001, 0o755], /\/f belongs to another/],
  ["in /tmp", [1000, 1000, 0o600], [0, 0, 0o1777], undefined],
  ["another user's in /tmp", [1001, 1001, 0o644], [0, 0, 0o1777], /file belongs to another user/],
])("who can change a file: %s", (_case, file, folder, why) => {
  const stat = (path: string) => {
    const [uid, gid, mode] = path === "/f/file" ? file : folder;
    return { uid, gid, mode } as Stats;
  };
  const found = whyOthersCanChange("/f/file", [me], stat);
  if (why === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(why);
});

test.skipIf(process.getuid === undefined)("a link is followed to the file that is read", () => {
  const folder = mkdtempSync(join(tmpdir(), "awst-owner-"));
  try {
    const [file, link] = [join(folder, "file"), join(folder, "link")];
    writeFileSync(file, "", { mode: 0o600 });
    symlinkSync(file, link);
    expect(whyOthersCanChange(link)).toBeUndefined();
    chmodSync(file, 0o666);
    expect(whyOthersCanChange(link)).toContain(file);
    expect(whyOthersCanChange(join(folder, "absent"))).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
