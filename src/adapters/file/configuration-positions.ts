// Finds the line and column of a setting in a TOML file. Loaded only after a check failed.

import { type AST, parseTOML } from "toml-eslint-parser";
import type { Path } from "../../model/configuration/toml-table.ts";

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

export type FindPosition = (path: Path, at: "key" | "value") => Position;

/** The deepest setting is `roles.NAME.tags.KEY`. Below that, a place is the nearest key above it. */
const deepest = 8;

/** Finds the key or value at a path, or else the nearest table above it, or else the start of the file. */
export function readPositions(text: string): FindPosition {
  const paths = new Map<string, { key: Position; value: Position }>();
  const put = (path: Path, key: AST.TOMLNode, value: AST.TOMLNode) => {
    const name = JSON.stringify(path);
    if (!paths.has(name)) paths.set(name, { key: startOf(key), value: startOf(value) });
  };
  const walkTree = parse(text);
  if (walkTree !== undefined) walk(walkTree.body[0].body, [], put);
  return (path, at) => {
    for (let length = Math.min(path.length, deepest); length > 0; length--) {
      const found = paths.get(JSON.stringify(path.slice(0, length)));
      if (found !== undefined) return length === path.length ? found[at] : found.key;
    }
    return { line: 1, column: 1 };
  };
}

type Put = (path: Path, key: AST.TOMLNode, value: AST.TOMLNode) => void;

/** Returns undefined where the two parsers disagree on what is TOML. Positions are then the file's start. */
function parse(text: string): AST.TOMLProgram | undefined {
  try {
    return parseTOML(text, { tomlVersion: "1.1" });
  } catch {
    return undefined;
  }
}

function walk(body: readonly (AST.TOMLTable | AST.TOMLKeyValue)[], above: Path, put: Put): void {
  for (const node of body) {
    if (node.type === "TOMLTable") {
      const whole = node.resolvedKey.slice(0, deepest);
      const above = node.resolvedKey.slice(0, node.resolvedKey.length - node.key.keys.length);
      putKeys(node.key.keys, above.slice(0, deepest), node, put);
      put(whole, node, node);
      walk(node.body, whole, put);
    } else {
      const whole = putKeys(node.key.keys, above, node.value, put);
      walkValue(node.value, whole, put);
    }
  }
}

/** Records every prefix of a dotted key at its key, and the whole key at its value. */
function putKeys(
  keys: readonly (AST.TOMLBare | AST.TOMLQuoted)[],
  above: Path,
  value: AST.TOMLNode,
  put: Put,
): Path {
  let path = above;
  for (const key of keys.slice(0, deepest - above.length)) {
    path = [...path, key.type === "TOMLBare" ? key.name : key.value];
    put(path, key, key === keys.at(-1) ? value : key);
  }
  return path;
}

function walkValue(value: AST.TOMLContentNode, path: Path, put: Put): void {
  if (path.length >= deepest) return;
  if (value.type === "TOMLInlineTable") walk(value.body, path, put);
  if (value.type !== "TOMLArray") return;
  value.elements.forEach((element, at) => {
    put([...path, at], element, element);
    walkValue(element, [...path, at], put);
  });
}

function startOf(node: AST.TOMLNode): Position {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}
