// The bucket that functions take their code from, and the parameter that holds a webhook, by signed calls. The bucket
// is addressed by its path, which every region and every emulator takes.

import { escapeUri } from "@smithy/core/protocols";
import { isAwstError } from "../../model/errors.ts";
import type { DeployServices } from "../deploy-ports.ts";
import { childrenOf, readXml, textOf } from "../model/read-xml.ts";
import {
  missingValueError,
  type SendSigned,
  type SignedRequest,
  undefinedIf,
} from "./signed-call.ts";

type BucketCalls = Pick<
  DeployServices,
  | "hasBucket"
  | "makeBucket"
  | "putBucketPolicy"
  | "hasObject"
  | "putObject"
  | "deleteBucket"
  | "putSecret"
  | "hasParameter"
  | "canMailEveryUser"
>;

export function bucketCalls(send: SendSigned, region: string): BucketCalls {
  const call = (
    action: string,
    method: SignedRequest["method"],
    path: readonly string[],
    how: {
      readonly query?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
      readonly responseFormat?: "xml";
    } = {},
  ) =>
    send({
      service: "s3",
      action,
      method,
      path: path.map((part) => `/${escapeUri(part)}`).join(""),
      query: how.query,
      headers: how.body === undefined ? {} : { "content-type": "application/octet-stream" },
      body: how.body ?? "",
      responseFormat: how.responseFormat ?? "none",
      isRepeatable: true,
    });
  const parameter = (action: string, body: object) =>
    send({
      service: "ssm",
      action,
      method: "POST",
      path: "/",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `AmazonSSM.${action}`,
      },
      body: JSON.stringify(body),
      responseFormat: "json",
      isRepeatable: true,
    });
  const absent = /^(NoSuchBucket|NoSuchKey|NotFound)/;
  const exists = async (response: Promise<unknown>) =>
    (await undefinedIf(absent, response)) !== undefined;
  return {
    hasBucket: (name) => exists(call("HeadBucket", "HEAD", [name])),
    async makeBucket(name) {
      const body = `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
      const how = region === "us-east-1" ? {} : { body };
      await undefinedIf(/^BucketAlreadyOwnedByYou/, call("CreateBucket", "PUT", [name], how));
      const block = [
        "BlockPublicAcls",
        "IgnorePublicAcls",
        "BlockPublicPolicy",
        "RestrictPublicBuckets",
      ]
        .map((each) => `<${each}>true</${each}>`)
        .join("");
      await call("PutPublicAccessBlock", "PUT", [name], {
        query: { publicAccessBlock: "" },
        body: `<PublicAccessBlockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${block}</PublicAccessBlockConfiguration>`,
      });
      await call("PutBucketVersioning", "PUT", [name], {
        query: { versioning: "" },
        body: '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>',
      });
    },
    async putBucketPolicy(name, body) {
      await call("PutBucketPolicy", "PUT", [name], { query: { policy: "" }, body });
    },
    hasObject: (bucket, key) => exists(call("HeadObject", "HEAD", [bucket, key])),
    async putObject(bucket, key, body) {
      await call("PutObject", "PUT", [bucket, key], { body });
    },
    async deleteBucket(name) {
      // Each list begins anew, since what it named is gone then.
      for (;;) {
        const response = await undefinedIf(
          absent,
          call("ListObjectVersions", "GET", [name], {
            query: { versions: "" },
            responseFormat: "xml",
          }),
        );
        if (response === undefined) return;
        const root = readXml(String(response));
        if (root === undefined) throw missingValueError("ListObjectVersions");
        const versions = [...childrenOf(root, "Version"), ...childrenOf(root, "DeleteMarker")];
        if (versions.length === 0) break;
        for (const version of versions) {
          const query = { versionId: textOf(version, "VersionId") ?? "null" };
          await call("DeleteObject", "DELETE", [name, textOf(version, "Key") ?? ""], { query });
        }
      }
      await undefinedIf(absent, call("DeleteBucket", "DELETE", [name]));
    },
    async canMailEveryUser() {
      const output = await send({
        service: "ses",
        action: "GetAccount",
        method: "GET",
        path: "/v2/email/account",
        headers: {},
        body: "",
        responseFormat: "json",
        isRepeatable: true,
      });
      return Object(output).ProductionAccessEnabled === true;
    },
    async putSecret(Name, value) {
      const body = { Name, Value: value.reveal(), Type: "SecureString", Overwrite: true };
      await parameter("PutParameter", body);
    },
    async hasParameter(Name) {
      try {
        return (
          (await undefinedIf(/^ParameterNotFound/, parameter("GetParameter", { Name }))) !==
          undefined
        );
      } catch (error) {
        // The permission to write the parameter does not include the permission to read it.
        if (isAwstError(error, "AWS_DENIED")) return true;
        throw error;
      }
    },
  };
}
