// Quotes arguments: for a line to paste into a POSIX shell, and for Windows. A batch file (every npm command is
// one) starts through cmd.exe, and its line is parsed two or three times: by cmd, by a batch file that passes
// its arguments on, and by the program.

/** Returns a command line to paste into a POSIX shell. */
export function commandLine(args: readonly string[]): string {
  return args.map(quoteArgument).join(" ");
}

function quoteArgument(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return /^[^"$`\\!]*$/.test(text) ? `"${text}"` : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Returns arguments for cmd.exe, to be passed verbatim, that run the batch file `file` with `args`. */
export function batchCommandLine(file: string, args: readonly string[]): readonly string[] {
  // npm's batch files pass their arguments on once more.
  const isShim = /node_modules[\\/]\.bin[\\/][^\\/]+\.cmd$/i.test(file);
  const quoted = args.map((each) => {
    const once = escapeForCmd(quoteForWindows(each));
    return isShim ? escapeForCmd(once) : once;
  });
  return ["/d", "/s", "/c", `"${[escapeForCmd(file.replaceAll("/", "\\")), ...quoted].join(" ")}"`];
}

/** Returns an argument as the C runtime reads it: backslashes before a quote are doubled. */
export function quoteForWindows(text: string): string {
  return `"${text.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1")}"`;
}

/** Escapes every character that is special to cmd, quotes too, so that cmd never reads text as quoted. */
function escapeForCmd(text: string): string {
  return text.replaceAll(/[()\][%!^"`<>&|;, *?]/g, "^$&");
}
