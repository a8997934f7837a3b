// Names the settings of AWSume's own config.yaml that change what its profiles do, with where awst has the same. They
// apply to every profile of AWSume, so awst leaves the choice to the user.

/** What a setting is called in awst. */
const equivalents: Readonly<Record<string, string>> = {
  region: "defaultRegion",
  "role-duration": "[roles.NAME] duration",
  "role-session-name": "[roles.NAME] sessionName",
  "config-file": "the variable AWS_CONFIG_FILE",
  "credentials-file": "the variable AWS_SHARED_CREDENTIALS_FILE",
};

/** Returns a line for each setting, or one line for a file without any of them. `text`: undefined for a file that
 *  can't be read. Only AWSume's plain form is read: `name: value` without indentation. */
export function awsumeRemarks(path: string, text: string | undefined): readonly string[] {
  if (text === undefined) return [`not taken over: ${path} of AWSume, which can't be read`];
  const lines = text.split(/\r?\n/).flatMap((line) => {
    const [, name = "", quoted = ""] =
      /^["']?([\w-]+)["']?\s*:\s*("[^"]*"|'[^']*'|[^#]*)/.exec(line) ?? [];
    const value = quoted.trim().replace(/^(["'])(.*)\1$/, "$2");
    const equivalent = equivalents[name];
    if (equivalent === undefined || value === "") return [];
    // AWSume's own default.
    if (name === "role-duration" && value === "0") return [];
    const unit = name === "role-duration" ? " s" : "";
    return [`not taken over: ${name} ${value}${unit} of AWSume's ${path}; in awst: ${equivalent}`];
  });
  if (lines.length > 0) return lines;
  return [`not taken over: ${path} of AWSume; no setting in it changes a session`];
}
