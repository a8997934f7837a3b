import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { copyWithoutSecrets } from "./copy-without-secrets.ts";
import type { AwsFileTexts } from "./profile-sections.ts";

const region = "eu-west-1";
const copy = (texts: Partial<AwsFileTexts>) =>
  copyWithoutSecrets({ config: undefined, credentials: undefined, ...texts }, region);
const own = `[default]\nregion = ${region}\n`;

describe("sections that are copied", () => {
  test.each<[string, Partial<AwsFileTexts>, string, string]>([
    ["no files", {}, own, ""],
    [
      "awst's profiles, in both files",
      {
        config: "[profile a/R]\ncredential_process = /bin/awst credential-process a R\n",
        credentials: "[a R]\ncredential_process = /bin/awst credential-process a R\nregion = x\n",
      },
      `${own}\n[profile a/R]\ncredential_process = /bin/awst credential-process a R\n`,
      "[a R]\ncredential_process = /bin/awst credential-process a R\nregion = x\n",
    ],
    [
      "roles, IAM Identity Center, nested settings and services",
      {
        config:
          "[profile r]\nrole_arn = arn:r\nsource_profile = s\n\n[sso-session s]\nsso_start_url = https://x\n\n[profile n]\ns3 =\n  addressing_style = path\n[services v]\ns3 =\n  endpoint_url = http://x\n",
      },
      `${own}\n[profile r]\nrole_arn = arn:r\nsource_profile = s\n\n[sso-session s]\nsso_start_url = https://x\n\n[profile n]\ns3 =\n  addressing_style = path\n\n[services v]\ns3 =\n  endpoint_url = http://x\n`,
      "",
    ],
    [
      "a process line with long paths and an option that names a file of a passphrase",
      {
        config:
          "[profile l]\ncredential_process = /opt/Q1x0Abcdefghijklmnopqrstuvwxyzabcdefg/awst --env AWST_KEYCHAIN_PASSPHRASE_FILE=/p credential-process a R\n",
      },
      `${own}\n[profile l]\ncredential_process = /opt/Q1x0Abcdefghijklmnopqrstuvwxyzabcdefg/awst --env AWST_KEYCHAIN_PASSPHRASE_FILE=/p credential-process a R\n`,
      "",
    ],
    [
      "a path of a token is no token",
      { config: "[profile w]\nweb_identity_token_file = /run/token\n" },
      `${own}\n[profile w]\nweb_identity_token_file = /run/token\n`,
      "",
    ],
  ])("%s", (_, texts, config, credentials) => {
    expect(copy(texts)).toEqual({ config, credentials });
  });
});

describe("[default]", () => {
  test.each<[string, string]>([
    ["keys", "aws_access_key_id = AKIA0000000000000000\naws_secret_access_key = s"],
    ["a process line", "credential_process = /bin/x"],
    ["a role", "role_arn = arn:r\nsource_profile = s\nmfa_serial = m"],
    ["a role of the instance", "role_arn = arn:r\ncredential_source = Ec2InstanceMetadata"],
    ["IAM Identity Center", "sso_session = s\nsso_account_id = 1\nsso_role_name = r"],
    ["a web identity", "role_arn = arn:r\nweb_identity_token_file = /t"],
    ["a login session", "login_session = arn:l"],
    ["another region", "region = us-west-2"],
  ])("loses %s and keeps the rest", (_, lines) => {
    for (const header of ["default", "profile default", 'profile "default"']) {
      const { config } = copy({ config: `[${header}]\n${lines}\noutput = json\n` });
      expect(config).toBe(`${own}output = json\n`);
    }
    const { credentials } = copy({ credentials: `[default]\n${lines}\ns3 =\n  a = b\n` });
    expect(credentials).toBe("[default]\ns3 =\n  a = b\n");
  });

  test("stands once, although the file has it twice", () => {
    const texts = {
      config: "[default]\noutput = json\n[x]\nk = v\n[profile default]\noutput = text\n",
    };
    expect(copy(texts).config).toBe(`${own}output = json\n\n[x]\nk = v\n`);
  });
});

const secretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE1";

describe("sections that are left out", () => {
  test.each<[string, string]>([
    ["a long-term key", `aws_access_key_id = AKIA0000000000000000\naws_secret_access_key = s`],
    ["a session's keys", "aws_session_token = t"],
    ["an old name of the token", "aws_security_token = t"],
    ["upper case and a colon", "AWS_SECRET_ACCESS_KEY: s"],
    ["a key in a nested line", "s3 =\n  aws_secret_access_key = s"],
    ["a password of another tool", "okta_password = p"],
    ["an API key", "x_api_key = p"],
    ["a key in a value", `note = ${secretKey}`],
    ["a key in an inline comment", `region = x # ${secretKey}`],
    ["a key id", "note = (ASIA0123456789ABCDEF)"],
    ["a password in a URL", "proxy = http://me:pw@proxy:3128"],
    ["a password in a process line", "credential_process = /bin/x --password hunter2"],
    ["a URL's password in a process line", "credential_process = /bin/x https://me:pw@host"],
    ["a key id in a process line", "credential_process = /bin/x AKIA0123456789ABCDEF"],
  ])("%s", (_, lines) => {
    const text = `[profile p]\nregion = x\n${lines}\n\n[profile q]\nregion = y\n`;
    expect(copy({ config: text }).config).toBe(`${own}\n[profile q]\nregion = y\n`);
    const plain = text.replaceAll("profile ", "");
    expect(copy({ credentials: plain }).credentials).toBe("[q]\nregion = y\n");
  });

  test("in both files, by every name a tool finds them under", () => {
    const keys = "aws_access_key_id = AKIA0000000000000000\naws_secret_access_key = s\n";
    const texts = {
      credentials: `[a b]\n${keys}`,
      config: `[profile a b]\nregion = x\n[profile "a b"]\nregion = x\n[profile c]\nregion = x\n`,
    };
    expect(copy(texts)).toEqual({ config: `${own}\n[profile c]\nregion = x\n`, credentials: "" });
  });

  test("comments and lines that no tool reads", () => {
    const texts = { credentials: `# ${secretKey}\n[a]\nregion = x\n; ${secretKey}\ngarbage\n` };
    expect(copy(texts).credentials).toBe("[a]\nregion = x\n");
  });
});

test("a secret never reaches the copies, wherever its key is in a file", () => {
  const line = fc.constantFrom(
    "[default]",
    "[a b]",
    "[profile a b]",
    "[profile c]",
    "[c]",
    "region = x",
    "  nested = y",
    "s3 =",
    "",
    "# comment",
    "credential_process = /bin/awst credential-process a b",
    "garbage",
    "aws_secret_access_key = hidden",
    "  aws_secret_access_key = hidden",
    "AWS_SESSION_TOKEN : hidden",
    "# aws_secret_access_key = hidden",
    "hidden",
  );
  const text = fc.array(line, { maxLength: 25 }).map((lines) => lines.join("\n"));
  fc.assert(
    fc.property(text, text, (config, credentials) => {
      const copied = copy({ config, credentials });
      expect(copied.config + copied.credentials).not.toContain("hidden");
      const again = copy(copied);
      expect(again).toEqual(copied);
    }),
    { numRuns: 2000 },
  );
});
