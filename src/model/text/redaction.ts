// Redacts --debug lines: removes everything that looks like a key, a secret, a token, a seed or a one-time code.
// It does not know the real values, so it removes too much rather than too little.

const named =
  /((?:secret|token|password|passphrase|signature|authorization|seed|credential)[\w-]*["']?\s*[:=]\s*["']?)(?!\[)[^\s"',;&<>]+/gi;
const element = /(<(?:SecretAccessKey|SessionToken|Base32StringSeed|QRCodePNG)>)[^<]*/gi;
const keyId = /\b(A[A-Z]{3})[A-Z0-9]{12,124}(?![A-Za-z0-9])/g;
const longRun = /[A-Za-z0-9/+=_%-]{30,}/g;
const seed = /(?<![A-Za-z0-9])[A-Z2-7]{16,}=*(?![A-Za-z0-9])/g;
const code = /(?<![0-9a-f])\d{3}[ -]?\d{3}(?![0-9a-f])/g;

/** Returns the line with secrets replaced by `[secret]`, codes by `[code]`, and key ids cut to `AKIA…`. */
export function redact(line: string): string {
  return line
    .replace(element, "$1[secret]")
    .replace(named, "$1[secret]")
    .replace(keyId, "$1…")
    .replace(longRun, (run) => (isRandom(run) ? "[secret]" : run))
    .replace(seed, "[secret]")
    .replace(code, "[code]");
}

/** Secrets and tokens are base64: 30 characters of it have both cases, while hashes in hex do not. */
function isRandom(run: string): boolean {
  return /[a-z]/.test(run) && /[A-Z]/.test(run);
}
