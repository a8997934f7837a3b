// The rules of the architecture, checked on the text of every file: which file may import which, what belongs
// where, how files are named. A rule lists its offences; the list must be empty.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, posix } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "./support/processes.ts";

interface SourceFile {
  readonly path: string;
  readonly lines: readonly string[];
  /** Without comments; strings as they stand. */
  readonly code: string;
  readonly imports: readonly Import[];
}

interface Import {
  readonly from: string;
  /** The path under the root, for a relative one. */
  readonly path: string | undefined;
  readonly lazy: boolean;
}

const all = ["src", "sandbox", "test", "tools"]
  .flatMap((top) =>
    readdirSync(`${root}/${top}`, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => `${top}/${path}`),
  )
  .sort()
  .map(readSource);
const source = all.filter(({ path }) => path.startsWith("src/") && !path.endsWith(".test.ts"));

/** What each layer may import besides packages; a layer may always import itself. */
const layers: Readonly<Record<string, readonly string[]>> = {
  "awst.ts": ["cli", "context.ts", "ports.ts", "ports", "model"],
  "prompt.ts": ["args", "cli", "commands", "adapters", "ports.ts", "ports", "model"],
  "context.ts": ["adapters", "ports.ts", "ports", "model"],
  cli: ["commands", "args", "output", "ports.ts", "ports", "model"],
  commands: ["flows", "args", "output", "ports.ts", "ports", "model"],
  flows: ["output", "ports.ts", "ports", "model"],
  // How a command line is described and parsed; of `output` only the type of a style.
  args: ["output", "model"],
  output: ["model"],
  adapters: ["ports.ts", "ports", "model"],
  "ports.ts": ["ports", "model"],
  ports: ["model"],
  model: [],
  // The administrator's side has the same layers inside; `adminLayers` says what they may import.
  admin: ["commands", "flows", "adapters", "output", "args", "ports.ts", "ports", "model"],
};

/** The same for src/admin: layers of its own, and layers outside it (`src/…`). */
const adminLayers: Readonly<Record<string, readonly string[]>> = {
  "commands.ts": ["commands", "model", "src/args", "src/ports.ts"],
  commands: [
    ..."open-admin.ts open-accounts.ts open-command.ts open-deploy.ts store-secrets.ts stop-calls.ts store-report.ts".split(
      " ",
    ),
    ..."flows output model ports.ts".split(" "),
    ..."src/args src/output src/ports.ts src/model".split(" "),
  ],
  "lambda-handler.ts": ["adapters", "flows", "model", "ports.ts", "src/model"],
  "open-admin.ts": [
    ..."adapters flows model ports.ts stop-calls.ts".split(" "),
    // A profile of the shell that calls awst: `credential-process` runs in this process.
    ..."src/commands src/flows src/adapters src/ports.ts src/model".split(" "),
  ],
  "open-deploy.ts": [
    ..."open-admin.ts stop-calls.ts adapters flows model ports.ts src/ports.ts src/model".split(
      " ",
    ),
  ],
  "deploy-ports.ts": ["model", "src/model"],
  "open-accounts.ts": [
    "open-admin.ts",
    "model",
    "ports.ts",
    ..."src/flows src/ports.ts src/model".split(" "),
  ],
  "stop-calls.ts": ["ports.ts", "deploy-ports.ts", "src/adapters", "src/args", "src/model"],
  "store-secrets.ts": [
    ..."adapters flows output src/adapters src/output src/ports.ts src/model".split(" "),
  ],
  "store-report.ts": ["output", "src/ports.ts", "src/model"],
  "open-command.ts": ["model", "src/args", "src/ports.ts", "src/model"],
  flows: ["ports.ts", "deploy-ports.ts", "model", "src/model"],
  output: ["model", "src/output", "src/model"],
  adapters: [
    "ports.ts",
    "deploy-ports.ts",
    "model",
    "src/adapters",
    "src/ports.ts",
    "src/ports",
    "src/model",
  ],
  "ports.ts": ["model", "src/ports", "src/model"],
  model: ["src/model"],
};

