// Command lines to paste: arguments in quotes for a POSIX shell.

export function commandLine(args: readonly string[]): string {
  return args.map(quoteArgument).join(" ");
}

function quoteArgument(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return /^[^"$`\\!]*$/.test(text) ? `"${text}"` : `'${text.replaceAll("'", "'\\''")}'`;
}
