# Who boto3 is, with AWS_PROFILE only: prints the ARN.
import boto3

print(boto3.client("sts").get_caller_identity()["Arn"])
