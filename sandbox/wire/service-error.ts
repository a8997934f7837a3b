// What a service answers instead of a result: an HTTP status, AWS's code, AWS's text.

export class ServiceError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "ServiceError";
    this.status = status;
    this.code = code;
  }
}

export function accessDenied(message: string): ServiceError {
  return new ServiceError(403, "AccessDenied", message);
}

export function validationError(message: string): ServiceError {
  return new ServiceError(400, "ValidationError", message);
}

export function noSuchEntity(message: string): ServiceError {
  return new ServiceError(404, "NoSuchEntity", message);
}

export function entityAlreadyExists(message: string): ServiceError {
  return new ServiceError(409, "EntityAlreadyExists", message);
}

export function limitExceeded(message: string): ServiceError {
  return new ServiceError(409, "LimitExceeded", message);
}

export function deleteConflict(message: string): ServiceError {
  return new ServiceError(409, "DeleteConflict", message);
}

export function invalidToken(): ServiceError {
  return new ServiceError(
    403,
    "InvalidClientTokenId",
    "The security token included in the request is invalid.",
  );
}

export function expiredToken(): ServiceError {
  return new ServiceError(
    403,
    "ExpiredToken",
    "The security token included in the request is expired",
  );
}

export function signatureRefused(message: string): ServiceError {
  return new ServiceError(403, "SignatureDoesNotMatch", message);
}
