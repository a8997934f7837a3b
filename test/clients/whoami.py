# Who boto3 is, with nothing said but AWS_PROFILE: prints the ARN.
import boto3

print(boto3.client("sts").get_caller_identity()["Arn"])
