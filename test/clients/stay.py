# boto3 in one program that runs for some seconds: every second it says who it is.
import sys
import time

import boto3

session = boto3.Session()
sts = session.client("sts")
end = time.monotonic() + float(sys.argv[1])
while True:
    print(sts.get_caller_identity()["Arn"], flush=True)
    if time.monotonic() >= end:
        break
    time.sleep(0.5)
