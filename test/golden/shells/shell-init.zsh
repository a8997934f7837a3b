unalias awst 2>/dev/null || :
function awst {
  local word skip='' subcommand='' lines='' code=0
  for word in "$@"; do
    if [ -n "$skip" ]; then skip=''; continue; fi
    case "$word" in
      --config|--env|--identity) skip=1 ;;
      -*) ;;
      *) subcommand=$word; break ;;
    esac
  done
  if [ "$subcommand" != assume ]; then
    command awst "$@"
    return
  fi
  lines=$(AWST_SHELL=zsh,awsume command awst "$@") || code=$?
  case "${code}:$lines" in
    '0:# awst: for eval'*) eval "${lines#*$'\n'}" || code=$? ;;
    *:) ;;
    *) printf '%s\n' "$lines" ;;
  esac
  return "$code"
}

unalias aws_assume 2>/dev/null || :
function aws_assume {
  awst assume "$@"
}

unalias awsume 2>/dev/null || :
function awsume {
  local word count=$# open='' list='' show='' refresh=''
  while [ "$count" -gt 0 ]; do
    word=$1
    shift
    count=$((count - 1))
    case "$word" in
      -c|--console) open=1 ;;
      -cl) open=1; set -- "$@" --print ;;
      -cs) open=1; set -- "$@" --service ;;
      -cls) open=1; set -- "$@" --print --service ;;
      -l|--list-profiles) list=1 ;;
      -s|--show-commands) show=1 ;;
      -r|--refresh) refresh=1 ;;
      -u|--unset) set -- "$@" --unset ;;
      -v|--version) command awst --version; return ;;
      --role-arn) ;;
      --mfa-token) set -- "$@" --mfa-code ;;
      --role-duration) set -- "$@" --duration ;;
      *) set -- "$@" "$word" ;;
    esac
  done
  if [ -n "$list" ]; then
    command awst list
  elif [ -n "$open" ]; then
    command awst console "$@" ${refresh:+--refresh}
  else
    awst assume "$@" ${refresh:+--refresh} || return
    if [ -n "$show" ]; then command awst assume "$@" --quiet; fi
  fi
}
_awsume() {
  words=(awst assume "${(@)words[2,-1]}")
  (( CURRENT += 1 ))
  (( $+functions[_awst] )) && _awst
}
if (( $+functions[compdef] )); then compdef _awsume awsume; fi
