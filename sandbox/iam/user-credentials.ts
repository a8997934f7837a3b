// A user's SSH public keys, signing certificates and service-specific credentials: CodeCommit, Keyspaces, Bedrock.

import { randomBytes } from "node:crypto";
import type { Action, ActionRequest } from "../action.ts";
import type { ServiceCredential, SigningCertificate, SshKey, User } from "../cloud/entities.ts";
import { newUniqueId } from "../cloud/ids.ts";
import { pageOf, pageShape } from "../wire/page.ts";
import { limitExceeded, noSuchEntity, ServiceError } from "../wire/service-error.ts";
import type { MemberShape } from "../wire/shapes.ts";
import { permit, permittedUser, userNameShape } from "./own-user.ts";

const named = { ...userNameShape, required: true };
const idShape: MemberShape = { required: true, min: 16, max: 128, pattern: /[\w]+/ };
const statusShape: MemberShape = { required: true, oneOf: ["Active", "Inactive"] };
const sshKeysPerUser = 5;
const certificatesPerUser = 2;
const credentialsPerService = 2;
const services = ["codecommit", "cassandra", "bedrock", "logs"].map(
  (name) => `${name}.amazonaws.com`,
);

export const uploadSshPublicKey: Action = {
  input: { UserName: named, SSHPublicKeyBody: { required: true, min: 1, max: 16_384 } },
  run(request) {
    const user = permittedUser(request, "UploadSSHPublicKey");
    const body = request.parameters.get("SSHPublicKeyBody") ?? "";
    if (!/^ssh-rsa [A-Za-z0-9+/=]+/.test(body)) {
      throw new ServiceError(400, "InvalidPublicKey", "The public key is malformed.");
    }
    if (user.sshKeys.some((key) => key.body === body)) {
      throw new ServiceError(400, "DuplicateSSHPublicKey", "The SSH public key already exists.");
    }
    if (user.sshKeys.length >= sshKeysPerUser) {
      throw limitExceeded(`Cannot exceed quota for SSHPublicKeysPerUser: ${sshKeysPerUser}`);
    }
    const id = newUniqueId("APKA");
    const key: SshKey = { id, body, uploadedAt: request.now, status: "Active" };
    user.sshKeys.push(key);
    return { SSHPublicKey: { ...sshKeyFields(user, key), SSHPublicKeyBody: body } };
  },
};

export const listSshPublicKeys: Action = {
  input: { UserName: userNameShape, ...pageShape },
  run(request) {
    const user = permittedUser(request, "ListSSHPublicKeys");
    const keys = user.sshKeys.map((key) => sshKeyFields(user, key));
    const { items, end } = pageOf(keys, request.parameters, request.settings.pageSize);
    return { SSHPublicKeys: items, ...end };
  },
};

export const getSshPublicKey: Action = {
  input: {
    UserName: named,
    SSHPublicKeyId: idShape,
    Encoding: { required: true, oneOf: ["SSH", "PEM"] },
  },
  run(request) {
    const user = permittedUser(request, "GetSSHPublicKey");
    const key = ownOf(request, user.sshKeys, "SSHPublicKeyId", "SSH Public Key");
    return { SSHPublicKey: { ...sshKeyFields(user, key), SSHPublicKeyBody: key.body } };
  },
};

export const updateSshPublicKey: Action = {
  input: { UserName: named, SSHPublicKeyId: idShape, Status: statusShape },
  run(request) {
    const user = permittedUser(request, "UpdateSSHPublicKey");
    ownOf(request, user.sshKeys, "SSHPublicKeyId", "SSH Public Key").status = statusOf(request);
    return undefined;
  },
};

export const deleteSshPublicKey: Action = {
  input: { UserName: named, SSHPublicKeyId: idShape },
  run(request) {
    const user = permittedUser(request, "DeleteSSHPublicKey");
    const key = ownOf(request, user.sshKeys, "SSHPublicKeyId", "SSH Public Key");
    user.sshKeys = user.sshKeys.filter((other) => other !== key);
    return undefined;
  },
};

export const uploadSigningCertificate: Action = {
  input: { UserName: userNameShape, CertificateBody: { required: true, min: 1, max: 16_384 } },
  run(request) {
    const user = permittedUser(request, "UploadSigningCertificate");
    const body = request.parameters.get("CertificateBody") ?? "";
    if (!/^-----BEGIN CERTIFICATE-----/.test(body)) {
      throw new ServiceError(400, "MalformedCertificate", "The certificate is malformed.");
    }
    if (user.certificates.length >= certificatesPerUser) {
      throw limitExceeded(`Cannot exceed quota for CertificatesPerUser: ${certificatesPerUser}`);
    }
    const id = randomBytes(12).toString("hex").toUpperCase();
    const made: SigningCertificate = { id, body, uploadedAt: request.now, status: "Active" };
    user.certificates.push(made);
    return { Certificate: certificateFields(user, made) };
  },
};

export const listSigningCertificates: Action = {
  input: { UserName: userNameShape, ...pageShape },
  run(request) {
    const user = permittedUser(request, "ListSigningCertificates");
    const all = user.certificates.map((each) => certificateFields(user, each));
    const { items, end } = pageOf(all, request.parameters, request.settings.pageSize);
    return { Certificates: items, ...end };
  },
};

