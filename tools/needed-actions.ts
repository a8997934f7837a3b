// The table of docs/admin.md that says what each command of the administrator needs in IAM, made of the help texts. It
// stands between two comments of the page.

interface Described {
  readonly name: string;
  readonly details?: string | undefined;
}

const table = /(<!-- page: needs -->\n)[\s\S]*?(<!-- page: end -->)/;

/** Returns the page with a table of all `admin` commands. Throws where the page has no place for it. */
export function withNeededActions(page: string, commands: readonly Described[]): string {
  const rows = commands.flatMap(({ name, details = "" }) => {
    if (!name.startsWith("admin ")) return [];
    const needed = /Needs in IAM[^:]*: ([^.]*)\./.exec(details)?.[1];
    const [, others] = /It also needs what (`[^.]*`) needs/.exec(details) ?? [];
    if (needed === undefined) return [];
    const actions = needed.replaceAll("iam:", "").replaceAll(", ", " ");
    const also = others === undefined ? "" : ` and what ${others} needs`;
    return [`| \`${name.replace("admin ", "")}\` | ${actions}${also} |\n`];
  });
  if (!table.test(page)) throw new Error("docs/admin.md has no place for the table of actions");
  const head = "| command | actions, `iam:` where nothing else stands |\n| --- | --- |\n";
  return page.replace(table, (_, start, end) => `${start}\n${head}${rows.join("")}\n${end}`);
}
