// What a TOML syntax error means to the person who wrote the line, where it can be told.

import type { TomlError } from "smol-toml";

import type { LocatedProblem } from "../../model/configuration/configuration.ts";

export function explainSyntax(text: string, error: TomlError): LocatedProblem {
  const { line, column } = error;
  const source = (text.split(/\r?\n/)[line - 1] ?? "").trim();
  return {
    line,
    column,
    ...(explainLine(source) ?? { message: plainMessage(error), hint: undefined }),
  };
}

function explainLine(
  source: string,
): { readonly message: string; readonly hint: string } | undefined {
  // awstools' parser let this pass; TOML does not.
  const onHeader = /^(\[[^\]]+\])\s*([^\s#\]].*)$/.exec(source);
  if (onHeader?.[2]?.includes("=")) {
    const message = `a setting stands on the line of its header ${onHeader[1]}`;
    return { message, hint: `put it on a line of its own: ${onHeader[2]}` };
  }
  const bareId = /^(.+?)\s*=\s*(0\d+)\s*(#.*)?$/.exec(source);
  if (bareId !== null) {
    const message = `${bareId[1]} must be a string, not a number`;
    return { message, hint: `write it in quotes: ${bareId[1]} = "${bareId[2]}"` };
  }
  const bareText = /^([^=\s]+)\s*=\s*([A-Za-z<][^"'#]*?)\s*(#.*)?$/.exec(source);
  if (bareText !== null && !/^(true|false|inf|nan)$/.test(bareText[2] ?? "")) {
    const message = `${bareText[1]} must be a string in quotes`;
    return { message, hint: `write it in quotes: ${bareText[1]} = "${bareText[2]}"` };
  }
  return undefined;
}

function plainMessage(error: TomlError): string {
  const [first = ""] = error.message.split("\n");
  return `not valid TOML: ${first.replace(/^Invalid TOML document:\s*/, "")}`;
}