/** Load commands, parts of the outside, and what a warm start does not need (docs/decisions/). */
const lazyFiles = [
  "src/cli/commands.ts",
  "src/context.ts",
  "src/adapters/keychain/sealed-store.ts",
  "src/adapters/keychain/system-store.ts",
  "src/flows/target/pick-target.ts",
  "src/admin/commands.ts",
  "src/admin/open-admin.ts",
  "src/admin/store-secrets.ts",
  "src/flows/session/obtain-session.ts",
  "src/flows/profile/ensure-profiles.ts",
];

/** Files that read a secret's value: to call AWS, to write a store, to print credentials. */
const revealing = [
  "src/adapters/aws/aws.ts",
  "src/adapters/aws/aws-errors.ts",
  "src/adapters/aws/aws-iam-devices.ts",
  "src/adapters/aws/aws-iam-devices.ts",
  "src/adapters/aws/aws-call.ts",
  "src/adapters/child/browser.ts",
  "src/adapters/child/credentials-server.ts",
  "src/adapters/keychain/open.ts",
  "src/adapters/keychain/passphrase.ts",
  "src/adapters/terminal/qr.ts",
  "src/adapters/aws/sign-in.ts",
  "src/admin/adapters/admin-iam.ts",
  "src/admin/adapters/deploy-storage.ts",
  "src/admin/model/deployment.ts",
  "src/admin/adapters/notifiers.ts",
  "src/admin/output/new-secrets.ts",
  "src/commands/console.ts",
  "src/commands/mfa/code.ts",
  "src/flows/session/get-mfa-code.ts",
  "src/model/key/access-key.ts",
  "src/model/state-seal.ts",
  "src/model/console/browser-command.ts",
  "src/model/shell/child-environment.ts",
  "src/output/mfa/device-display.ts",
  "src/model/console/console-links.ts",
  "src/model/mfa/otpauth-uri.ts",
  "src/model/key/parse-key-text.ts",
  "src/model/session/process-json.ts",
  "src/model/profile/profile-plan.ts",
  "src/model/secret.ts",
  "src/model/session/server-request.ts",
  "src/model/session/session.ts",
  "src/model/console/sign-in.ts",
  "src/model/mfa/stored-seed.ts",
  "src/model/mfa/totp.ts",
  "src/model/session/sent-codes.ts",
];

/** Packages of the pure layers. secret.ts needs the type of `[util.inspect.custom]` alone. */
const allowedPackages: Readonly<Record<string, readonly string[]>> = {
  "src/model/secret.ts": ["node:util"],
  "src/output/style.ts": ["node:util"],
  "src/output/text-table.ts": ["fast-string-width"],
};

/** Files under 30 lines that are neither commands nor listed as files of a warm path, and why they stay apart. */
const shortFiles: Readonly<Record<string, string>> = {
  "src/model/state-file.ts": "types of the warm path, which the build erases",
  "src/model/text/system-error-text.ts": "one table, which adapters of every kind use",
  "src/model/text/count-text.ts": "one rule for all messages",
  "src/model/keychain/key-elsewhere.ts": "apart from a file that every start loads",
  "src/admin/flows/expected-errors.ts": "one rule for all flows of the administrator's side",
  "src/admin/model/user-arn.ts": "one rule for all commands that take a user",
  "src/admin/adapters/age-sealer.ts": "loads the library of age only when it is used",
  "src/model/hashing.bun.ts": "the other half of a file of the warm path",
  "src/adapters/terminal/qr.ts": "loads the reader of pictures only when it is used",
};

