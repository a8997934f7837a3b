// Completions for fish: one function that uses builtins only. fish filters and quotes what it prints.

import type { CompletionNode, CompletionOption } from "./completion-table.ts";

/** `list`: path of the file with the names. */
export function fishCompletion(
  nodes: readonly CompletionNode[],
  globalOptions: readonly CompletionOption[],
  list: string,
): string {
  const cases = nodes.map((node) => {
    const parts = [
      ["next", node.subcommands.map(described)],
      ["opts", node.options.map(({ name, help }) => described([name, help]))],
      ["fills", node.arguments.map(quote)],
      ["valued", valuedOf(node.options)],
    ] as const;
    const sets = parts
      .filter(([, values]) => values.length > 0)
      .map(([name, values]) => `      set ${name} ${values.join(" ")}`);
    if (node.isProgram) sets.push("      set program 1");
    return [`    case ${quote(node.path)}`, ...sets].join("\n");
  });
  return script
    .replace("LIST", () => quote(list))
    .replace("OPTIONS", () =>
      globalOptions.map(({ name, help }) => described([name, help])).join(" "),
    )
    .replace("VALUED", () => valuedOf(globalOptions).join(" "))
    .replace("CASES", () => cases.join("\n"));
}

function valuedOf(options: readonly CompletionOption[]): readonly string[] {
  return options.flatMap(({ name, fill }) =>
    fill === undefined ? [] : [quote(`${name}=${fill}`)],
  );
}

/** Both texts quoted, with a tab between. */
function described([text, help]: readonly [string, string]): string {
  return `${quote(text)}\\t${quote(help)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}

const script = String.raw`function __awst_at --no-scope-shadowing
  set next
  set opts
  set fills
  set valued
  set program 0
  switch $argv[1]
CASES
    case '*'
      return 1
  end
  set -a opts OPTIONS
  set -a valued VALUED
end

function __awst_fill --argument-names fill lead account
  set -l list LIST
  switch "$fill"
    case '' @any
      return
    case @files
      __fish_complete_path
      return
    case '@*'
      test -r $list; or return
    case '*'
      printf "$lead%s\n" (string split '|' -- $fill)
      return
  end
  switch $fill
    case @accounts
      printf "$lead%s\n" (string replace -rf '^([^\t]+).*' '$1' < $list)
    case @identities
      printf "$lead%s\n" (string replace -rf '^\t' '' < $list | string split \t)
    case @roles
      set -l name (string escape --style=regex -- $account)
      set -l roles (string replace -rf "^$name\t" '' < $list)
      test (count $roles) -gt 0; or set roles (string replace -rf '^[^\t]*'$name'[^\t]*\t' '' < $list)
      test (count $roles) -gt 0; and printf "$lead%s\n" (string split \t -- $roles[1])
  end
end

function __awst_complete
  set -l typed (commandline -opc)
  set -l current (commandline -ct)
  set -l path ''
  set -l pending ''
  set -l names
  set -l next
  set -l opts
  set -l fills
  set -l valued
  set -l program 0
  set -l at 0
  __awst_at ''
  set -e typed[1]
  for arg in $typed
    set at (math $at + 1)
    if test -n "$pending"
      set pending ''
      continue
    end
    switch $arg
      case '--'
        if test $program = 1
          set -l line
          test $at -lt (count $typed); and set line (string escape -- $typed[(math $at + 1)..-1])
          set -a line "$current"
          complete -C "$line"
          return
        end
      case '-*=*'
      case '-*'
        set pending (string replace -f -- "$arg=" '' $valued)
      case '*'
        if set -q next[1]
          set path (string trim -- "$path $arg")
          __awst_at $path; or return
        else
          set -a names $arg
        end
    end
  end
  if test -n "$pending"
    __awst_fill $pending '' $names[1]
  else if string match -q -- '--*=*' $current
    set -l lead (string replace -r '=.*' '=' -- $current)
    __awst_fill (string replace -f -- $lead '' $valued) $lead $names[1]
  else if string match -q -- '-*' $current
    printf '%s\n' $opts
  else if set -q next[1]
    printf '%s\n' $next
  else
    set -l here (math (count $names) + 1)
    set -q fills[$here]; and __awst_fill $fills[$here] '' $names[1]
  end
end

complete -c awst --erase
complete -c awst --no-files --arguments '(__awst_complete)'
`;
