# The AWS SDK for Ruby in one program: says who it is, and again every half second for the seconds it is given.
require "aws-sdk-core"

# Older versions do not know AWS_ENDPOINT_URL.
sts = Aws::STS::Client.new(endpoint: ENV.fetch("AWS_ENDPOINT_URL"))
finish = Process.clock_gettime(Process::CLOCK_MONOTONIC) + ARGV[0].to_f
$stdout.sync = true
loop do
  puts sts.get_caller_identity.arn
  break if Process.clock_gettime(Process::CLOCK_MONOTONIC) >= finish
  sleep 0.5
end
