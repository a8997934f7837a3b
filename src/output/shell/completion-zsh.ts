// Completions for zsh, loaded after compinit. In the script `@{` stands for a dollar sign and a brace.

import type { CompletionNode, CompletionOption } from "./completion-table.ts";

/** `list`: path of the file with the names. */
export function zshCompletion(
  nodes: readonly CompletionNode[],
  globalOptions: readonly CompletionOption[],
  list: string,
): string {
  const cases = nodes.map((node) => {
    const parts = [
      ["next", node.subcommands.map(described)],
      ["opts", describedAll(node.options)],
      ["fills", node.arguments],
      ["valued", valuedOf(node.options)],
    ] as const;
    const sets = parts
      .filter(([, values]) => values.length > 0)
      .map(([name, values]) => `${name}=(${values.map(quote).join(" ")})`);
    if (node.isProgram) sets.push("program=1");
    return `    ${quote(node.path)}) ${sets.join(" ")} ;;`;
  });
  return script
    .replaceAll("@{", () => "${")
    .replace("LIST", () => quote(list))
    .replace("OPTIONS", () => describedAll(globalOptions).map(quote).join(" "))
    .replace("VALUED", () => valuedOf(globalOptions).map(quote).join(" "))
    .replace("CASES", () => cases.join("\n"));
}

function valuedOf(options: readonly CompletionOption[]): readonly string[] {
  return options.flatMap(({ name, fill }) => (fill === undefined ? [] : [name, fill]));
}

function describedAll(options: readonly CompletionOption[]): readonly string[] {
  return options.map(({ name, help }) => described([name, help]));
}

function described([text, help]: readonly [string, string]): string {
  return `${text.replaceAll(":", "\\:")}:${help}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const script = String.raw`#compdef awst
__awst_at() {
  next=() opts=() fills=() valued=() program=''
  case "$1" in
CASES
    *) return 1 ;;
  esac
  opts+=(OPTIONS)
  valued+=(VALUED)
}

__awst_fill() {
  local -a lines found
  local line='' named=''
  case "$1" in
    ''|@any) return 1 ;;
    @files) _files; return ;;
    @*) [[ -r $list ]] && lines=("@{(@f)$(<$list)}") ;;
    *) found=(@{(s:|:)1}) ;;
  esac
  case "$1" in
    @identities) line=@{lines[1]-} ;;
    @accounts) found=("@{(@)lines%%$'\t'*}") ;;
    @roles)
      for named in "@{names[1]}"$'\t*' "[^"$'\t'"]#@{(b)names[1]}[^"$'\t'"]#"$'\t*'; do
        [[ -n $line ]] || line=@{lines[(r)$~named]-}
      done ;;
  esac
  [[ $line == *$'\t'* ]] && found=("@{(@ps:\t:)@{line#*$'\t'}}")
  found=("@{(@)found:#}")
  (( $#found )) && compadd -a found
}

_awst() {
  setopt localoptions extendedglob
  local list=LIST place='' word='' pending='' program=''
  local -a next opts fills names
  local -A valued
  local -i at behind=0
  __awst_at ''
  for (( at = 2; at < CURRENT; at++ )); do
    word=@{(Q)words[at]}
    if [[ -n $pending ]]; then pending=''; continue; fi
    case "$word" in
      --) if [[ -n $program ]]; then behind=at; break; fi ;;
      -*=*) ;;
      -*) pending=@{valued[$word]-} ;;
      *)
        if (( $#next )); then
          place=@{place:+$place }$word
          __awst_at "$place" || return 1
        else
          names+=("$word")
        fi ;;
    esac
  done
  if (( behind )); then
    shift $behind words
    (( CURRENT -= behind ))
    _normal
  elif [[ -n $pending ]]; then __awst_fill "$pending"
  elif [[ $PREFIX == --*=* ]]; then
    pending=@{valued[@{PREFIX%%=*}]-}
    compset -P '*='
    __awst_fill "$pending"
  elif [[ $PREFIX == -* ]]; then _describe -o option opts
  elif (( $#next )); then _describe command next
  else __awst_fill "@{fills[$#names+1]-}"
  fi
}

if (( $+functions[compdef] )); then
  compdef _awst awst
else
  print -u2 'awst: load the zsh completion after compinit: autoload -U compinit && compinit'
fi
`;
