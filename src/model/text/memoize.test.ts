import { expect, test } from "vitest";
import { memoizeByObject, memoizeTexts } from "./memoize.ts";

test("the last texts are computed once, an older one again", () => {
  const computed: string[] = [];
  const length = memoizeTexts(2, (text) => {
    computed.push(text);
    return text.length;
  });
  expect(["a", "bb", "a", "ccc", "a"].map(length)).toEqual([1, 2, 1, 3, 1]);
  expect(computed).toEqual(["a", "bb", "ccc", "a"]);
});

test("undefined is a result too", () => {
  let count = 0;
  const nothing = memoizeTexts(2, () => {
    count += 1;
    return undefined;
  });
  nothing("a");
  nothing("a");
  expect(count).toBe(1);
});

test("an object is computed once, an equal one again", () => {
  let count = 0;
  const size = memoizeByObject((list: readonly number[]) => {
    count += 1;
    return list.length;
  });
  const one = [1];
  expect([size(one), size(one), size([1])]).toEqual([1, 1, 1]);
  expect(count).toBe(2);
});
