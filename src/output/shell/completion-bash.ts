// Completions for bash (3.2 and newer). The script splits the command line itself: COMP_WORDS splits names at `:`
// and `@` and does not know open quotes. In the script `@{` stands for a dollar sign and a brace.

import type { CompletionNode, CompletionOption } from "./completion-table.ts";

/** `list`: path of the file with the names. */
export function bashCompletion(
  nodes: readonly CompletionNode[],
  globalOptions: readonly CompletionOption[],
  list: string,
): string {
  const cases = nodes.map((node) => {
    const parts = [
      ["next", node.subcommands.map(([text]) => text)],
      ["opts", node.options.map(({ name }) => name)],
      ["fills", node.arguments],
      ["valued", valuedOf(node.options)],
    ] as const;
    const sets = parts
      .filter(([, values]) => values.length > 0)
      .map(([name, values]) => `${name}=${spaced(values)}`);
    if (node.isProgram) sets.push("program=1");
    return `    ${quote(node.path)}) ${sets.join(" ")} ;;`;
  });
  return script
    .replaceAll("@{", () => "${")
    .replace("LIST", () => quote(list))
    .replace("OPTIONS", () => spaced(globalOptions.map(({ name }) => name)))
    .replace("VALUED", () => spaced(valuedOf(globalOptions)))
    .replace("CASES", () => cases.join("\n"));
}

function valuedOf(options: readonly CompletionOption[]): readonly string[] {
  return options.flatMap(({ name, fill }) => (fill === undefined ? [] : [`${name}=${fill}`]));
}

function spaced(values: readonly string[]): string {
  return quote(` ${values.join(" ")} `);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const script = String.raw`__awst_at() {
  next='' opts='' fills='' valued='' program=''
  case "$1" in
CASES
    *) return 1 ;;
  esac
  opts+=OPTIONS
  valued+=VALUED
}

__awst_offer() {
  local name
  for name in "$@"; do
    name=$lead$name
    if [[ $name != "$word"* ]]; then continue; fi
    name=@{name#"$head"}
    case $quote in
      \') name=@{name//\'/\'\\\'\'} ;;
      \") name=@{name//\\/\\\\} name=@{name//\"/\\\"} name=@{name//\$/\\\$} name=@{name//$'\x60'/\\$'\x60'} ;;
      *) printf -v name %q "$name" ;;
    esac
    COMPREPLY[@{#COMPREPLY[@]}]=$name
  done
}

__awst_names() {
  local lines line name found='' names
  if [[ ! -r $list ]]; then return 0; fi
  IFS=$'\n' read -r -d '' -a lines < "$list" || :
  case $1 in
    @identities) found=@{lines[0]-} ;;
    @accounts)
      for line in "@{lines[@]}"; do
        name=@{line%%$'\t'*}
        if [[ -n $name && $lead$name == "$word"* ]]; then __awst_offer "$name"; fi
      done ;;
    @roles)
      for line in "@{lines[@]}"; do
        name=@{line%%$'\t'*}
        if [[ $name == "$account" ]]; then found=$line; break; fi
        if [[ -z $found && -n $name && $name == *"$account"* ]]; then found=$line; fi
      done ;;
  esac
  if [[ $found == *$'\t'* ]]; then
    IFS=$'\t' read -r -a names <<< "@{found#*$'\t'}"
    __awst_offer "@{names[@]}"
  fi
}

__awst_fill() {
  case $1 in
    ''|@any) ;;
    @files) compopt -o default 2>/dev/null || : ;;
    @*) __awst_names "$1" ;;
    *) __awst_offer @{1//|/ } ;;
  esac
}

# Everything before the cursor: whole words into typed, the last one into word, without their quotes;
# head is what readline leaves as it stands.
__awst_split() {
  local char at started=''
  for ((at = 0; at < @{#line}; at++)); do
    char=@{line:at:1}
    if [[ $quote == \' && $char != \' ]]; then word+=$char
    elif [[ $char == \\ ]]; then at=$((at + 1)); word+=@{line:at:1}
    elif [[ -n $quote && $char == "$quote" ]]; then quote=''; head=$word
    elif [[ -n $quote ]]; then word+=$char
    elif [[ $char == [\'\"] ]]; then quote=$char; started=1; head=$word
    elif [[ $char == [[:space:]] ]]; then
      if [[ -n $started$word ]]; then typed[@{#typed[@]}]=$word; fi
      word=''; head=''; started=''
    else
      word+=$char
      if [[ $COMP_WORDBREAKS == *"$char"* ]]; then head=$word; fi
    fi
  done
}

_awst() {
  local IFS=$' \t\n' line=@{COMP_LINE:0:COMP_POINT} list=LIST word='' quote='' head='' lead='' at item
  local typed place='' pending='' account='' behind='' count=0 next opts fills valued program
  typed=()
  COMPREPLY=()
  __awst_split
  __awst_at ''
  for ((at = 1; at < @{#typed[@]}; at++)); do
    item=@{typed[at]}
    if [[ -n $behind ]]; then behind=2; continue; fi
    if [[ -n $pending ]]; then pending=''; continue; fi
    case $item in
      --) behind=$program ;;
      -*=*) ;;
      -*)
        if [[ $valued == *" $item="* ]]; then
          pending=@{valued#*" $item="}
          pending=@{pending%% *}
        fi ;;
      *)
        if [[ -n $next ]]; then
          place=@{place:+$place }$item
          __awst_at "$place" || return 0
        else
          if [[ $count == 0 ]]; then account=$item; fi
          count=$((count + 1))
        fi ;;
    esac
  done
  if [[ $behind == 1 ]]; then
    compopt -o bashdefault -o default 2>/dev/null || :
    IFS=$'\n' read -r -d '' -a COMPREPLY < <(compgen -c -- "$word") || :
  elif [[ -n $behind ]]; then __awst_fill @files
  elif [[ -n $pending ]]; then __awst_fill "$pending"
  elif [[ $word == --*=* ]]; then
    lead=@{word%%=*}=
    if [[ $valued == *" $lead"* ]]; then
      item=@{valued#*" $lead"}
      __awst_fill "@{item%% *}"
    fi
  elif [[ $word == -* ]]; then __awst_offer $opts
  elif [[ -n @{next// /} ]]; then __awst_offer $next
  else
    for item in $fills; do
      if [[ $count == 0 ]]; then __awst_fill "$item"; fi
      count=$((count - 1))
    done
  fi
  return 0
}
complete -F _awst awst
`;
