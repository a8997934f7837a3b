// How Windows starts a batch file (every npm command is one): through cmd.exe, whose line is read twice
// or three times over, by cmd, by the batch file that hands on its words, and by the program.

/** Words for cmd.exe, to be passed verbatim, that run the batch file `file` with `args` unchanged. */
export function batchCommandLine(file: string, args: readonly string[]): readonly string[] {
  // npm's own batch files hand their words on once more.
  const isShim = /node_modules[\\/]\.bin[\\/][^\\/]+\.cmd$/i.test(file);
  const words = args.map((word) => {
    const once = caret(quoteForWindows(word));
    return isShim ? caret(once) : once;
  });
  return ["/d", "/s", "/c", `"${[caret(file.replaceAll("/", "\\")), ...words].join(" ")}"`];
}

/** One word as the C runtime reads it: a backslash counts double before a quote. */
export function quoteForWindows(word: string): string {
  return `"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1")}"`;
}

/** Every sign that means something to cmd, the quotes included, so that it never counts as quoted. */
function caret(text: string): string {
  return text.replaceAll(/[()\][%!^"`<>&|;, *?]/g, "^$&");
}
