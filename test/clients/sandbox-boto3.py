"""The sandbox as boto3 sees it. argv: URL. stdin: the line that sandbox/main.ts prints, as JSON.
Prints one JSON object of what it saw."""

import datetime
import json
import sys
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

url = sys.argv[1]
world = json.load(sys.stdin)
once = Config(retries={"total_max_attempts": 1})


def client(service, keys, region="eu-west-1"):
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=region,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys.get("SessionToken"),
        config=once,
    )


def refused(call, **words):
    try:
        call(**words)
    except ClientError as error:
        response = error.response
        return [
            response["Error"]["Code"],
            response["ResponseMetadata"]["HTTPStatusCode"],
            response["Error"]["Message"],
        ]
    return None


def code():
    with urllib.request.urlopen(url + "/_sandbox/code") as answer:
        return json.load(answer)["code"]


main = world["main"]
keys = {"AccessKeyId": main["accessKeyId"], "SecretAccessKey": main["secretAccessKey"]}
sts, iam = client("sts", keys), client("iam", keys)
mfa = {"SerialNumber": main["serial"], "TokenCode": code()}
session = sts.get_session_token(**mfa)["Credentials"]
role = {"RoleArn": "arn:aws:iam::111111111111:role/Hub", "RoleSessionName": "boto"}
assumed = client("sts", session).assume_role(**role)
tags = [{"Key": "key %d" % n, "Value": "välue"} for n in range(5)]
iam.tag_user(UserName="main", Tags=tags)
pages = iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 2})
device = iam.create_virtual_mfa_device(VirtualMFADeviceName="boto")["VirtualMFADevice"]
presigned = sts.generate_presigned_url(
    "get_caller_identity", ExpiresIn=60, HttpMethod="GET"
)
with urllib.request.urlopen(presigned) as answer:
    presigned_answer = answer.read().decode()

json.dump(
    {
        "arn": client("sts", assumed["Credentials"]).get_caller_identity()["Arn"],
        "expires": isinstance(session["Expiration"], datetime.datetime),
        "devices": [d["SerialNumber"] for d in iam.list_mfa_devices()["MFADevices"]],
        "users": [user["UserName"] for page in pages for user in page["Users"]],
        "tags": iam.list_user_tags(UserName="main")["Tags"],
        "seed": device["Base32StringSeed"].decode(),
        "png": device["QRCodePNG"][1:4].decode(),
        "presigned": "arn:aws:iam::111111111111:user/main" in presigned_answer,
        "refusals": {
            "used code": refused(sts.get_session_token, **mfa),
            "chain": refused(client("sts", session).assume_role, DurationSeconds=7200, **role),
            "quota": [refused(iam.create_access_key), refused(iam.create_access_key)],
            "missing": refused(iam.get_user, UserName="missing-user"),
            "secret": refused(
                client("sts", {**keys, "SecretAccessKey": "x"}).get_caller_identity
            ),
            "partition": refused(client("sts", keys, "cn-north-1").get_caller_identity),
        },
    },
    sys.stdout,
)
