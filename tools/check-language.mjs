// Finds words that style.md replaced, in names, comments, strings and pages.
//   node tools/check-language.mjs                 counts for each module
//   node tools/check-language.mjs src/flows/mfa   every occurrence in a folder or a file
//   … --voice                                     also phrases that are only suspicious
// Identifiers are compared by their parts: `takeTurn` is "take turn". test/language.test.ts runs it.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folders = ["src", "sandbox", "test", "tools", "docs", ".github"];
const files = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "config.example.toml", ".ci/run"];
const readable = /(\.(ts|mts|mjs|cjs|js|py|md|txt|toml|yml|sh|bash|zsh|fish|ps1)|\.ci\/run)$/;

/** This tool and its test name the words that they look for. */
const notRead = /^(tools\/check-language\.(mjs|d\.mts)|test\/language\.test\.ts)$/;

// Each rule: the words (a regular expression over lower-case words separated by single spaces) and what
// to write instead. `in: "names"` looks at identifiers and file names only.
const rules = [
  { words: "wish(?:es|ed)?", instead: "request, options" },
  {
    words: "hands|in hand|handed|hands? (?:on|over|out|back)",
    instead: "context, effects; pass, return, print",
  },
  {
    words: "takes? turns?|takers?|(?:its|their|his|your|next|a|the|one|each) turn",
    instead: "lock, single flight",
  },
  { words: "turns?", in: "names", instead: "lock, single flight" },
  { words: "holders?", instead: "lock owner" },
  { words: "(?:un)?learn(?:s|ed|ing)?", instead: "cached facts: userCache, roleLimits" },
  { words: "obstacles?|in the way", instead: "conflict" },
  { words: "sightings?|sighted", instead: "occurrence" },
  { words: "prov(?:e|es|ed|en|ing)|unproved|unproven", instead: "verify, verified, show" },
  { words: "begun", instead: "started" },
  { words: "go(?:es|ing)? on|went on", instead: "resume, continue" },
  { words: "tak(?:e|es|en|ing) back|took back", instead: "roll back" },
  { words: "tak(?:e|es|en|ing) away|took away", instead: "delete, remove" },
  { words: "leav(?:e|es|ing) alone|left alone|leaves? .{1,20} alone", instead: "skip" },
  { words: "put(?:s|ting)? (?:away|back)", instead: "store, restore" },
  { words: "told|said|tells?|telling", instead: "printed, reported; unknown" },
  { words: "untold|unsaid", instead: "unknown" },
  { words: "held|kept", instead: "cached, stored, current" },
  { words: "hold", in: "names", instead: "store, pause; the thing that is done" },
  {
    words: "holds? until|awst holds?|hold back|let go",
    instead: "expire; key in use; pause, resume",
  },
  { words: "renews without a code", instead: "renews automatically until" },
  {
    words: "(?:is|was|are) taken for|taken up|take up|takes up",
    instead: 'using "a" for "b"; ensure',
  },
  { words: "blanks?", instead: "spaces" },
  {
    words: "persons?|people|nobody|somebody|anybody|whoever",
    instead: "user, process, no terminal to prompt",
  },
  { words: "mend(?:s|ed|ing)?", instead: "repaired, updated" },
  { words: "outcomes?|off topic", instead: "result; not shared" },
  { words: "terms", instead: "conditions, options, first-rotation notice" },
  { words: "(?:re)?stamp(?:s|ed|ing)?", instead: "fingerprint; rebind" },
  { words: "rooms?|floors?|houses?|ground", instead: "module, layer, architecture" },
  { words: "talks?|talking|talker|talkers", instead: "messages, print" },
  { words: "product", instead: "output" },
  { words: "verbs?", instead: "command, CommandDefinition" },
  { words: "worlds?|places?", in: "names", instead: "Context, paths, locations" },
  { words: "in the place of", instead: "instead of, replaced" },
  { words: "words?", in: "names", instead: "args, text, message" },
  { words: "clockworks?|lids?", instead: "scheduler backend, KdfParams" },
  { words: "situations?", in: "names", instead: "state" },
  { words: "understand(?:s|ing)?|understood", in: "names", instead: "resolve, parse" },
  { words: "looks?|looked|looking", in: "names", instead: "observe, read" },
  { words: "recall(?:s|ed)?|settle(?:s|d)?|unsettled", instead: "profile cache, ensure, resolve" },
  { words: "spend(?:s|ing)?|spent", instead: "send, use, used" },
  { words: "askers?", instead: "requester, waiting process" },
  { words: "give(?:s|n)? up|giving up|gave up", in: "names", instead: "roll back, stop" },
  {
    words: "is passing|is for its time|leaves open",
    in: "names",
    instead: "isTransient, isClockSkew, outcomeUnknown",
  },
  { words: "standing", instead: "up to date, current" },
  { words: "hearts?|heirlooms?|riddles?", instead: "the thing's name" },
  { words: "for ever", instead: "without end, permanently" },
];

