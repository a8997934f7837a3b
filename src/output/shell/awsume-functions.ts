// What `shell-init --awsume` adds: the command `awsume` of AWSume, for users who are used to it. It calls the function
// `awst`, which changes the shell, and completes names as `awst assume` does. The line that -s prints comes from a second
// run, whose notes would repeat those of the first.

import type { Shell } from "../../model/shell/shells.ts";

const posix = `unalias awsume 2>/dev/null || :
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
    command awst console "$@" \${refresh:+--refresh}
  else
    awst assume "$@" \${refresh:+--refresh} || return
    if [ -n "$show" ]; then command awst assume "$@" --quiet; fi
  fi
}
`;

const bash = `${posix}_awsume() {
  local COMP_LINE="awst assume\${COMP_LINE#awsume}" COMP_POINT=$((COMP_POINT + 5))
  if declare -F _awst >/dev/null; then _awst; fi
}
complete -F _awsume awsume
`;

const zsh = `${posix}_awsume() {
  words=(awst assume "\${(@)words[2,-1]}")
  (( CURRENT += 1 ))
  (( $+functions[_awst] )) && _awst
}
if (( $+functions[compdef] )); then compdef _awsume awsume; fi
`;

const fish = `function awsume --wraps 'awst assume' --description 'AWSume, by awst'
  set -l args
  set -l refresh
  set -l open 0
  set -l list 0
  set -l show 0
  for word in $argv
    switch $word
      case -c --console
        set open 1
      case -cl
        set open 1
        set -a args --print
      case -cs
        set open 1
        set -a args --service
      case -cls
        set open 1
        set -a args --print --service
      case -l --list-profiles
        set list 1
      case -s --show-commands
        set show 1
      case -r --refresh
        set refresh --refresh
      case -u --unset
        set -a args --unset
      case -v --version
        command awst --version
        return
      case --role-arn
      case --mfa-token
        set -a args --mfa-code
      case --role-duration
        set -a args --duration
      case '*'
        set -a args $word
    end
  end
  if test $list = 1
    command awst list
  else if test $open = 1
    command awst console $args $refresh
  else
    awst assume $args $refresh; or return
    if test $show = 1
      command awst assume $args --quiet
    end
  end
end
`;

const powershell = `function awsume {
  $words = @()
  $refresh = @()
  $open = $false
  $list = $false
  $show = $false
  foreach ($each in $args) {
    switch -CaseSensitive ([string]$each) {
      { $_ -in '-c', '--console' } { $open = $true; break }
      '-cl' { $open = $true; $words += '--print'; break }
      '-cs' { $open = $true; $words += '--service'; break }
      '-cls' { $open = $true; $words += '--print', '--service'; break }
      { $_ -in '-l', '--list-profiles' } { $list = $true; break }
      { $_ -in '-s', '--show-commands' } { $show = $true; break }
      { $_ -in '-r', '--refresh' } { $refresh = @('--refresh'); break }
      { $_ -in '-u', '--unset' } { $words += '--unset'; break }
      { $_ -in '-v', '--version' } { awst --version; return }
      '--role-arn' { break }
      '--mfa-token' { $words += '--mfa-code'; break }
      '--role-duration' { $words += '--duration'; break }
      default { $words += $_ }
    }
  }
  if ($list) { awst list; return }
  if ($open) { awst console @words @refresh; return }
  awst assume @words @refresh
  if ($show -and $global:LASTEXITCODE -eq 0) {
    $program = Get-Command awst -CommandType ExternalScript, Application -ErrorAction Stop | Select-Object -First 1
    & $program assume @words --quiet
  }
}
`;

/** By the shell that evaluates it. */
export const awsumeFunctions: Readonly<Record<Shell, string>> = { bash, zsh, fish, powershell };
