// What `shell-init` prints: the function `awst` for each shell. It evaluates the output of `assume` if the program
// marked it (`shells.ts`) and succeeded, and passes every other command through. Names with spaces stay whole:
// the shell's own eval reads the output as one text.

import { marker, type Shell, shellVariable } from "../../model/shell/shells.ts";
import { awsumeFunctions } from "./awsume-functions.ts";

export interface FunctionOptions {
  /** Adds awstools' `aws_assume`. */
  readonly awsAssume: boolean;
  /** Adds AWSume's command `awsume`. */
  readonly awsume: boolean;
  /** Sets AWSUME_PROFILE and AWSUME_EXPIRATION, for prompts that read them. */
  readonly awsumeVariables: boolean;
}

export function shellFunction(shell: Shell, options: FunctionOptions): string {
  const integration = options.awsumeVariables ? `${shell},awsume` : shell;
  const { main, awsAssume } = texts[shell];
  const filled = main.replaceAll("INTEGRATION", integration).replaceAll("MARKER", marker);
  const more = [
    ...(options.awsAssume ? [awsAssume] : []),
    ...(options.awsume ? [awsumeFunctions[shell]] : []),
  ];
  return [filled, ...more].join("\n");
}

/** Returns the line for the shell's start file, and that file. */
export function setupLine(shell: Shell): { readonly line: string; readonly file: string } {
  switch (shell) {
    case "bash":
      return { line: 'eval "$(awst shell-init bash)"', file: "~/.bashrc" };
    case "zsh":
      return { line: 'eval "$(awst shell-init zsh)"', file: "~/.zshrc" };
    case "fish":
      return { line: "awst shell-init fish | source", file: "~/.config/fish/config.fish" };
    case "powershell":
      return {
        line: "awst shell-init powershell | Out-String | Invoke-Expression",
        file: "$PROFILE",
      };
  }
}

/** Options with a value, before the subcommand and of `exec`: the function skips their values. */
export const valuedGlobals = ["--config", "--env", "--identity"] as const;
export const valuedOfExec = [
  "--mfa-code",
  "--device",
  "--region",
  "--duration",
  "--session-name",
  "--policy-arn",
  "--policy-file",
  "--tag",
  "--source-identity",
] as const;

const posix = `unalias awst 2>/dev/null || :
function awst {
  local word skip='' subcommand='' lines='' code=0
  for word in "$@"; do
    if [ -n "$skip" ]; then skip=''; continue; fi
    case "$word" in
      ${valuedGlobals.join("|")}) skip=1 ;;
      -*) ;;
      *) subcommand=$word; break ;;
    esac
  done
  if [ "$subcommand" != assume ]; then
    command awst "$@"
    return
  fi
  lines=$(${shellVariable}=INTEGRATION command awst "$@") || code=$?
  case "\${code}:$lines" in
    '0:MARKER'*) eval "\${lines#*$'\\n'}" || code=$? ;;
    *:) ;;
    *) printf '%s\\n' "$lines" ;;
  esac
  return "$code"
}
`;

const posixAwsAssume = `unalias aws_assume 2>/dev/null || :
function aws_assume {
  awst assume "$@"
}
`;

const fish = `function awst --description 'AWS role sessions from one MFA code'
  set -l skip 0
  set -l subcommand ''
  for word in $argv
    if test $skip = 1
      set skip 0
      continue
    end
    switch $word
      case ${valuedGlobals.join(" ")}
        set skip 1
      case '-*'
      case '*'
        set subcommand $word
        break
    end
  end
  if test "$subcommand" != assume
    command awst $argv
    return
  end
  set -l lines (env ${shellVariable}=INTEGRATION awst $argv)
  set -l code $status
  if test $code = 0; and test "$lines[1]" = 'MARKER'
    printf '%s\\n' $lines[2..-1] | source
  else if set -q lines[1]
    printf '%s\\n' $lines
  end
  return $code
end
`;

const fishAwsAssume = `function aws_assume --wraps 'awst assume' --description 'awst assume'
  awst assume $argv
end
`;

// PowerShell removes the first -- from a function's arguments. If exec has none, the function inserts it after
// account and role.
const powershell = `function awst {
  $program = Get-Command awst -CommandType ExternalScript, Application -ErrorAction Stop | Select-Object -First 1
  $words = @($args | ForEach-Object { [string]$_ })
  $subcommand = ''
  $names = 0
  $place = -1
  for ($at = 0; $at -lt $words.Count; $at++) {
    $word = $words[$at]
    if ($word -ceq '--') { break }
    if (@(${[...valuedGlobals, ...valuedOfExec].map((name) => `'${name}'`).join(", ")}) -ccontains $word) { $at++; continue }
    if ($word.StartsWith('-')) { continue }
    if ($subcommand -eq '') { $subcommand = $word; continue }
    $names++
    if ($names -eq 3) { $place = $at; break }
  }
  if ($subcommand -ceq 'exec' -and $place -ge 0) {
    $words = @($words[0..($place - 1)]) + '--' + @($words[$place..($words.Count - 1)])
  }
  if ($subcommand -cne 'assume') {
    & $program @words
    return
  }
  $encoding = [Console]::OutputEncoding
  $around = $Env:${shellVariable}
  try {
    [Console]::OutputEncoding = [System.Text.UTF8Encoding]::new($false)
    $Env:${shellVariable} = 'INTEGRATION'
    $lines = @(& $program @words)
    $code = $LASTEXITCODE
  } finally {
    $Env:${shellVariable} = $around
    [Console]::OutputEncoding = $encoding
  }
  if ($code -eq 0 -and $lines.Count -gt 0 -and $lines[0] -ceq 'MARKER') {
    if ($lines.Count -gt 1) { Invoke-Expression ($lines[1..($lines.Count - 1)] -join "\`n") }
  } else {
    $lines
  }
  $global:LASTEXITCODE = $code
}
`;

const powershellAwsAssume = `function aws_assume { awst assume @args }
`;

const texts: Readonly<Record<Shell, { readonly main: string; readonly awsAssume: string }>> = {
  bash: { main: posix, awsAssume: posixAwsAssume },
  zsh: { main: posix, awsAssume: posixAwsAssume },
  fish: { main: fish, awsAssume: fishAwsAssume },
  powershell: { main: powershell, awsAssume: powershellAwsAssume },
};
