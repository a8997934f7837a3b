// Archives, .deb and .rpm packages of the stand-alone program, and the manifests for Homebrew, Scoop and Nix.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fetchLockedPackage, run } from "./locked-package.mjs";

const notices = ["LICENSE", "README.md", "CHANGELOG.md"];

/** Returns the file: awst-VERSION-linux-x64.tar.gz, or for Windows the program itself. */
export function archive(target, program, { root, work, release, manifest, epochSeconds }) {
  const name = `awst-${manifest.version}-${target.name}`;
  if (target.os === "win32") {
    cpSync(program, join(release, `${name}.exe`));
    return join(release, `${name}.exe`);
  }
  const folder = join(work, "archives", name);
  mkdirSync(folder, { recursive: true });
  cpSync(program, join(folder, target.file));
  for (const each of notices) cpSync(join(root, each), join(folder, each));
  const licences = "THIRD-PARTY-LICENSES.txt";
  cpSync(join(root, "dist", licences), join(folder, licences));
  return writeTar(join(work, "archives"), name, release, epochSeconds);
}

/** The program for Node with its native packages for Linux and macOS, for package managers that bring Node. */
export function nodeArchive(context, mainPackage, targets) {
  const { root, work, release, manifest, epochSeconds } = context;
  const name = `awst-${manifest.version}-node`;
  const folder = join(work, "archives", name);
  mkdirSync(folder, { recursive: true });
  run("tar", ["-xzf", mainPackage, "--strip-components=1", "-C", folder]);
  const bindings = targets.filter(({ os }) => os !== "win32").map(({ keyring }) => keyring);
  for (const each of [...alwaysInstalled(root), ...bindings]) {
    fetchLockedPackage(each, join(folder, "node_modules", each), root);
  }
  return writeTar(join(work, "archives"), name, release, epochSeconds);
}

function alwaysInstalled(root) {
  const { packages } = JSON.parse(readFileSync(join(root, "npm-shrinkwrap.json"), "utf8"));
  return Object.entries(packages)
    .filter(([path, { dev, optional }]) => path !== "" && dev !== true && optional !== true)
    .map(([path]) => path.slice("node_modules/".length));
}

function writeTar(folder, name, release, epochSeconds) {
  const file = join(release, `${name}.tar.gz`);
  const owner = ["--owner=0", "--group=0", "--numeric-owner", "--mode=u+rw,go=rX"];
  const tar = ["--sort=name", "--format=ustar", `--mtime=@${epochSeconds}`, ...owner];
  run("tar", [...tar, "--use-compress-program=gzip -n -9", "-cf", file, "-C", folder, name]);
  return file;
}

/** Returns the .deb and the .rpm, or undefined without nfpm. */
export function linuxPackages(target, program, context) {
  const { root, work, release, manifest, epochSeconds } = context;
  const nfpm = findNfpm();
  if (nfpm === undefined || target.os !== "linux") return undefined;
  const file = join(work, `nfpm-${target.name}.json`);
  const at = (path) => join(root, path);
  const doc = (source, name) => ({ src: at(source), dst: `/usr/share/doc/awst/${name}` });
  const configuration = {
    name: "awst",
    arch: target.cpu === "x64" ? "amd64" : "arm64",
    platform: "linux",
    version: manifest.version,
    maintainer: "the awst authors <awst@users.noreply.github.com>",
    description: manifest.description,
    license: manifest.license,
    section: "utils",
    mtime: new Date(epochSeconds * 1000).toISOString(),
    depends: [],
    overrides: { deb: { depends: ["libc6"] }, rpm: { depends: ["glibc"] } },
    contents: [
      { src: program, dst: "/usr/bin/awst", file_info: { mode: 0o755 } },
      doc("LICENSE", "copyright"),
      doc("CHANGELOG.md", "CHANGELOG.md"),
      doc("dist/THIRD-PARTY-LICENSES.txt", "THIRD-PARTY-LICENSES.txt"),
      doc("config.example.toml", "config.example.toml"),
    ],
    rpm: { buildhost: "localhost" },
  };
  writeFileSync(file, JSON.stringify(configuration));
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(epochSeconds) };
  return ["deb", "rpm"].map((packager) => {
    const extension = target.cpu === "x64" ? "amd64" : "arm64";
    const made = join(release, `awst_${manifest.version}_${extension}.${packager}`);
    run(nfpm, ["package", "--config", file, "--packager", packager, "--target", made], { env });
    return made;
  });
}

