// S3 with path-style names, as far as one bucket for code needs it: buckets, versions, policies, objects.

import type { Action, ActionRequest } from "../action.ts";
import { sha256 } from "../auth/sigv4.ts";
import type { Bucket, ObjectVersion } from "../cloud/stack-entities.ts";
import { contextOf, decide } from "../policy/authorize.ts";
import { parsePolicy } from "../policy/document.ts";
import { ServiceError } from "../wire/service-error.ts";
import type { Shape } from "../wire/shapes.ts";
import { arnOf, decideByPolicy, isPublic, memberOf, requesterOf } from "./buckets.ts";

const bucketShape: Shape = { Bucket: { required: true } };
const objectShape: Shape = { ...bucketShape, Key: { required: true, min: 1, max: 1024 } };

export const headBucket: Action = {
  input: bucketShape,
  run(request) {
    const bucket = requireBucket(request);
    permit(request, bucket, "ListBucket");
    return undefined;
  },
};

export const createBucket: Action = {
  input: bucketShape,
  run(request) {
    const { cloud, caller, parameters, region, body } = request;
    const name = parameters.get("Bucket") ?? "";
    checkBody(request);
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
      throw new ServiceError(400, "InvalidBucketName", "The specified bucket is not valid.");
    }
    const bucket: Bucket = {
      name,
      accountId: caller.account.id,
      region,
      isVersioned: false,
      // As for every bucket since April 2023.
      blocksPublicAccess: true,
      policy: undefined,
      objects: new Map(),
    };
    permit(request, bucket, "CreateBucket");
    const old = cloud.buckets.get(name);
    if (old) {
      const [code, text] =
        old.accountId === caller.account.id
          ? [
              "BucketAlreadyOwnedByYou",
              "Your previous request to create the named bucket succeeded and you already own it.",
            ]
          : ["BucketAlreadyExists", "The requested bucket name is not available."];
      throw new ServiceError(409, code as string, text as string);
    }
    const wanted = /<LocationConstraint>([^<]*)</.exec(body.toString())?.[1];
    if (wanted !== (region === "us-east-1" ? undefined : region)) {
      throw new ServiceError(
        400,
        "IllegalLocationConstraintException",
        `The ${wanted ?? "unspecified"} location constraint is incompatible for the region specific endpoint this request was sent to.`,
      );
    }
    cloud.buckets.set(name, bucket);
    return undefined;
  },
};

export const putBucketVersioning: Action = {
  input: bucketShape,
  run(request) {
    const bucket = requireBucket(request);
    permit(request, bucket, "PutBucketVersioning");
    checkBody(request);
    const status = /<Status>(Enabled|Suspended)</.exec(request.body.toString())?.[1];
    if (status === undefined) throw malformed();
    bucket.isVersioned = status === "Enabled";
    return undefined;
  },
};

export const putPublicAccessBlock: Action = {
  input: bucketShape,
  run(request) {
    const bucket = requireBucket(request);
    permit(request, bucket, "PutBucketPublicAccessBlock");
    checkBody(request);
    bucket.blocksPublicAccess = /<BlockPublicPolicy>true</.test(request.body.toString());
    return undefined;
  },
};

export const putBucketPolicy: Action = {
  input: bucketShape,
  run(request) {
    const bucket = requireBucket(request);
    permit(request, bucket, "PutBucketPolicy");
    checkBody(request);
    try {
      const policy = parsePolicy(request.body.toString());
      if (bucket.blocksPublicAccess && isPublic(policy)) throw denied();
      bucket.policy = policy;
    } catch (error) {
      if (error instanceof ServiceError) throw error;
      throw new ServiceError(400, "MalformedPolicy", (error as Error).message);
    }
    return undefined;
  },
};

export const headObject: Action = {
  input: objectShape,
  run(request) {
    const bucket = requireBucket(request);
    const key = request.parameters.get("Key") ?? "";
    permit(request, bucket, "GetObject", key);
    if (newest(bucket, key) === undefined) throw new ServiceError(404, "NoSuchKey", "");
    return undefined;
  },
};

export const putObject: Action = {
  input: objectShape,
  run(request) {
    const bucket = requireBucket(request);
    const key = request.parameters.get("Key") ?? "";
    permit(request, bucket, "PutObject", key);
    checkBody(request);
    addVersion(bucket, key, request.body);
    return undefined;
  },
};

