// What awst writes for later still works after Node or awst is upgraded, and in a program whose environment differs
// from the terminal's. Every installation is made of hard links to this Node.

import {
  copyFileSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { root } from "../support/processes.ts";

const role = ["main-account", "DeveloperAccess"];
const nixHash = "0123456789abcdfghijklmnpqrsvwxyz";

interface Installation {
  readonly name: string;
  /** The folder of one version, its name after the upgrade, and where node or awst is in it. */
  readonly version: readonly [before: string, after: string];
  readonly node?: string;
  readonly script?: string;
  /** Links that the package manager keeps: path, and target below the version's folder. */
  readonly links?: Readonly<Record<string, string>>;
  /** Folders on the PATH. */
  readonly path?: readonly string[];
  /** How awst is called, where that is not the script itself. */
  readonly called?: string;
}

const installations: readonly Installation[] = [
  {
    name: "Node by Homebrew",
    version: ["brew/Cellar/node/22.1.0", "brew/Cellar/node/22.2.0"],
    node: "bin/node",
    links: { "brew/bin/node": "bin/node" },
    path: ["brew/bin"],
  },
  {
    name: "nvm, with awst below the version",
    version: ["nvm/versions/node/v22.1.0", "nvm/versions/node/v22.10.0"],
    node: "bin/node",
    script: "lib/node_modules/awst/bin/awst.js",
  },
  {
    name: "asdf",
    version: ["asdf/installs/nodejs/22.1.0", "asdf/installs/nodejs/24.0.0"],
    node: "bin/node",
  },
  {
    name: "mise",
    version: ["mise/installs/node/22.1.0", "mise/installs/node/22.2.0"],
    node: "bin/node",
    links: { "mise/installs/node/latest": "" },
  },
  {
    name: "volta",
    version: ["volta/tools/image/node/22.1.0", "volta/tools/image/node/22.2.0"],
    node: "bin/node",
  },
  {
    name: "a profile of Nix",
    version: [`nix/store/${nixHash}-nodejs-22.1.0`, `nix/store/z${nixHash.slice(1)}-nodejs-22.2.0`],
    node: "bin/node",
    links: { "profile/bin/node": "bin/node" },
    path: ["profile/bin"],
  },
  {
    name: "a shell of Nix",
    version: [`nix/store/${nixHash}-nodejs-22.1.0`, `nix/store/z${nixHash.slice(1)}-nodejs-22.2.0`],
    node: "bin/node",
    path: [`nix/store/${nixHash}-nodejs-22.1.0/bin`],
  },
  {
    name: "fnm, whose folder on the PATH ends with the shell",
    version: ["fnm/node-versions/v22.1.0", "fnm/node-versions/v22.2.0"],
    node: "installation/bin/node",
    links: { "fnm_multishells/1_2/bin/node": "installation/bin/node" },
    path: ["fnm_multishells/1_2/bin"],
  },
  {
    name: "an archive with a link in usr/bin",
    version: ["lib/node-v22.1.0-linux-x64", "lib/node-v22.2.0-linux-x64"],
    node: "bin/node",
    links: { "usr/bin/node": "bin/node" },
    path: ["usr/bin"],
  },
  {
    name: "Node by snap",
    version: ["snap/node/8000", "snap/node/8001"],
    node: "bin/node",
    links: { "snap/node/current": "" },
  },
  {
    name: "awst by pnpm",
    version: ["pnpm/global/5/.pnpm/awst@0.1.0", "pnpm/global/5/.pnpm/awst@0.2.0"],
    script: "node_modules/awst/bin/awst.js",
    links: { "pnpm/global/5/node_modules/awst": "node_modules/awst" },
    called: "pnpm/global/5/node_modules/awst/bin/awst.js",
  },
  {
    name: "awst by Homebrew",
    version: ["brew/Cellar/awst/0.1.0", "brew/Cellar/awst/0.2.0"],
    script: "libexec/bin/awst.js",
    links: { "brew/bin/awst": "libexec/bin/awst.js" },
    path: ["brew/bin"],
    called: "brew/bin/awst",
  },
];

let home: Home;
beforeEach(async () => {
  home = await makeHome({ env: { XDG_DATA_HOME: undefined } });
});
afterEach(() => home.remove());

test.each(installations)("a profile works after an upgrade: $name", async (installation) => {
  const { version, node, script, links = {}, path = [], called } = installation;
  const at = (name: string) => join(home.around, name);
  const [before, after] = version;
  if (node !== undefined) installNode(at(join(before, node)));
  if (script !== undefined) installScript(at(join(before, script)));
  for (const [link, target] of Object.entries(links)) relink(at(link), at(join(before, target)));
  const program = [
    node === undefined ? process.execPath : at(join(before, node)),
    called !== undefined
      ? at(called)
      : script === undefined
        ? `${root}/bin/awst.js`
        : at(join(before, script)),
  ];
  symlinkSync(at("loop"), at("loop"));
  const PATH = [at("loop"), "relative", ...path.map(at), "/usr/bin", "/bin"].join(":");
  const assume = [...program, "assume", ...role, "--mfa-code", home.code()];
  expect(await home.run(assume, { env: { PATH } })).toMatchObject({ status: 0 });
  const imported = await home.run([...program, "key", "import"], { env: { PATH } });
  expect(imported).toMatchObject({ status: 0 });

  renameSync(at(before), at(after));
  for (const [link, target] of Object.entries(links)) {
    if (link.startsWith("fnm_")) unlinkSync(at(link));
    else relink(at(link), at(join(after, target)));
  }

  const lines = processLines();
  expect(lines).toHaveLength(4);
  for (const line of lines) {
    expect(line).not.toContain(before);
    const answer = await home.run(["/bin/sh", "-c", line], { env: { PATH: "/nothing" } });
    expect(answer).toMatchObject({ status: 0, stdout: expect.stringContaining('"AccessKeyId"') });
  }
});

test.each<[string, Record<string, string | undefined>]>([
  ["XDG_CONFIG_HOME of a snap", { XDG_CONFIG_HOME: "/home/me/snap/ide/150/.config" }],
  ["XDG_STATE_HOME of a flatpak", { XDG_STATE_HOME: "/home/me/.var/app/ide/.local/state" }],
  [
    "no XDG variable, as from the desktop",
    { XDG_CONFIG_HOME: undefined, XDG_STATE_HOME: undefined },
  ],
  ["an empty environment", { XDG_STATE_HOME: "", XDG_CONFIG_HOME: "", XDG_DATA_HOME: "" }],
  ["no choice of a keychain", { AWST_KEYCHAIN: undefined }],
  ["another choice of a keychain", { AWST_KEYCHAIN: "system" }],
])("a profile works where the environment differs: %s", async (_, env) => {
  const folders = { XDG_CONFIG_HOME: join(home.path, "c"), XDG_STATE_HOME: join(home.path, "s t") };
  home.write("c/awstools/config.toml", home.read(".config/awstools/config.toml") ?? "");
  const code = home.code();
  expect(await home.awst(["assume", ...role, "--mfa-code", code], { env: folders })).toMatchObject({
    status: 0,
  });
  for (const line of processLines()) {
    const answer = await home.run(["/bin/sh", "-c", line], { env });
    expect(answer).toMatchObject({ status: 0, stdout: expect.stringContaining('"AccessKeyId"') });
  }
});

test("every command reports a line or a schedule whose program is gone, and assume repairs the line", async () => {
  const program = join(home.around, "copy/awst.js");
  installScript(program);
  const command = [process.execPath, program];
  await home.run([...command, "assume", ...role, "--mfa-code", home.code()]);
  home.write(
    ".local/state/awst/schedules.json",
    JSON.stringify({
      version: 1,
      schedules: {
        job: { identity: "main-account", program: ["/gone/node"], everySeconds: 604_800 },
      },
    }),
  );
  unlinkSync(program);

  const env = { AWS_PROFILE: "main-account/DeveloperAccess" };
  const status = await home.awst(["status", "--json"], { env });
  expect(JSON.parse(status.stdout)).toMatchObject({ state: "broken" });
  expect((await home.awst(["status"], { env })).stdout).toContain(`calls ${program}, which`);
  for (const args of [["exec", ...role, "--", "true"], ["env", ...role], ["whoami"], ["doctor"]]) {
    const { stdout, stderr } = await home.awst(args, { env });
    expect(`${args[0]} ${stdout}${stderr}`).toContain("/gone/node does not exist");
  }
  const whoami = await home.awst(["whoami"], { env });
  expect(whoami).toMatchObject({ status: 1, stderr: expect.stringContaining("awst profile sync") });

  expect(await home.awst(["assume", ...role])).toMatchObject({ status: 0 });
  for (const line of processLines()) expect(line).toContain(`${root}/bin/awst.js`);
  expect(JSON.parse((await home.awst(["status", "--json"], { env })).stdout)).toMatchObject({
    state: "live",
  });
});

/** The lines of all profiles in both files. */
function processLines(): readonly string[] {
  return [".aws/config", ".aws/credentials"].flatMap((file) =>
    [...(home.read(file) ?? "").matchAll(/^credential_process = (.*)$/gm)].map(
      ([, line]) => line ?? "",
    ),
  );
}

function installNode(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  try {
    linkSync(process.execPath, path);
  } catch {
    copyFileSync(process.execPath, path);
  }
}

function installScript(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/usr/bin/env node\nrequire(${JSON.stringify(`${root}/bin/awst.js`)});\n`, {
    mode: 0o755,
  });
}

function relink(link: string, target: string): void {
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(target, link);
}
