// Which paths of a program are still right after its next upgrade, and a launcher for where none is. Homebrew,
// nvm, asdf, mise, volta, Nix and others install each version into a folder of its own and remove the old one.

/** Whether the path names one version of a program, or a folder that exists for a moment only. */
export function isVersionedPath(path: string): boolean {
  return path.split(/[\\/]/).some((part) => /\d\.\d/.test(part)) || momentary.test(slashed(path));
}

const momentary =
  /\/(nix|gnu)\/store\/|\/snap\/[^/]+\/x?\d+\/|\/_npx\/|\/dlx-|\/fnm_multishells\/|^\/run\/|\/\.mount_|\/node_modules\/\.bin\//;

/**
 * Returns where package managers keep a path that follows upgrades, for a file under a versioned path: a link
 * `current` beside the version, Homebrew's `bin` and `opt`. The caller checks that it is the same file.
 */
export function followingPaths(path: string): readonly string[] {
  const brew = /^(.*)\/Cellar\/([^/]+)\/[^/]+(\/.*)$/.exec(path);
  const ofBrew =
    brew === null ? [] : [`${brew[1]}${brew[3]}`, `${brew[1]}/opt/${brew[2]}${brew[3]}`];
  const parts = path.split("/");
  const versions = [...parts.keys()].filter(
    (at) =>
      /\d\.\d/.test(parts[at] ?? "") ||
      (parts[at - 2] === "snap" && /^x?\d+$/.test(parts[at] ?? "")),
  );
  const beside = versions.flatMap((at) =>
    ["current", "default", "latest", "lts"].map((name) => parts.with(at, name).join("/")),
  );
  return [...ofBrew, ...beside];
}

/** Returns the folder of launchers. A folder of one snap's or flatpak's own ends with that application. */
export function launcherPath(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  const named = env["XDG_DATA_HOME"] ?? "";
  const isOwn = named.startsWith("/") && !/\/snap\/|\/\.var\/app\//.test(named);
  const folder = isOwn && !isVersionedPath(named) ? named : `${home}/.local/share`;
  return `${folder}/awst/bin/awst`;
}

/**
 * Returns a shell script that starts this program, or another version of it if these paths no longer exist.
 * `program`: [node, script], or one stand-alone program.
 */
export function launcherText(program: readonly string[]): string {
  const [first = "", script] = program;
  const others = ['"$(command -v node)"', ...nodeShims].join(" ");
  const find = script === undefined ? [] : findScript(script);
  const [more, check, scriptArg] =
    script === undefined ? ["", "", ""] : [` ${others}`, checkNode, ' "$script"'];
  return `#!/bin/sh
# Written by awst for the lines in AWS profiles; awst replaces this file. It starts awst, also after an
# upgrade has removed the version that these paths name.
works() { [ -x "$1" ]${check}; }
program=${quote(first)}
if ! [ -x "$program" ]; then
  for program in ${versionPattern(first)}${more} ''; do works "$program" && break; done
fi
${find.join("")}if [ -n "$program" ]${script === undefined ? "" : ' && [ -n "$script" ]'}; then
  exec "$program"${scriptArg} "$@"
fi
other=$(command -v awst)
if [ -n "$other" ] && ! [ "$other" -ef "$0" ]; then exec "$other" "$@"; fi
echo 'awst: error: '${quote(program.join(" "))}' no longer exists' >&2
echo 'awst: hint: install awst again, then type: awst profile sync' >&2
exit 127
`;
}

function findScript(script: string): readonly string[] {
  return [
    `script=${quote(script)}\n`,
    `if ! [ -f "$script" ]; then\n`,
    `  for script in ${versionPattern(script)} ''; do [ -f "$script" ] && break; done\n`,
    "fi\n",
  ];
}

const checkNode = ` && "$1" -e 'process.exitCode = parseInt(process.versions.node) < 20 ? 1 : 0' 2>/dev/null`;

const nodeShims = [
  '"$HOME/.volta/bin/node"',
  '"$HOME/.local/share/mise/shims/node"',
  '"$HOME/.asdf/shims/node"',
  '"$HOME/.nix-profile/bin/node"',
  "/opt/homebrew/bin/node",
  "/usr/local/bin/node",
  "/usr/bin/node",
];

/** Returns a shell pattern for the same file in other versions: `/v*` instead of `/v22.1.0`. */
function versionPattern(path: string): string {
  return path
    .split("/")
    .map((part, at, parts) => {
      const isRevision = parts[at - 2] === "snap" && /^x?\d+$/.test(part);
      const versions = parts[at - 1] === "store" ? storeVersion : /\d+(?:\.\d+)+/;
      const pieces = isRevision ? ["", ""] : part.split(versions);
      return pieces.map((piece) => (piece === "" ? "" : quote(piece))).join("*");
    })
    .join("/");
}

/** Also the hash at the start of a folder in Nix's store. */
const storeVersion = /^[0-9a-z]{32}(?=-)|\d+(?:\.\d+)+/;

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function slashed(path: string): string {
  return path.replaceAll("\\", "/");
}