export const updateSigningCertificate: Action = {
  input: { UserName: userNameShape, CertificateId: idShape, Status: statusShape },
  run(request) {
    const user = permittedUser(request, "UpdateSigningCertificate");
    const found = ownOf(request, user.certificates, "CertificateId", "Certificate");
    found.status = statusOf(request);
    return undefined;
  },
};

export const deleteSigningCertificate: Action = {
  input: { UserName: userNameShape, CertificateId: idShape },
  run(request) {
    const user = permittedUser(request, "DeleteSigningCertificate");
    const found = ownOf(request, user.certificates, "CertificateId", "Certificate");
    user.certificates = user.certificates.filter((other) => other !== found);
    return undefined;
  },
};

export const createServiceSpecificCredential: Action = {
  input: {
    UserName: named,
    ServiceName: { required: true, min: 1 },
    CredentialAgeDays: { number: true, min: 1, max: 36_600 },
  },
  run(request) {
    const { parameters, now, caller } = request;
    const user = permittedUser(request, "CreateServiceSpecificCredential");
    const service = parameters.get("ServiceName") ?? "";
    if (!services.includes(service)) {
      throw noSuchEntity(
        `No such service ${service} is supported for Service Specific Credentials`,
      );
    }
    const same = user.serviceCredentials.filter((each) => each.service === service);
    if (same.length >= credentialsPerService) {
      throw limitExceeded(
        `Cannot exceed quota for ServiceSpecificCredentialsPerUser: ${credentialsPerService}`,
      );
    }
    const days = parameters.get("CredentialAgeDays");
    const made: ServiceCredential = {
      id: newUniqueId("ACCA"),
      service,
      serviceUserName: `${user.name}-at-${caller.account.id}`,
      createdAt: now,
      expiresAt: days ? new Date(now.getTime() + Number(days) * 86_400_000) : undefined,
      status: "Active",
    };
    user.serviceCredentials.push(made);
    return {
      ServiceSpecificCredential: {
        ...credentialFields(request, user, made),
        ServicePassword: randomBytes(32).toString("base64"),
      },
    };
  },
};

export const listServiceSpecificCredentials: Action = {
  input: {
    UserName: userNameShape,
    ServiceName: {},
    AllUsers: { oneOf: ["true", "false"] },
    ...pageShape,
  },
  run(request) {
    const { parameters, caller, settings } = request;
    const owners = ownersOfCredentials(request);
    const service = parameters.get("ServiceName");
    const all = owners.flatMap((user) =>
      user.serviceCredentials
        .filter((each) => service === undefined || each.service === service)
        .map((each) => credentialFields(request, user, each)),
    );
    const { items, end } = pageOf(all, parameters, settings.pageSize);
    return { ServiceSpecificCredentials: items, accountId: caller.account.id, ...end };
  },
};

export const updateServiceSpecificCredential: Action = {
  input: { UserName: userNameShape, ServiceSpecificCredentialId: idShape, Status: statusShape },
  run(request) {
    const user = permittedUser(request, "UpdateServiceSpecificCredential");
    ownCredential(request, user).status = statusOf(request);
    return undefined;
  },
};

export const deleteServiceSpecificCredential: Action = {
  input: { UserName: userNameShape, ServiceSpecificCredentialId: idShape },
  run(request) {
    const user = permittedUser(request, "DeleteServiceSpecificCredential");
    const found = ownCredential(request, user);
    user.serviceCredentials = user.serviceCredentials.filter((other) => other !== found);
    return undefined;
  },
};

function ownersOfCredentials(request: ActionRequest): readonly User[] {
  const { parameters, caller } = request;
  if (parameters.get("AllUsers") !== "true") {
    return [permittedUser(request, "ListServiceSpecificCredentials")];
  }
  permit(request, "ListServiceSpecificCredentials", caller.account.arn("user/*"));
  return [...caller.account.users.values()];
}

function ownCredential(request: ActionRequest, user: User): ServiceCredential {
  const label = "Service Specific Credential";
  return ownOf(request, user.serviceCredentials, "ServiceSpecificCredentialId", label);
}

function ownOf<T extends { readonly id: string }>(
  { parameters }: ActionRequest,
  all: readonly T[],
  parameter: string,
  label: string,
): T {
  const id = parameters.get(parameter) ?? "";
  const found = all.find((each) => each.id === id);
  if (!found) throw noSuchEntity(`The ${label} with id ${id} cannot be found.`);
  return found;
}

function statusOf({ parameters }: ActionRequest): "Active" | "Inactive" {
  return parameters.get("Status") === "Active" ? "Active" : "Inactive";
}

function sshKeyFields({ name }: User, key: SshKey) {
  return {
    UserName: name,
    SSHPublicKeyId: key.id,
    Status: key.status,
    UploadDate: key.uploadedAt,
  };
}

function certificateFields({ name }: User, { id, body, status, uploadedAt }: SigningCertificate) {
  return {
    UserName: name,
    CertificateId: id,
    CertificateBody: body,
    Status: status,
    UploadDate: uploadedAt,
  };
}

function credentialFields({ now }: ActionRequest, { name }: User, each: ServiceCredential) {
  const isOver = each.expiresAt !== undefined && each.expiresAt <= now;
  return {
    UserName: name,
    Status: isOver ? "Expired" : each.status,
    ServiceUserName: each.serviceUserName,
    CreateDate: each.createdAt,
    ExpirationDate: each.expiresAt,
    ServiceSpecificCredentialId: each.id,
    ServiceName: each.service,
  };
}
