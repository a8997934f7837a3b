import { describe, expect, test } from "vitest";
import { marker, shells, shellVariable } from "../../model/shell/shells.ts";
import { setupLine, shellFunction } from "./shell-functions.ts";

const golden = (name: string) => `../../../test/golden/shells/${name}`;

describe.each(shells)("%s", (shell) => {
  test("the function, as a golden file", async () => {
    const text = shellFunction(shell, { awsAssume: true, awsume: true, awsumeVariables: true });
    await expect(text).toMatchFileSnapshot(golden(`shell-init.${shell}`));
  });

  test("says which shell it is, and knows its marker", () => {
    const text = shellFunction(shell, {
      awsAssume: false,
      awsume: false,
      awsumeVariables: false,
    });
    expect(text).toContain(shellVariable);
    expect(text).toContain(marker);
    expect(text).not.toContain("aws_assume");
    expect(text).not.toContain("awsume");
    expect(text).not.toMatch(/AROUND|MARKER/);
  });

  test("the line to add names it", () => {
    expect(setupLine(shell).line).toContain(`awst shell-init ${shell}`);
  });
});
