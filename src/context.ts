// Makes the real context. What costs time is loaded with import(), once. Adapters are imported only here.

import { openFileFingerprints } from "./adapters/file/file-fingerprints.ts";
import { findPaths } from "./adapters/file/paths.ts";
import { openClock, openState } from "./adapters/file/state.ts";
import { openKeychain } from "./adapters/keychain/open.ts";
import { openStreams } from "./adapters/streams.ts";
import type { Context } from "./ports.ts";

export interface ContextOptions {
  readonly env: NodeJS.ProcessEnv;
  /** --config */
  readonly configuration?: string | undefined;
  /** `key rotate`: for the history. */
  readonly command: string;
  readonly quiet: boolean;
  readonly debug: boolean;
  readonly color: boolean;
}

export function openContext(options: ContextOptions): Context {
  const env = { ...options.env };
  const paths = findPaths(env, options.configuration);
  const streams = openStreams(options);
  const fingerprints = openFileFingerprints();
  const locks = once(async () =>
    (await import("./adapters/file/locks.ts")).openLocks(`${paths.sharedState}/locks`, streams),
  );
  const now = () => new Date();
  const { command } = options;
  const { sharedState: sharedFolder } = paths;
  const stateIn = (folder: string) =>
    openState({ folder, sharedFolder, command, now, locks, debug: streams.debug });
  const state = stateIn(paths.state);
  const time = openClock({ state, now, say: streams.say });
  const printed = new Set<string>();
  const sayOnce = (line: string) => {
    if (!printed.has(line)) streams.say(line);
    printed.add(line);
  };
  const terminal = once(async () =>
    (await import("./adapters/terminal/terminal.ts")).openTerminal({ color: options.color }),
  );
  const progress = async () =>
    options.quiet || options.debug
      ? undefined
      : (await import("./adapters/aws/progress.ts")).showProgress;
  return {
    env,
    paths,
    program: streams.program,
    stableProgram: async (how) =>
      (await import("./adapters/file/stable-program.ts")).findStableProgram(
        { program: streams.program, called: streams.called, env, home: paths.home },
        how,
      ),
    reopen: ({ command, env: more, configuration }) =>
      openContext({ ...options, command, configuration, env: { ...options.env, ...more } }),
    quiet: options.quiet,
    processId: process.pid,
    now,
    monotonic,
    clock: time.clock,
    sleep: streams.sleep,
    out: streams.out,
    outIsTerminal: streams.outIsTerminal,
    errIsTerminal: streams.errIsTerminal,
    say: streams.say,
    debug: streams.debug,
    state,
    fileFingerprint: fingerprints.fileFingerprint,
    readText: fingerprints.readText,
    writeText: async (path, text, how) =>
      (await import("./adapters/file/text-file.ts")).writeTextFile(path, text, how),
    configurationFile: once(async () =>
      (await import("./adapters/file/configuration-file.ts")).openConfigurationFile(
        paths,
        fingerprints.fileFingerprint,
        () => import("./adapters/file/configuration-positions.ts"),
      ),
    ),
    keychain: onceEach(async (backend) =>
      openKeychain({
        backend,
        env,
        paths,
        state: paths.itemPrefix === "" ? state : stateIn(sharedFolder),
        locks,
        terminal,
        say: streams.say,
      }),
    ),
    locks,
    aws: async (credentials, region) =>
      (await import("./adapters/aws/aws.ts")).openAws(credentials, region, {
        env,
        time,
        debug: streams.debug,
        sayOnce,
        progress: await progress(),
        iam: () => import("./adapters/aws/aws-iam-call.ts"),
      }),
    iam: async (credentials, region) =>
      (await import("./adapters/aws/aws-iam.ts")).openIam(credentials, region, {
        env,
        time,
        debug: streams.debug,
        sayOnce,
        progress: await progress(),
      }),
    awsFiles: once(async () =>
      (await import("./adapters/file/aws-files.ts")).openAwsFiles(paths, locks),
    ),
    pathInspector: once(async () =>
      (await import("./adapters/file/path-inspector.ts")).openPathInspector(),
    ),
    ambient: once(async () => (await import("./adapters/aws/aws-ambient.ts")).openAmbient(env)),
    terminal,
    dialog: once(async () => (await import("./adapters/child/dialog.ts")).openDialog(env)),
    qr: once(async () =>
      (await import("./adapters/terminal/qr.ts")).openQr(
        () => import("./adapters/terminal/qr-picture.ts"),
      ),
    ),
    children: once(async () => (await import("./adapters/child/children.ts")).openChildren(env)),
    signIn: once(async () =>
      (await import("./adapters/aws/sign-in.ts")).openSignIn({
        env,
        debug: streams.debug,
        sayOnce,
      }),
    ),
    browser: once(async () =>
      (await import("./adapters/child/browser.ts")).openBrowser(env, paths),
    ),
    credentialsServer: once(async () =>
      (await import("./adapters/child/credentials-server.ts")).openCredentialsServer(
        paths,
        streams.debug,
      ),
    ),
    scheduler: once(async () =>
      (await import("./adapters/scheduler/scheduler.ts")).openScheduler(env, paths),
    ),
    detached: once(async () =>
      (await import("./adapters/child/detached.ts")).openDetached(streams.program, env),
    ),
    notifier: once(async () => (await import("./adapters/child/notifier.ts")).openNotifier(env)),
  };
}

/** Not `performance`, whose first use costs a twentieth of a start. */
function monotonic(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function onceEach<K, T>(make: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const made = new Map<K, Promise<T>>();
  return (key) => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    return known;
  };
}
