// A user's SSH public keys, signing certificates and service-specific credentials.

import {
  DeleteServiceSpecificCredentialCommand,
  DeleteSigningCertificateCommand,
  DeleteSSHPublicKeyCommand,
  GetSSHPublicKeyCommand,
  ListServiceSpecificCredentialsCommand,
  ListSigningCertificatesCommand,
  ListSSHPublicKeysCommand,
  UpdateServiceSpecificCredentialCommand,
  UpdateSigningCertificateCommand,
  UpdateSSHPublicKeyCommand,
  UploadSigningCertificateCommand,
  UploadSSHPublicKeyCommand,
} from "@aws-sdk/client-iam";
import { type Call, incompleteResponse } from "../../adapters/aws/aws-call.ts";
import {
  type MakeCall,
  readPages,
  sendRemoval,
  sendToIam,
} from "../../adapters/aws/aws-iam-call.ts";
import { isLoopback } from "../../model/aws/believed-time.ts";
import { isAwstError } from "../../model/errors.ts";
import type { OnOff } from "../model/account-facts.ts";
import type { AdminIam } from "../ports.ts";

/** IAM sends 100 entries a page unless asked for more. */
export const maxPageItems = 1_000;

/** A call that only reads, or that has the same effect when it is repeated. */
export function repeatable(callOf: MakeCall, action: string): Call {
  return callOf({ action, isRepeatable: true });
}

type CredentialCalls = Pick<
  AdminIam,
  | "listSshKeys"
  | "getSshKeyBody"
  | "uploadSshKey"
  | "setSshKeyStatus"
  | "deleteSshKey"
  | "listCertificates"
  | "uploadCertificate"
  | "setCertificateStatus"
  | "deleteCertificate"
  | "listServiceCredentials"
  | "setServiceCredentialStatus"
  | "deleteServiceCredential"
>;