// Allowed: an occurrence inside a match of `text` (on its line), in files that match `path` when given.
const allowed = [
  { text: /Math\.floor/, why: "the standard function" },
  { text: /\bby hand\b/, why: "plain English: done manually" },
  {
    text: /\boutcome\b/,
    path: /^(src\/model\/rotation\/rotation-runs\.ts|test\/automatic-rotation\.test\.ts)$/,
    why: "a field of the state file rotation-runs, which stays",
  },
  { text: /areTermsTold|isProved/, why: "fields of state files, which stay" },
  {
    text: /(?:credentials|configuration)Stamp/,
    why: "fields of the state file sessions, which stay",
  },
  { text: /\bkept\b.*tag|"kept"/, why: "a value of `key delete --json`, which users see" },
  {
    text: /\.hold\b/,
    path: /^test\/architecture/,
    why: "the pattern of a call that must not exist",
  },
  { text: /\$wordToComplete/, why: "PowerShell's documented parameter" },
  { text: /StopIfGoingOnBatteries/, why: "an element of Task Scheduler's XML" },
  { text: /"state-learned"/, why: "the lock of the state file learned.json" },
  { text: /\ballSettled\b/, why: "the standard function" },
  { text: /blank_issues_enabled/, why: "a key of GitHub's issue templates" },
  { text: /learned\.json|"learned"/, why: "the name of a state file on disk, which stays" },
  { text: /\btake(?:s|n)? place\b|\bin place\b|\bin place of\b/, why: "plain English" },
];

/** Phrases that are often, not always, mannered: shown with --voice, never counted. */
const voice = [
  { words: "stands?|stood", instead: "is, exists" },
  { words: "lies|lie|lay", instead: "is stored" },
  { words: "goes|gone|went", instead: "is removed, is sent, continues" },
  { words: "hand|hands", instead: "pass, give" },
  { words: "nothing|none|never", instead: "no X; does not" },
  { words: "words?", instead: "args, text, message" },
  { words: "looks?|looked", instead: "reads, checks" },
  { words: "ends? well|goes wrong|went wrong|all in all", instead: "succeeds, fails, in total" },
  { words: "mint(?:s|ed|ing)?", instead: "create, request" },
  { words: "others?|another|the rest", instead: "name the thing" },
  { words: "whom|whose|whence|thereof|hence|thus|lest|upon", instead: "plain English" },
];

/** Every occurrence in the given files: { path, line, words, instead, text }. */
export function findWords(paths = listFiles(), withVoice = false) {
  return paths.flatMap((path) => checkFile(path, withVoice));
}

/** The files that are read, relative to the root, with slashes. */
export function listFiles(under = "") {
  const inFolders = folders.flatMap((folder) => {
    try {
      return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) =>
        join(folder, path),
      );
    } catch {
      return [];
    }
  });
  return [...inFolders, ...files]
    .map((path) => path.split(sep).join("/"))
    .filter((path) => readable.test(path) && !notRead.test(path))
    .filter((path) => path === under || under === "" || path.startsWith(`${under}/`))
    .filter((path) => statSync(join(root, path), { throwIfNoEntry: false })?.isFile())
    .sort();
}

function checkFile(path, withVoice) {
  const isCode = /\.(ts|mts|mjs|cjs|js)$/.test(path);
  const lines = readFileSync(join(root, path), "utf8").split("\n");
  const seen = [];
  let state = { kind: "code", depth: [] };
  const name = { text: path.replace(/\.(test\.)?\w+$/, ""), kind: "code", column: 0 };
  // Only the last part: a folder's name is counted once, for its first file elsewhere.
  check(
    path,
    0,
    path,
    [{ ...name, text: name.text.split("/").slice(-2).join("/") }],
    withVoice,
    seen,
  );
  for (const [index, line] of lines.entries()) {
    // The path of an import repeats a file's name.
    const isImport = /^(import|export|\} from)\b.*from "[^"]*";$|^\} from "|import\("/.test(line);
    const read = isImport ? line.replace(/"[^"]*"/g, (all) => all.replace(/[^"]/g, " ")) : line;
    const pieces = isCode ? lexLine(read, state) : [{ text: read, kind: "prose", column: 0 }];
    if (isCode) state = pieces.state;
    check(path, index + 1, line, pieces, withVoice, seen);
  }
  return seen;
}

