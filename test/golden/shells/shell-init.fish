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