export function credentialCalls(callOf: MakeCall): CredentialCalls {
  return {
    async listSshKeys(UserName) {
      const call = repeatable(callOf, "ListSSHPublicKeys");
      const { pages } = await readPages(
        call,
        (from) => new ListSSHPublicKeysCommand({ UserName, ...from }),
      );
      return pages
        .flatMap(({ SSHPublicKeys }) => SSHPublicKeys ?? [])
        .map(({ SSHPublicKeyId, Status, UploadDate }) => {
          if (!SSHPublicKeyId || !UploadDate) throw incompleteResponse(call);
          return { id: SSHPublicKeyId, status: onOff(Status), uploadedAt: UploadDate };
        });
    },
    async getSshKeyBody(UserName, SSHPublicKeyId) {
      const call = repeatable(callOf, "GetSSHPublicKey");
      const command = new GetSSHPublicKeyCommand({ UserName, SSHPublicKeyId, Encoding: "SSH" });
      const body = (await sendToIam(call, command)).output.SSHPublicKey?.SSHPublicKeyBody;
      if (body === undefined) throw incompleteResponse(call);
      return body;
    },
    async uploadSshKey(UserName, SSHPublicKeyBody) {
      const call = callOf({ action: "UploadSSHPublicKey", isRepeatable: false });
      const command = new UploadSSHPublicKeyCommand({ UserName, SSHPublicKeyBody });
      const id = (await sendToIam(call, command)).output.SSHPublicKey?.SSHPublicKeyId;
      if (id === undefined) throw incompleteResponse(call);
      return { id };
    },
    async setSshKeyStatus(UserName, SSHPublicKeyId, Status) {
      const call = repeatable(callOf, "UpdateSSHPublicKey");
      const command = new UpdateSSHPublicKeyCommand({ UserName, SSHPublicKeyId, Status });
      const { at } = await sendToIam(call, command);
      return { at };
    },
    deleteSshKey: (UserName, SSHPublicKeyId) =>
      sendRemoval(
        repeatable(callOf, "DeleteSSHPublicKey"),
        new DeleteSSHPublicKeyCommand({ UserName, SSHPublicKeyId }),
      ),
    async listCertificates(UserName) {
      const call = repeatable(callOf, "ListSigningCertificates");
      const { pages } = await readPages(
        call,
        (from) => new ListSigningCertificatesCommand({ UserName, ...from }),
      );
      return pages
        .flatMap(({ Certificates }) => Certificates ?? [])
        .map(({ CertificateId, Status, CertificateBody }) => {
          if (!CertificateId) throw incompleteResponse(call);
          return { id: CertificateId, status: onOff(Status), body: CertificateBody ?? "" };
        });
    },
    async uploadCertificate(UserName, CertificateBody) {
      const call = callOf({ action: "UploadSigningCertificate", isRepeatable: false });
      const command = new UploadSigningCertificateCommand({ UserName, CertificateBody });
      const id = (await sendToIam(call, command)).output.Certificate?.CertificateId;
      if (id === undefined) throw incompleteResponse(call);
      return { id };
    },
    async setCertificateStatus(UserName, CertificateId, Status) {
      const call = repeatable(callOf, "UpdateSigningCertificate");
      const command = new UpdateSigningCertificateCommand({ UserName, CertificateId, Status });
      const { at } = await sendToIam(call, command);
      return { at };
    },
    deleteCertificate: (UserName, CertificateId) =>
      sendRemoval(
        repeatable(callOf, "DeleteSigningCertificate"),
        new DeleteSigningCertificateCommand({ UserName, CertificateId }),
      ),
    async listServiceCredentials(userName) {
      const call = repeatable(callOf, "ListServiceSpecificCredentials");
      const whose = userName === undefined ? { AllUsers: true } : { UserName: userName };
      const { pages } = await readPages(
        call,
        (from) => new ListServiceSpecificCredentialsCommand({ ...whose, ...from }),
      ).catch((error: unknown) => {
        if (!isUnknownToEmulator(call, error)) throw error;
        call.debug(`${call.asked.action}: unknown to ${call.route.url.host}`);
        return { pages: [] };
      });
      return pages
        .flatMap(({ ServiceSpecificCredentials }) => ServiceSpecificCredentials ?? [])
        .map((each) => {
          const { ServiceSpecificCredentialId: id, UserName, ServiceName, CreateDate } = each;
          if (!id || !UserName || !ServiceName || !CreateDate) throw incompleteResponse(call);
          const status = each.Status === "Expired" ? each.Status : onOff(each.Status);
          const expiresAt = each.ExpirationDate;
          return {
            id,
            userName: UserName,
            service: ServiceName,
            status,
            createdAt: CreateDate,
            expiresAt,
          };
        });
    },
    async setServiceCredentialStatus(UserName, ServiceSpecificCredentialId, Status) {
      const call = repeatable(callOf, "UpdateServiceSpecificCredential");
      const { at } = await sendToIam(
        call,
        new UpdateServiceSpecificCredentialCommand({
          UserName,
          ServiceSpecificCredentialId,
          Status,
        }),
      );
      return { at };
    },
    deleteServiceCredential: (UserName, ServiceSpecificCredentialId) =>
      sendRemoval(
        repeatable(callOf, "DeleteServiceSpecificCredential"),
        new DeleteServiceSpecificCredentialCommand({ UserName, ServiceSpecificCredentialId }),
      ),
  };
}

/** Whether an emulator of AWS on this machine lacks the call (moto answers HTTP 500 with a page, others InvalidAction):
 *  then nothing that the call lists can exist there. From any other host a list that fails is an error. */
function isUnknownToEmulator({ route }: Call, error: unknown): boolean {
  if (!route.isOverridden || !isLoopback(route.url) || !isAwstError(error)) return false;
  return error.code === "AWS_RESPONSE_MALFORMED"
    ? /\(HTTP 50[01]\)/.test(error.message)
    : /\bInvalidAction\b/.test(error.message);
}

/** Anything but `Inactive` counts as in use. */
function onOff(status: string | undefined): OnOff {
  return status === "Inactive" ? "Inactive" : "Active";
}