function check(path, line, text, pieces, withVoice, seen) {
  for (const piece of pieces) {
    const { words, at } = splitArgs(piece.text);
    for (const rule of withVoice ? [...rules, ...voice] : rules) {
      if (rule.in === "names" && piece.kind !== "code") continue;
      rule.pattern ??= new RegExp(`(?<![a-z])(?:${rule.words})(?![a-z])`, "g");
      for (const found of words.matchAll(rule.pattern)) {
        const column = piece.column + at[found.index];
        if (!isAllowed(path, text, column)) {
          seen.push({ path, line, words: found[0], instead: rule.instead, text: text.trim() });
        }
      }
    }
  }
}

function isAllowed(path, text, column) {
  return allowed.some((each) => {
    if (each.path !== undefined && !each.path.test(path)) return false;
    const pattern = new RegExp(each.text.source, `${each.text.flags.replace("g", "")}g`);
    return [...text.matchAll(pattern)].some(
      (found) => found.index <= column && column < found.index + found[0].length,
    );
  });
}

/** Lower-case words with single spaces, and for each character its place in the text. */
function splitArgs(text) {
  let words = "";
  const at = [];
  const pattern = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^A-Za-z]+/g;
  for (const { 0: part, index } of text.matchAll(pattern)) {
    const isWord = /[A-Za-z]/.test(part);
    const next = isWord ? part.toLowerCase() : /^[\s_'-]+$/.test(part) ? " " : " . ";
    const gap = isWord && /[a-z]$/.test(words) ? " " : "";
    for (const offset of [...(gap + next)].keys())
      at.push(index + Math.max(0, offset - gap.length));
    words += gap + next;
  }
  return { words, at };
}

/** The parts of one line of code: names, and prose (comments and strings). State goes on to the next line. */
function lexLine(line, before) {
  const pieces = [];
  let { kind } = before;
  const depth = [...before.depth];
  let start = 0;
  const cut = (end, next) => {
    if (end > start) {
      pieces.push({
        text: line.slice(start, end),
        kind: kind === "code" ? "code" : "prose",
        column: start,
      });
    }
    start = end;
    kind = next;
  };
  for (let index = 0; index < line.length; index += 1) {
    const two = line.slice(index, index + 2);
    if (kind === "block") {
      if (two === "*/") {
        index += 1;
        cut(index, "code");
      }
    } else if (kind === "code") {
      if (two === "//") {
        cut(index, "line");
        break;
      }
      if (two === "/*") cut(index, "block");
      else if ("\"'`".includes(line[index])) cut(index, line[index]);
      else if (line[index] === "{" && depth.length > 0) depth[depth.length - 1] += 1;
      else if (line[index] === "}" && depth.length > 0) {
        if (depth[depth.length - 1] === 0) {
          depth.pop();
          cut(index + 1, "`");
        } else depth[depth.length - 1] -= 1;
      }
    } else if (line[index] === "\\") index += 1;
    else if (kind === "`" && two === "${") {
      cut(index + 2, "code");
      index += 1;
      depth.push(0);
    } else if (line[index] === kind) cut(index + 1, "code");
  }
  cut(line.length, kind);
  // A string in quotes and a comment with // end with their line.
  pieces.state = { kind: kind === "block" || kind === "`" ? kind : "code", depth };
  return pieces;
}

function moduleOf(path) {
  const parts = path.split("/");
  const depth = parts[0] === "src" && !["cli", "args", "output"].includes(parts[1]) ? 3 : 2;
  return parts.length <= depth
    ? parts.slice(0, -1).join("/") || path
    : parts.slice(0, depth).join("/");
}

function countBy(all, keyOf) {
  const counts = new Map();
  for (const each of all) counts.set(keyOf(each), (counts.get(keyOf(each)) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

function print() {
  const args = argv.slice(2);
  const withVoice = args.includes("--voice");
  const [under] = args.filter((arg) => !arg.startsWith("--"));
  const target = under && relative(root, join(process.cwd(), under)).split(sep).join("/");
  const seen = findWords(listFiles(target), withVoice);
  if (target) {
    for (const { path, line, words, instead, text } of seen) {
      console.log(`${path}:${line}: "${words}" (${instead})\n    ${text}`);
    }
  } else {
    for (const [name, count] of countBy(seen, ({ path }) => moduleOf(path))) {
      const inModule = seen.filter(({ path }) => moduleOf(path) === name);
      const top = countBy(inModule, ({ words }) => words).slice(0, 8);
      console.log(
        `${String(count).padStart(6)}  ${name.padEnd(26)} ${top.map(([word, n]) => `${word} ${n}`).join(", ")}`,
      );
    }
  }
  console.log(`${seen.length} in ${new Set(seen.map(({ path }) => path)).size} files`);
}

if (argv[1] === fileURLToPath(import.meta.url)) print();
