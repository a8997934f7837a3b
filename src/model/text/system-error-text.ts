// Texts for errors of the operating system.

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be too large",
  ENOENT: "its folder does not exist",
  ENOTDIR: "part of its path is not a folder",
  EIO: "the disk reports an error",
  EISDIR: "it is a folder",
  EEXIST: "something else is in its place",
  ELOOP: "too many symbolic links",
  ENOTSUP: "the file system does not support it",
  EINVAL: "the file system refuses it",
  EMFILE: "too many files are open",
};

export function systemErrorText(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? "";
  return reasons[code] ?? (code || "an unexpected error");
}
