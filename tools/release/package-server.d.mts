export interface PackageServer {
  readonly url: string;
  /** Runs a program while this process answers requests. Rejects with its output when it fails. */
  run(
    program: string,
    args: readonly string[],
    options: { readonly env: Readonly<Record<string, string | undefined>> },
  ): Promise<void>;
  close(): Promise<void>;
}

export function servePackages(folder: string): Promise<PackageServer>;
