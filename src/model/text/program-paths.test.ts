// Absolute paths of Windows' programs, and where they come from.

import { expect, test } from "vitest";
import {
  absoluteFolders,
  systemFolderOf,
  type WindowsProgram,
  windowsFolderOf,
  windowsProgramPath,
} from "./program-paths.ts";

test.each<[WindowsProgram, string]>([
  ["cmd", "C:\\Windows\\System32\\cmd.exe"],
  ["ping", "C:\\Windows\\System32\\ping.exe"],
  ["schtasks", "C:\\Windows\\System32\\schtasks.exe"],
  ["taskkill", "C:\\Windows\\System32\\taskkill.exe"],
  ["powershell", "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"],
])("%s is started as %s", (program, path) => {
  expect(windowsProgramPath(program, "C:\\Windows\\System32")).toBe(path);
});

test.each<[string, readonly string[], string]>([
  [
    "the usual folder",
    ["C:\\node.exe", "C:\\Windows\\SYSTEM32\\ntdll.dll"],
    "C:\\Windows\\SYSTEM32",
  ],
  ["another drive", ["D:\\WinNT\\system32\\ntdll.dll"], "D:\\WinNT\\system32"],
  ["a deeper folder", ["D:\\a\\b\\c\\ntdll.dll"], "D:\\a\\b\\c"],
  ["a folder of a drive", ["D:\\a\\ntdll.dll"], "D:\\a"],
  ["a path in the long form", ["\\\\?\\D:\\a\\ntdll.dll"], "C:\\Windows\\System32"],
  ["a longer name", ["D:\\a\\ntdll.dll.txt"], "C:\\Windows\\System32"],
  ["no list of libraries", [], "C:\\Windows\\System32"],
  ["a relative path", ["ntdll.dll", ".\\ntdll.dll"], "C:\\Windows\\System32"],
  ["a path of another machine", ["\\\\server\\share\\ntdll.dll"], "C:\\Windows\\System32"],
  ["another library of a similar name", ["C:\\here\\my-ntdll.dll"], "C:\\Windows\\System32"],
  ["libraries of another system", ["/lib/x86_64-linux-gnu/libc.so.6"], "C:\\Windows\\System32"],
])("the system folder from %s", (_case, libraries, folder) => {
  expect(systemFolderOf(libraries)).toBe(folder);
});

test("Windows' own folder is around its system folder", () => {
  expect(windowsFolderOf("D:\\WinNT\\system32")).toBe("D:\\WinNT");
});

test.each<[string, NodeJS.Platform, string]>([
  ["/usr/bin:/bin", "linux", "/usr/bin:/bin"],
  [".:/usr/bin", "linux", "/usr/bin"],
  [":/usr/bin:", "darwin", "/usr/bin"],
  ["/usr/bin::/bin", "linux", "/usr/bin:/bin"],
  ["node_modules/.bin:./bin:../bin:~/bin:/bin", "linux", "/bin"],
  ["", "linux", ""],
  [".", "linux", ""],
  ["bin/", "linux", ""],
  // What other systems use in PATH has no meaning here.
  ["/a;b:.:/bin", "linux", "/a;b:/bin"],
  ["/bin:.;x", "linux", "/bin"],
  ["C:\\Windows;node_modules/.bin", "linux", ""],
  ["C:\\Windows;.;D:\\tools;tools;;C:x", "win32", "C:\\Windows;D:\\tools"],
  ["c:\\one folder", "win32", "c:\\one folder"],
  ["c:/tools", "win32", "c:/tools"],
  [".;C:\\Windows", "win32", "C:\\Windows"],
  ["\\\\server\\share\\bin;//server/bin", "win32", "\\\\server\\share\\bin;//server/bin"],
  ["\\tools;/tools;C:\\Windows", "win32", "C:\\Windows"],
  ["here\\C:\\tools;.\\\\server\\bin", "win32", ""],
  ["/usr/bin:/bin", "win32", ""],
])("of PATH %s only absolute folders count", (path, platform, absolute) => {
  expect(absoluteFolders(path, platform)).toBe(absolute);
});
