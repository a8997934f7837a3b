#compdef awst
__awst_at() {
  next=() opts=() fills=() valued=() program=''
  case "$1" in
    '') next=('exec:run a program' 'key:the user'\''s key') ;;
    'key') next=('add:put it in') ;;
    'exec') opts=('--format:its form') fills=('@accounts' '@roles') valued=('--format' 'env|fish') program=1 ;;
    'key add') opts=('--csv:from a file' '-c:from a file' '--json:an object') fills=('@any') valued=('--csv' '@files' '-c' '@files') ;;
    *) return 1 ;;
  esac
  opts+=('--config:a file: the user'\''s' '--identity:a user' '--help:this' '-h:this')
  valued+=('--config' '@files' '--identity' '@identities')
}

__awst_fill() {
  local -a lines found
  local line='' named=''
  case "$1" in
    ''|@any) return 1 ;;
    @files) _files; return ;;
    @*) [[ -r $list ]] && lines=("${(@f)$(<$list)}") ;;
    *) found=(${(s:|:)1}) ;;
  esac
  case "$1" in
    @identities) line=${lines[1]-} ;;
    @accounts) found=("${(@)lines%%$'\t'*}") ;;
    @roles)
      for named in "${names[1]}"$'\t*' "[^"$'\t'"]#${(b)names[1]}[^"$'\t'"]#"$'\t*'; do
        [[ -n $line ]] || line=${lines[(r)$~named]-}
      done ;;
  esac
  [[ $line == *$'\t'* ]] && found=("${(@ps:\t:)${line#*$'\t'}}")
  found=("${(@)found:#}")
  (( $#found )) && compadd -a found
}

_awst() {
  setopt localoptions extendedglob
  local list='/home/o'\''brien/.local/state/awst/names-1.txt' place='' word='' pending='' program=''
  local -a next opts fills names
  local -A valued
  local -i at behind=0
  __awst_at ''
  for (( at = 2; at < CURRENT; at++ )); do
    word=${(Q)words[at]}
    if [[ -n $pending ]]; then pending=''; continue; fi
    case "$word" in
      --) if [[ -n $program ]]; then behind=at; break; fi ;;
      -*=*) ;;
      -*) pending=${valued[$word]-} ;;
      *)
        if (( $#next )); then
          place=${place:+$place }$word
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
    pending=${valued[${PREFIX%%=*}]-}
    compset -P '*='
    __awst_fill "$pending"
  elif [[ $PREFIX == -* ]]; then _describe -o option opts
  elif (( $#next )); then _describe command next
  else __awst_fill "${fills[$#names+1]-}"
  fi
}

if (( $+functions[compdef] )); then
  compdef _awst awst
else
  print -u2 'awst: load the zsh completion after compinit: autoload -U compinit && compinit'
fi
