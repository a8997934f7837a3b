import { expect, test } from "vitest";
import { configurationOf, makeFakeMachine, role } from "../../test/support/fake-context.ts";
import { colorStyle, plainStyle } from "../output/style.ts";
import { command } from "./list.ts";

test("a production account is red; without colors the table is the same text", async () => {
  const base = configurationOf([role("Dev", 4)]);
  const main = base.accounts.get("main-account");
  if (main === undefined) throw new Error("the fake has no account");
  const accounts = new Map([
    ["main-account", main],
    ["live", { ...main, name: "live", production: true }],
  ]);
  const context = makeFakeMachine({ ...base, accounts }).process();
  const args = {
    ...{ account: undefined, identity: undefined, json: false, program: [] },
    ...{ command: "list", commandLine: ["awst", "list"], fullLine: ["awst", "list"] },
  };
  const { text } = await command.run(context, args);
  if (typeof text !== "function") throw new Error("the table has no style");
  const colored = text(colorStyle);
  expect(colored).toContain("\u001b[31mlive\u001b[39m          ");
  expect(colored).not.toContain("\u001b[31mmain-account");
  expect(text(plainStyle)).toMatch(/^live {10}111111111111 {2}Dev/m);
});
