import { expect, test } from "vitest";
import { rememberObjects, rememberTexts } from "./remember.ts";

test("the last texts are computed once, an older one again", () => {
  const computed: string[] = [];
  const length = rememberTexts(2, (text) => {
    computed.push(text);
    return text.length;
  });
  expect(["a", "bb", "a", "ccc", "a"].map(length)).toEqual([1, 2, 1, 3, 1]);
  expect(computed).toEqual(["a", "bb", "ccc", "a"]);
});

test("undefined is a result too", () => {
  let count = 0;
  const nothing = rememberTexts(2, () => {
    count += 1;
    return undefined;
  });
  nothing("a");
  nothing("a");
  expect(count).toBe(1);
});

test("an object is computed once, an equal one again", () => {
  let count = 0;
  const size = rememberObjects((list: readonly number[]) => {
    count += 1;
    return list.length;
  });
  const one = [1];
  expect([size(one), size(one), size([1])]).toEqual([1, 1, 1]);
  expect(count).toBe(2);
});
