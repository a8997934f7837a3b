// Serial numbers of MFA devices: the ARN of a virtual one, the number on a hardware token.

/** What is wrong with a device named in the configuration, in words that follow its key. */
export function deviceProblem(
  device: string,
  accountId: string | undefined,
): { readonly message: string; readonly hint?: string | undefined } | undefined {
  const shape =
    "a device is arn:aws:iam::111111111111:mfa/NAME, or the serial number of a hardware token";
  if (!/^[\w+=/:,.@-]{9,256}$/.test(device)) {
    return { message: `is ${JSON.stringify(device)}`, hint: shape };
  }
  if (!device.startsWith("arn:")) {
    return /[/:]/.test(device)
      ? { message: `is ${JSON.stringify(device)}`, hint: shape }
      : undefined;
  }
  const match = /^arn:aws[a-z-]*:iam::(\d{12}):([a-z0-9-]+)\/.+$/.exec(device);
  const [, home, kind] = match ?? [];
  if (kind === "u2f") {
    return {
      message: "is a security key or passkey, whose answers STS does not take",
      hint: "name an authenticator app or a hardware token",
    };
  }
  if (kind === "user") {
    return { message: "is the ARN of a user", hint: device.replace(":user/", ":mfa/") };
  }
  if (kind !== "mfa") return { message: `is ${JSON.stringify(device)}`, hint: shape };
  if (accountId === undefined || home === accountId) return undefined;
  return { message: `belongs to account ${home}, its identity to ${accountId}` };
}

/** `phone (111111111111)` for an ARN; a hardware serial as it is. */
export function deviceLabel(serial: string): string {
  const parts = /^arn:[^:]+:iam::(\d{12}):mfa\/(.+)$/.exec(serial);
  return parts ? `${parts[2]} (${parts[1]})` : serial;
}