export const listObjectVersions: Action = {
  input: bucketShape,
  run(request) {
    const bucket = requireBucket(request);
    permit(request, bucket, "ListBucketVersions");
    const all = [...bucket.objects].flatMap(([Key, versions]) =>
      versions.map(({ id, body }) => ({ Key, VersionId: id, body })),
    );
    const shown = (isMarker: boolean) =>
      all
        .filter(({ body }) => (body === undefined) === isMarker)
        .map(({ Key, VersionId }) => ({ Key, VersionId }));
    return { IsTruncated: false, Version: shown(false), DeleteMarker: shown(true) };
  },
};

export const deleteObject: Action = {
  input: { ...objectShape, versionId: {} },
  run(request) {
    const bucket = requireBucket(request);
    const key = request.parameters.get("Key") ?? "";
    const id = request.parameters.get("versionId");
    permit(request, bucket, id === undefined ? "DeleteObject" : "DeleteObjectVersion", key);
    if (id === undefined) addVersion(bucket, key, undefined);
    else {
      const left = (bucket.objects.get(key) ?? []).filter((version) => version.id !== id);
      if (left.length > 0) bucket.objects.set(key, left);
      else bucket.objects.delete(key);
    }
    return undefined;
  },
};

export const deleteBucket: Action = {
  input: bucketShape,
  run(request) {
    const bucket = requireBucket(request);
    permit(request, bucket, "DeleteBucket");
    if (bucket.objects.size > 0) {
      throw new ServiceError(
        409,
        "BucketNotEmpty",
        "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
      );
    }
    request.cloud.buckets.delete(bucket.name);
    return undefined;
  },
};

function addVersion({ objects, isVersioned }: Bucket, key: string, body: Buffer | undefined): void {
  const before = isVersioned ? (objects.get(key) ?? []) : [];
  objects.set(key, [...before, { id: `v${before.length + 1}`, body }]);
}

function newest({ objects }: Bucket, key: string): ObjectVersion | undefined {
  const version = objects.get(key)?.at(-1);
  return version?.body === undefined ? undefined : version;
}

function requireBucket({ cloud, parameters, region }: ActionRequest): Bucket {
  const bucket = cloud.buckets.get(parameters.get("Bucket") ?? "");
  if (!bucket) throw new ServiceError(404, "NoSuchBucket", "The specified bucket does not exist");
  if (bucket.region !== region) {
    throw new ServiceError(
      301,
      "PermanentRedirect",
      "The bucket you are attempting to access must be addressed using the specified endpoint.",
    );
  }
  return bucket;
}

/** The identity's policies and the bucket's: in one account one of them is enough, else both have to allow it. */
function permit(request: ActionRequest, bucket: Bucket, action: string, key?: string): void {
  const { caller, cloud, now, region } = request;
  const context = contextOf(caller, {
    now,
    region,
    extra: { "aws:PrincipalOrgID": memberOf(cloud, caller.account) },
  });
  const resource = arnOf(caller.account.partition, bucket, key);
  const ask = { action: `s3:${action}`, resource, context };
  const own = decide(caller, ask).verdict;
  const byPolicy = decideByPolicy(
    bucket.policy,
    ask.action,
    resource,
    context,
    requesterOf(caller),
  );
  const isOwner = bucket.accountId === caller.account.id;
  const isAllowed = isOwner
    ? own === "allowed" || byPolicy === "allowed"
    : own === "allowed" && byPolicy === "allowed";
  if (own === "denied" || byPolicy === "denied" || !isAllowed) throw denied();
}

/** S3 alone demands the hash of the body. */
function checkBody({ body, header }: ActionRequest): void {
  const hash = header("x-amz-content-sha256");
  if (hash === undefined) {
    throw new ServiceError(
      400,
      "MissingSecurityHeader",
      "Your request was missing a required header: x-amz-content-sha256",
    );
  }
  if (hash !== sha256(body)) {
    throw new ServiceError(
      400,
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
}

function denied(): ServiceError {
  return new ServiceError(403, "AccessDenied", "Access Denied");
}

function malformed(): ServiceError {
  return new ServiceError(
    400,
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
}