describe("layers", () => {
  test("every file belongs to one", () => {
    expect(source.filter((file) => layers[layerOf(file.path)] === undefined).map(pathOf)).toEqual(
      [],
    );
  });

  test("a layer imports only the layers below it", () => {
    const offences = source.flatMap((file) => {
      const layer = layerOf(file.path);
      return (
        file.imports
          .filter((each) => each.path?.startsWith("src/"))
          // The one way into the administrator's side, which a test below checks.
          .filter((each) => !(each.lazy && each.path === "src/admin/commands.ts"))
          .map((each) => layerOf(each.path ?? ""))
          .filter((other) => other !== layer && !layers[layer]?.includes(other))
          .map((other) => `${file.path} -> ${other}`)
      );
    });
    expect(offences).toEqual([]);
  });

  test("nothing imports the administrator's side but one import() in the table of commands", () => {
    const offences = source
      .filter(({ path }) => layerOf(path) !== "admin")
      .flatMap((file) =>
        file.imports
          .filter((each) => each.path !== undefined && layerOf(each.path) === "admin")
          .filter((each) => !(each.lazy && file.path === "src/cli/commands.ts"))
          .map((each) => `${file.path} -> ${each.path}`),
      );
    expect(offences).toEqual([]);
    const table = source.find(({ path }) => path === "src/cli/commands.ts");
    const ways = table?.imports.filter((each) => each.path?.startsWith("src/admin/")) ?? [];
    expect(ways.map(({ path, lazy }) => [path, lazy])).toEqual([["src/admin/commands.ts", true]]);
  });

  test("the administrator's side has layers of its own, and its flows and model none of awst's flows", () => {
    const adminLayer = (path: string) => path.split("/")[2] ?? "";
    const offences = within("src/admin/").flatMap((file) => {
      const allowed = adminLayers[adminLayer(file.path)];
      if (allowed === undefined) return [`${file.path} belongs to no layer`];
      return file.imports
        .flatMap((each) => (each.path?.startsWith("src/") ? [each.path] : []))
        .map((path) => (path.startsWith("src/admin/") ? adminLayer(path) : `src/${layerOf(path)}`))
        .filter((other) => other !== adminLayer(file.path) && !allowed.includes(other))
        .map((other) => `${file.path} -> ${other}`);
    });
    expect(offences).toEqual([]);
  });

  test("no file imports what leads back to it, types included", () => {
    expect(findCycle(source)).toBeUndefined();
  });

  test.each(["model", "output", "flows", "adapters"])(
    "no module of %s imports itself through others",
    (layer) => {
      // Files outside every folder of the layer may be imported by all of them.
      const moduleOf = (path: string) => new RegExp(`^src/${layer}/([^/]+)/`).exec(path)?.[1];
      const modules = within(`src/${layer}/`).flatMap((file) => {
        const module = moduleOf(file.path);
        const others = file.imports.filter(({ path }) => path && moduleOf(path) !== module);
        const leadsTo = others.map((each) => ({ ...each, path: moduleOf(each.path ?? "") }));
        return module === undefined ? [] : [{ ...file, path: module, imports: leadsTo }];
      });
      const names = [...new Set(modules.map(pathOf))];
      const merged = names.map((path) => ({
        path,
        lines: [],
        code: "",
        imports: modules.filter((each) => each.path === path).flatMap(({ imports }) => imports),
      }));
      expect(names.length).toBeGreaterThan(3);
      expect(findCycle(merged)).toBeUndefined();
    },
  );

  test("model and output are pure: no packages, of Node only hashing, nothing async", () => {
    const files = ["src/model/", "src/output/", "src/admin/model/", "src/admin/output/"].flatMap(
      within,
    );
    const offences = files.flatMap((file) => [
      ...file.imports
        .filter(
          (each) => each.path === undefined && !["node:crypto", "#hashing"].includes(each.from),
        )
        .filter((each) => !allowedPackages[file.path]?.includes(each.from))
        .map((each) => `${file.path}: ${each.from}`),
      ...found(file, /\b(async|await)\b|\bPromise</),
    ]);
    expect(offences).toEqual([]);
  });

  test("the sandbox imports nothing of the program, nor the program of the sandbox", () => {
    const offences = all
      .filter(({ path }) => !path.startsWith("test/") && !path.startsWith("tools/"))
      .filter(({ path }) => !path.endsWith(".test.ts"))
      .flatMap((file) =>
        file.imports
          .filter((each) => each.path !== undefined)
          .filter((each) => top(each.path ?? "") !== top(file.path))
          .map((each) => `${file.path} -> ${each.path}`),
      );
    expect(offences).toEqual([]);
  });
});

