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
  lines=$(AWST_SHELL=bash,awsume command awst "$@") || code=$?
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
