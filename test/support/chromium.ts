// A headless Chromium, driven over its debugging pipe: opens a page from a file, runs expressions in it, presses keys,
// makes pictures, and records every request that the page makes. Its profile is new, and deleted afterwards.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { findProgram } from "./processes.ts";

export interface BrowserPage extends AsyncDisposable {
  /** Opens an address and waits until everything is loaded. */
  open(url: string): Promise<void>;
  /** Returns the value of a JavaScript expression; a promise is awaited. */
  run<T>(expression: string): Promise<T>;
  /** Sends one command of the DevTools protocol. */
  send<T>(method: string, parameters?: object): Promise<T>;
  /** Types text into what has the focus. */
  type(text: string): Promise<void>;
  /** Tab, Enter, Escape, … */
  press(key: string): Promise<void>;
  /** PNG. */
  picture(): Promise<Buffer>;
  /** Answers requests to addresses that begin like this with a page, instead of the network. */
  answer(prefix: string, html: string): Promise<void>;
  /** Addresses of all requests so far. */
  readonly requests: readonly string[];
  /** Those that named a referrer: `ADDRESS from REFERRER`. */
  readonly referrers: readonly string[];
  /** Errors of scripts, and what the page's policy blocked. */
  readonly problems: readonly string[];
}

/** Returns the program; undefined: no Chromium is installed. */
export function findChromium(): string | undefined {
  return ["chromium", "chromium-browser", "google-chrome"]
    .map(findProgram)
    .find((each) => each !== undefined);
}

export async function startChromium(program: string): Promise<BrowserPage> {
  const profile = mkdtempSync(join(tmpdir(), "awst-chromium-"));
  const child = spawn(
    program,
    [
      "--headless=new",
      "--remote-debugging-pipe",
      // Tests run as root in containers.
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--no-first-run",
      `--user-data-dir=${profile}`,
      "data:,",
    ],
    {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
      env: { ...process.env, HOME: profile },
    },
  );
  const browser = connect(child);
  const requests: string[] = [];
  const referrers: string[] = [];
  const problems: string[] = [];
  browser.listen("Network.requestWillBeSent", ({ request }) => {
    requests.push(request.url);
    const { Referer } = request.headers;
    if (Referer !== undefined) referrers.push(`${request.url} from ${Referer}`);
  });
  browser.listen("Runtime.exceptionThrown", ({ exceptionDetails }) => {
    problems.push(exceptionDetails.exception?.description ?? exceptionDetails.text);
  });
  browser.listen("Log.entryAdded", ({ entry }) => problems.push(entry.text));
  const { targetId } = await browser.send("Target.createTarget", { url: "data:," });
  const attached = await browser.send("Target.attachToTarget", { targetId, flatten: true });
  const send = <T>(method: string, parameters: object = {}): Promise<T> =>
    browser.send(method, parameters, attached.sessionId);
  for (const domain of ["Page", "Runtime", "Network", "Log", "Accessibility"]) {
    await send(`${domain}.enable`);
  }
  const pressed = async (type: string, more: object) =>
    send("Input.dispatchKeyEvent", { type, ...more });
  return {
    requests,
    referrers,
    problems,
    send,
    async open(url) {
      const loaded = new Promise<void>((resolve) => {
        browser.listen("Page.loadEventFired", () => resolve());
      });
      await send("Page.navigate", { url });
      await loaded;
    },
    async run<T>(expression: string): Promise<T> {
      const request = { expression, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = await send<RunAnswer<T>>("Runtime.evaluate", request);
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? expression);
      return result.value;
    },
    async answer(prefix, html) {
      const body = Buffer.from(html).toString("base64");
      const responseHeaders = [{ name: "content-type", value: "text/html" }];
      browser.listen("Fetch.requestPaused", ({ requestId }) => {
        const answer = { requestId, responseCode: 200, responseHeaders, body };
        // A page that was closed meanwhile needs no answer.
        send("Fetch.fulfillRequest", answer).catch(() => undefined);
      });
      await send("Fetch.enable", { patterns: [{ urlPattern: `${prefix}*` }] });
    },
    async type(text) {
      await send("Input.insertText", { text });
    },
    async press(key) {
      const text = key === "Enter" ? { text: "\r" } : {};
      const windowsVirtualKeyCode = { Tab: 9, Enter: 13, Escape: 27 }[key];
      await pressed("keyDown", { key, code: key, windowsVirtualKeyCode, ...text });
      await pressed("keyUp", { key, code: key, windowsVirtualKeyCode });
    },
    async picture() {
      const { data } = await send<{ data: string }>("Page.captureScreenshot", { format: "png" });
      return Buffer.from(data, "base64");
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      await browser.send("Browser.close").catch(() => child.kill("SIGKILL"));
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

interface RunAnswer<T> {
  readonly result: { readonly value: T };
  readonly exceptionDetails?: { readonly exception?: { readonly description?: string } };
}

// biome-ignore lint/suspicious/noExplicitAny: the protocol's own messages
type Message = any;

/** Messages are JSON, each ended by a NUL, on the file descriptors 3 and 4. */
function connect(child: ChildProcess) {
  const [, , , output, input] = child.stdio as unknown as [0, 0, 0, Writable, Readable];
  const waiting = new Map<number, (answer: Message) => void>();
  const listeners: { method: string; take: (parameters: Message) => void }[] = [];
  let text = "";
  let lastId = 0;
  input.setEncoding("utf8");
  input.on("data", (part: string) => {
    const messages = (text + part).split("\0");
    text = messages.pop() ?? "";
    for (const message of messages.map((each): Message => JSON.parse(each))) {
      waiting.get(message.id)?.(message);
      for (const { method, take } of listeners) if (method === message.method) take(message.params);
    }
  });
  child.on("exit", () => {
    for (const answer of waiting.values()) answer({ error: { message: "Chromium ended" } });
  });
  return {
    listen(method: string, take: (parameters: Message) => void) {
      listeners.push({ method, take });
    },
    send(method: string, parameters: object = {}, sessionId?: string): Promise<Message> {
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        waiting.set(id, ({ error, result }) => {
          waiting.delete(id);
          if (error) reject(new Error(`${method}: ${error.message}`));
          else resolve(result);
        });
        output.write(`${JSON.stringify({ id, method, params: parameters, sessionId })}\0`);
      });
    },
  };
}
