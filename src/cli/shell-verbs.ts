// The verbs that a shell calls, on its start and at every prompt, as data.

import { shells } from "../model/shell/shells.ts";
import type { Verb, VerbArgument } from "./verb.ts";

const shell: VerbArgument = {
  name: "SHELL",
  required: true,
  choices: shells,
  help: "the shell that is to read it",
};

const shellInit: Verb = {
  path: ["shell-init"],
  summary: "print a function, so that `awst assume` changes the shell you are in",
  details:
    "With it `awst assume …` sets AWS_PROFILE in this shell (or keys, with --format), clears what would " +
    "win over it, and `awst assume --unset` goes back. Everything else passes through to the program, " +
    "its exit status too. Nothing is written: the line to add to your shell's start file is said.",
  arguments: [shell],
  options: [
    { name: "aws-assume", help: "awstools' function aws_assume too" },
    {
      name: "awsume-variables",
      help: "set AWSUME_PROFILE and AWSUME_EXPIRATION too, for prompts that read them",
    },
  ],
  examples: [
    { line: 'eval "$(awst shell-init bash)"', meaning: "in ~/.bashrc; the same for zsh" },
    { line: "awst shell-init fish | source", meaning: "in ~/.config/fish/config.fish" },
    {
      line: "awst shell-init powershell | Out-String | Invoke-Expression",
      meaning: "in $PROFILE",
    },
  ],
  machine: true,
};

const completion: Verb = {
  path: ["completion"],
  summary: "print completions: verbs, options, accounts, roles",
  details:
    "Names are read from a list that awst keeps up to date beside its state; no key press starts a " +
    "program. For zsh behind compinit.",
  arguments: [shell],
  options: [],
  examples: [
    { line: 'eval "$(awst completion bash)"', meaning: "in ~/.bashrc; the same for zsh" },
    { line: "awst completion fish | source", meaning: "in ~/.config/fish/config.fish" },
    {
      line: "awst completion powershell | Out-String | Invoke-Expression",
      meaning: "in $PROFILE",
    },
  ],
  machine: true,
};

const status: Verb = {
  path: ["status"],
  summary: "what this shell has now, and how long; offline, fast enough for a prompt",
  details:
    "Reads the environment and what awst remembers, nothing else; its exit status is 0, whatever the shell has. " +
    "--format fills in {account}, {role}, {identity}, {profile}; {left} and {until}: until a code is " +
    "needed; {keysLeft} and {keysUntil}: until these keys end; {state}: live, ended or unknown. It prints " +
    "nothing where the shell has nothing of awst's. " +
    "For starship: [custom.awst] with command = \"awst status --format '{account}/{role} {left}'\" and when = true.",
  arguments: [],
  options: [
    {
      name: "format",
      placeholder: "TEXT",
      help: "a text with {account}, {role}, {left} and others",
    },
  ],
  examples: [
    { line: "awst status", meaning: "one line" },
    { line: 'awst status --format "{account}/{role} {left}"', meaning: "for a prompt" },
  ],
  json: [
    ["version", "1"],
    ["source", "profile, keys, container, or null where the shell has nothing"],
    ["state", "live, ended, unknown (not awst's, or never assumed), or null"],
    ["profile", "the profile AWS tools take here, or null"],
    ["accessKeyId", "of keys in the environment, or null"],
    ["account, role, identity", "as far as awst knows them, or null"],
    ["expiresAt", "end of these keys, RFC 3339, UTC, or null"],
    ["renewableUntil", "until when they renew without a code, or null"],
    ["secondsLeft", "until a code is needed, or null"],
  ],
  machine: true,
};

export const shellVerbs: readonly Verb[] = [shellInit, completion, status];
