function awst --description 'AWS role sessions from one MFA code'
  set -l skip 0
  set -l subcommand ''
  for word in $argv
    if test $skip = 1
      set skip 0
      continue
    end
    switch $word
      case --config --env --identity
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
  set -l lines (env AWST_SHELL=fish,awsume awst $argv)
  set -l code $status
  if test $code = 0; and test "$lines[1]" = '# awst: for eval'
    printf '%s\n' $lines[2..-1] | source
  else if set -q lines[1]
    printf '%s\n' $lines
  end
  return $code
end

function aws_assume --wraps 'awst assume' --description 'awst assume'
  awst assume $argv
end

function awsume --wraps 'awst assume' --description 'AWSume, by awst'
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