describe("what belongs in few files", () => {
  test("import() is in few files", () => {
    const lazy = source.filter((file) => file.imports.some((each) => each.lazy)).map(pathOf);
    expect(lazy.filter((path) => !lazyFiles.includes(path))).toEqual([]);
  });

  test("the AWS SDK is imported by its adapter alone", () => {
    const adapters = /^src\/(admin\/adapters|adapters\/aws)\/[a-z-]+\.ts$/;
    expect(importers(/^@(aws-sdk|smithy)\//, adapters)).toEqual([]);
  });

  test("native modules are loaded by one file for Node and one for Bun", () => {
    const natives = /@napi-rs\/keyring|fs-native-extensions|"bun:/;
    const offences = source
      .filter(({ path }) => !/^src\/adapters\/native(\.[a-z]+)?\.ts$/.test(path))
      .flatMap((file) => found(file, natives));
    expect(offences).toEqual([]);
  });

  test("state files are read and written by their StateFile, never by name or decoded by hand", () => {
    const byHand =
      /\bstate\.(read|write|update)\(\s*(?!\w*[fF]ile\b)|\bdecode\w*\(\s*\w*\.?state\./;
    const offences = [...within("src/flows/"), ...within("src/commands/")].flatMap((file) =>
      found(file, byHand),
    );
    expect(offences).toEqual([]);
  });

  test("a journal is read through its seal, or as a hint by the files that only print or start a run", () => {
    const readers = [
      "src/flows/rotation/rotation-context.ts",
      "src/flows/doctor/check-identity.ts",
      "src/flows/mfa/enrolment-journal.ts",
      "src/flows/session/lookup-user.ts",
      "src/flows/session/open-rotations.ts",
      "src/flows/shell/read-status.ts",
    ];
    const offences = [...within("src/flows/"), ...within("src/commands/")]
      .filter(({ path }) => !readers.includes(path))
      .flatMap((file) => found(file, /\b(journalFile|mfaJournalFile)\b/));
    expect(offences).toEqual([]);
  });

  test("stored responses are used only by reports, never by what changes an account", () => {
    const reports = ["dormant/report.ts", "report.ts", "user/list.ts"];
    const allowed = [
      "src/admin/flows/store-readings.ts",
      ...reports.map((name) => `src/admin/commands/${name}`),
    ];
    const users = within("src/admin/").filter((file) => found(file, /\bopenReads\b/).length > 0);
    expect(users.map(pathOf).sort()).toEqual(allowed.sort());
  });

  test("the clock is made by the context alone", () => {
    const makes = /\b(clockAt|clockFile|correctedClock)\b/;
    const offences = source
      .filter(
        ({ path }) =>
          !/^src\/(model\/clock|adapters\/file\/state|admin\/adapters\/function-runtime)\.ts$/.test(
            path,
          ),
      )
      .flatMap((file) => found(file, makes));
    expect(offences).toEqual([]);
  });

  test("a lock is released in the function that acquires it; the locks adapter makes its texts", () => {
    const offences = source
      .filter(({ path }) => path !== "src/adapters/file/locks.ts")
      .flatMap((file) => found(file, /\.hold\(|\(process \$\{|`waiting for \$\{/));
    expect(offences).toEqual([]);
  });

  // Windows looks for a bare name in the current folder first, and its shell is named by the environment.
  test("what runs is decided neither by the current folder nor by the environment", () => {
    const bareName = /["'`][\w-]+\.(exe|cmd|bat)\b|\b(spawn|exec)\w*\(\s*["'`](?!crontab|\/)/;
    const ofTheEnvironment = /\bcomspec\b|\bwindir\b|\bsystemroot\b(?!: windows)|shell: true/i;
    const offences = source
      .filter(({ path }) => path !== "src/model/text/program-paths.ts")
      .flatMap((file) => [...found(file, bareName), ...found(file, ofTheEnvironment)]);
    expect(offences).toEqual([]);
    const bad = [
      'spawn("taskkill", [])',
      "execFileSync('cmd')",
      'run(["powershell.exe", "-Command"])',
      "const shell = `cmd.exe`",
      'env["ComSpec"] ?? shell',
      'process.env.SystemRoot + "/System32"',
      "spawn(line, { shell: true })",
    ];
    const file = (code: string) => parse("src/adapters/try.ts", code);
    expect(
      bad.filter(
        (code) => !found(file(code), bareName)[0] && !found(file(code), ofTheEnvironment)[0],
      ),
    ).toEqual([]);
  });

  test("a file that makes temporary folders deletes them", () => {
    const makers = all.filter(({ code }) => /\bmkdtemp(Sync)?\(/.test(code));
    expect(makers.length).toBeGreaterThan(20);
    const deletes = (code: string) => /\brm(Sync)?\([^)]*\brecursive: true/.test(code);
    expect(makers.filter(({ code }) => !deletes(code)).map(pathOf)).toEqual([]);
  });

  test("process.exit is the last line of awst.ts", () => {
    const offences = source
      .filter(({ path }) => path !== "src/awst.ts")
      .flatMap((file) => found(file, /\bprocess\.(exit|reallyExit|abort)\b/));
    expect(offences).toEqual([]);
  });

  test("a secret's value is read in few files", () => {
    const offences = source
      .filter(({ path }) => !revealing.includes(path))
      .flatMap((file) => found(file, /\.reveal\(\)/));
    expect(offences).toEqual([]);
  });
});

describe("how files look", () => {
  test("no default exports, no barrels", () => {
    const offences = all
      .filter(({ path }) => !/(^|\/)vitest\.config\.ts$/.test(path))
      .flatMap((file) => found(file, /^export (default\b|\*|(type )?\{[^}]*\} from\b)/m));
    expect(offences).toEqual([]);
  });

  test("names are kebab-case and say what is in the file", () => {
    const vague = /(^|-)(utils?|helpers?|common|manager|misc)(-|$)|^(index|(?!secret-).*service)$/;
    const offences = all.map(pathOf).filter((path) => {
      const names = path.split("/").map((each) => each.replace(/(\.[a-z]+)*\.ts$/, ""));
      return names.some((each) => vague.test(each) || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(each));
    });
    expect(offences).toEqual([]);
  });

  test("a file starts with a comment of at most five lines", () => {
    const offences = source.filter(({ lines }) => {
      const end = lines.findIndex((line) => !line.startsWith("//"));
      const isDocstring = lines[0]?.startsWith("/**");
      return !isDocstring && (end < 1 || end > 5);
    });
    expect(offences.map(pathOf)).toEqual([]);
  });

  test("files of the program stay at or under 400 lines", () => {
    const lengths = source.map(({ lines }) => lines.length).sort((a, b) => a - b);
    expect(source.filter(({ lines }) => lines.length > 400).map(pathOf)).toEqual([]);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(100);
  });

  test("only commands and files on a warm path are under 30 lines", () => {
    const warm = ["startup.golden.txt", "startup-status.golden.txt"].flatMap((name) =>
      readFileSync(`${root}/test/${name}`, "utf8").split("\n"),
    );
    const offences = source
      .filter(({ lines }) => lines.length < 30)
      .filter(({ path }) => !/^src\/(admin\/)?commands(\/|\.ts$)/.test(path))
      .map(pathOf)
      .filter((path) => !warm.includes(path) && shortFiles[path] === undefined);
    expect(offences).toEqual([]);
    const paths = source.map(pathOf);
    expect(Object.keys(shortFiles).filter((path) => !paths.includes(path))).toEqual([]);
  });

  test("a type's name has one meaning: no two types in src have the same name", () => {
    const declaration = /^(?:export )?(?:interface|type) (\w+)/gm;
    const pathsByName = new Map<string, string[]>();
    for (const { path, code } of all.filter((each) => top(each.path) === "src")) {
      for (const [, name = ""] of code.matchAll(declaration)) {
        pathsByName.set(name, [...(pathsByName.get(name) ?? []), path]);
      }
    }
    expect(pathsByName.size).toBeGreaterThan(300);
    expect([...pathsByName].filter(([, paths]) => paths.length > 1)).toEqual([]);
  });
});

test("the rules find what they look for", () => {
  const text = `// a
import type { A } from "./b.ts"; /* import "c" */
import { x } from "node:fs";
const later = await import("../model/errors.ts"); // import("./no.ts")
`;
  const file = parse("src/flows/try.ts", text);
  expect(file.imports).toEqual([
    { from: "./b.ts", path: "src/flows/b.ts", lazy: false },
    { from: "node:fs", path: undefined, lazy: false },
    { from: "../model/errors.ts", path: "src/model/errors.ts", lazy: true },
  ]);
  expect(findCycle([file, parse("src/flows/b.ts", 'import { a } from "./try.ts";')])).toEqual([
    "src/flows/try.ts",
    "src/flows/b.ts",
    "src/flows/try.ts",
  ]);
  expect(found(file, /await/)).toEqual(["src/flows/try.ts: await"]);
});

function readSource(path: string): SourceFile {
  return parse(path, readFileSync(`${root}/${path}`, "utf8"));
}

function parse(path: string, text: string): SourceFile {
  // Strings first, so that a `//` in one is none.
  const code = text.replace(
    /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (whole, string) => (string === undefined ? "" : whole),
  );
  const pattern =
    /^(?:import|export)\b[^;"'`]*?\bfrom "([^"]+)"|^import "([^"]+)"|\bimport\(\s*"([^"]+)"/gm;
  const imports = [...code.matchAll(pattern)].map(([, named, bare, lazy]): Import => {
    const from = named ?? bare ?? lazy ?? "";
    const isRelative = from.startsWith(".");
    return {
      from,
      path: isRelative ? posix.join(dirname(path), from) : undefined,
      lazy: lazy !== undefined,
    };
  });
  return { path, lines: text.trimEnd().split("\n"), code, imports };
}

function findCycle(files: readonly SourceFile[]): readonly string[] | undefined {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    const file = byPath.get(path);
    if (file === undefined || finished.has(path)) return undefined;
    for (const each of file.imports) {
      const cycle = each.path && visit(each.path, [...trail, path]);
      if (cycle) return cycle;
    }
    finished.add(path);
    return undefined;
  };
  for (const { path } of files) {
    const cycle = visit(path, []);
    if (cycle) return cycle;
  }
  return undefined;
}

function importers(what: RegExp, allowed: RegExp): readonly string[] {
  return source
    .filter(
      ({ path, imports }) => !allowed.test(path) && imports.some(({ from }) => what.test(from)),
    )
    .map(pathOf);
}

function found(file: SourceFile, what: RegExp): readonly string[] {
  const match = what.exec(file.code);
  return match === null ? [] : [`${file.path}: ${match[0]}`];
}

function within(folder: string): readonly SourceFile[] {
  return source.filter(({ path }) => path.startsWith(folder));
}

function layerOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function top(path: string): string {
  return path.split("/")[0] ?? "";
}

function pathOf({ path }: SourceFile): string {
  return path;
}
