// Codes are drawn by one library and read by another, from the characters a terminal would show.

import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "uqr";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { picture, readScreen } from "../../../test/support/qr-screen.ts";
import { otpauthUri } from "../../model/mfa/otpauth-uri.ts";
import { Secret } from "../../model/secret.ts";
import { drawModules, type QrCanvas } from "../../output/mfa/qr-drawing.ts";
import { openQr } from "./qr.ts";
import { readPicture } from "./qr-picture.ts";

const uri = otpauthUri({
  issuer: "AWS",
  label: "someone@main-account",
  seed: new Secret("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
});
const qr = openQr(async () => ({ readPicture }));

describe("draw()", () => {
  const canvases: readonly (readonly [string, QrCanvas])[] = [
    ["a dark terminal", { columns: 80, dark: true }],
    ["a light terminal", { columns: 80, dark: false }],
    ["a dark terminal without colours", { columns: 80, dark: true, color: false }],
    ["a light terminal without colours", { columns: 80, dark: false, color: false }],
    ["one of 80 by 24", { columns: 80, rows: 24, dark: true }],
    ["a narrow one", { columns: 46, dark: true }],
  ];
  test.each(canvases)("%s shows a code that another program reads", (_what, canvas) => {
    expect(readScreen(linesOf(canvas), canvas.dark)).toBe(uri.reveal());
  });

  test("with colours it is dark on light, on light and dark terminals", () => {
    const lines = linesOf({ columns: 80, dark: true });
    expect(readScreen(lines, false)).toBe(uri.reveal());
    expect(readScreen(linesOf({ columns: 80, dark: false }), true)).toBe(uri.reveal());
  });

  test("no line is wider than the terminal", () => {
    for (const columns of [45, 46, 47, 48, 49, 80]) {
      const widths = linesOf({ columns, dark: true, color: false }).map((line) => line.length);
      expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
    }
  });

  test.each([
    [{ columns: 40, dark: true }, /^it needs 45 columns, this terminal has 40$/],
    [{ columns: 80, rows: 20, dark: true }, /^it needs 23 lines, this terminal has 20$/],
  ])("says why there is none: %o", (canvas, why) => {
    const drawing = drawModules(qr.encode(uri), canvas);
    expect("reason" in drawing && drawing.reason).toMatch(why);
  });
});

describe("read()", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "awst-qr-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const save = (name: string, bytes: Uint8Array | string) => {
    const file = join(folder, name);
    writeFileSync(file, bytes);
    return file;
  };

  test.each([
    ["black on white", { dark: [0, 0, 0, 255], light: [255, 255, 255, 255] }],
    ["white on black", { dark: [255, 255, 255, 255], light: [0, 0, 0, 255] }],
    ["black on nothing", { dark: [0, 0, 0, 255], light: [0, 0, 0, 0] }],
  ])("reads a picture in %s", async (_what, colors) => {
    const read = await qr.read(save("code.png", picture(encode(uri.reveal()).data, colors)));
    expect(read?.reveal()).toBe(uri.reveal());
  });

  test("a picture without a code", async () => {
    const empty = Array.from({ length: 40 }, () => Array.from({ length: 40 }, () => false));
    expect(await qr.read(save("empty.png", picture(empty)))).toBeUndefined();
  });

  test("a file that is no picture, or cannot be unpacked, is refused", async () => {
    const whole = picture(encode("x").data);
    const vast = Buffer.from(whole);
    vast.writeUInt32BE(100_000, 16);
    vast.writeUInt32BE(100_000, 20);
    await expect(qr.read(save("a.png", "hello, this is no picture"))).rejects.toThrow(
      "is not a PNG",
    );
    await expect(qr.read(save("b.png", whole.subarray(0, 200)))).rejects.toThrow("damaged");
    await expect(qr.read(save("c.png", whole.subarray(0, 12)))).rejects.toThrow("is not a PNG");
    await expect(qr.read(save("d.png", vast))).rejects.toThrow("40 million");
    await expect(qr.read(join(folder, "none.png"))).rejects.toThrow("does not exist");
    await expect(qr.read(folder)).rejects.toThrow("is not a file");
    symlinkSync("/dev/zero", join(folder, "zero.png"));
    await expect(qr.read(join(folder, "zero.png"))).rejects.toThrow("is not a file");
  });
});

function linesOf(canvas: QrCanvas): readonly string[] {
  const drawing = drawModules(qr.encode(uri), canvas);
  if ("reason" in drawing) throw new Error(drawing.reason);
  return drawing.lines;
}
