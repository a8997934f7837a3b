// Where programs are that awst itself chooses. Windows looks for a bare name in the current folder first, and the
// environment can name another folder or shell. So Windows' programs are started by absolute paths, and on other
// systems only the absolute folders of PATH count.

export type WindowsProgram = "cmd" | "ping" | "powershell" | "schtasks" | "taskkill";

/** Returns the absolute path of the program. `systemFolder`: `C:\Windows\System32`. */
export function windowsProgramPath(program: WindowsProgram, systemFolder: string): string {
  const folder = program === "powershell" ? "\\WindowsPowerShell\\v1.0" : "";
  return `${systemFolder}${folder}\\${program}.exe`;
}

/**
 * Returns Windows' system folder. `libraries`: paths of the libraries that this process has loaded; every process
 * has loaded `ntdll.dll`, which Windows takes from its system folder and from nowhere else.
 */
export function systemFolderOf(libraries: readonly string[]): string {
  const found = libraries
    .map((path) => /^([a-z]:\\(?:[^\\]+\\)*[^\\]+)\\ntdll\.dll$/i.exec(path)?.[1])
    .find((folder) => folder !== undefined);
  return found ?? "C:\\Windows\\System32";
}

/** Returns Windows' own folder: `C:\Windows`. */
export function windowsFolderOf(systemFolder: string): string {
  return systemFolder.slice(0, systemFolder.lastIndexOf("\\"));
}

/**
 * Returns PATH without relative folders, empty ones among them. On Windows a folder without its drive is relative too: the
 * current folder decides which drive is meant.
 */
export function absoluteFolders(path: string, platform: NodeJS.Platform): string {
  const isWindows = platform === "win32";
  const separator = isWindows ? ";" : ":";
  const isAbsolute = isWindows ? /^([a-z]:[\\/]|[\\/]{2})/i : /^\//;
  return path
    .split(separator)
    .filter((folder) => isAbsolute.test(folder))
    .join(separator);
}