function findNfpm() {
  return [process.env["NFPM"] ?? "nfpm", join(homedir(), "go/bin/nfpm")].find(
    (each) => spawnSync(each, ["--version"]).status === 0,
  );
}

/** Writes awst.rb, awst.json and flake.nix with the hashes of the archives. `archives`: by target name. */
export function manifests(archives, { release, manifest, baseUrl }) {
  const { version, description } = manifest;
  const of = (name) => {
    const file = archives.get(name);
    if (file === undefined) return undefined;
    const sha256 = createHash("sha256").update(readFileSync(file)).digest("hex");
    return { url: `${baseUrl}/${file.slice(release.length + 1)}`, sha256 };
  };
  const values = { version, description, homepage: manifest.homepage ?? baseUrl, of };
  const texts = {
    "awst.rb": formula(values),
    "awst.json": scoop(values),
    "flake.nix": flake(values),
  };
  return Object.entries(texts).map(([name, text]) => {
    writeFileSync(join(release, name), text);
    return join(release, name);
  });
}

function formula({ version, description, homepage, of }) {
  const block = (system, names) => {
    const parts = Object.entries(names).flatMap(([cpu, name]) => {
      const found = of(name);
      return found === undefined
        ? []
        : [`    on_${cpu} do\n      url "${found.url}"\n      sha256 "${found.sha256}"\n    end\n`];
    });
    return parts.length === 0 ? "" : `  on_${system} do\n${parts.join("")}  end\n`;
  };
  return `class Awst < Formula
  desc "${description.split(":")[0]}"
  homepage "${homepage}"
  version "${version}"
  license "MIT"

${block("macos", { arm: "darwin-arm64", intel: "darwin-x64" })}${block("linux", { arm: "linux-arm64", intel: "linux-x64" })}
  def install
    bin.install "awst"
    generate_completions_from_executable(bin/"awst", "completion", shells: [:bash, :zsh, :fish])
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/awst --version")
  end
end
`;
}

function scoop({ version, description, homepage, of }) {
  const found = of("windows-x64");
  const text = {
    version,
    description,
    homepage,
    license: "MIT",
    ...(found === undefined
      ? {}
      : { architecture: { "64bit": { url: `${found.url}#/awst.exe`, hash: found.sha256 } } }),
    bin: "awst.exe",
  };
  return `${JSON.stringify(text, undefined, 2)}\n`;
}

function flake({ version, description, of }) {
  const found = of("node");
  return `{
  description = "${description}";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      forAll = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.\${system});
    in {
      packages = forAll (pkgs: {
        # The program for Node: Nix can't change the loader of the stand-alone one.
        default = pkgs.stdenv.mkDerivation {
          pname = "awst";
          version = "${version}";
          src = pkgs.fetchurl {
            url = "${found?.url ?? ""}";
            sha256 = "${found?.sha256 ?? ""}";
          };
          nativeBuildInputs = [ pkgs.makeWrapper ]
            ++ pkgs.lib.optional pkgs.stdenv.isLinux pkgs.autoPatchelfHook;
          buildInputs = pkgs.lib.optional pkgs.stdenv.isLinux pkgs.stdenv.cc.cc.lib;
          autoPatchelfIgnoreMissingDeps = true;
          installPhase = ''
            mkdir -p $out/lib/awst $out/bin
            cp -r . $out/lib/awst
            makeWrapper \${pkgs.nodejs}/bin/node $out/bin/awst --add-flags $out/lib/awst/bin/awst.js
          '';
          meta = { license = pkgs.lib.licenses.mit; mainProgram = "awst"; };
        };
      });
    };
}
`;
}
