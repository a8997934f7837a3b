// More than sixty users of one account with the verdict and reason of each: what they have, how old it is, and when it
// was used.

import type { UserVerdict } from "../../src/admin/model/dormant-verdict.ts";
import type { AdminScene } from "./admin-scene.ts";

const dayMs = 86_400_000;

export interface Spec {
  /** Days since the user was made. */
  readonly age: number;
  /** Days since the password was made and used; undefined: never. */
  readonly password?: readonly [made: number, used?: number];
  /** Days since a password was used that is gone. */
  readonly oldUse?: number;
  /** Days since each key was made and used; `off`: inactive. */
  readonly keys?: readonly (readonly [made: number, used?: number, off?: "off"])[];
  readonly service?: "Active" | "Inactive";
  readonly ssh?: true;
  readonly tags?: Readonly<Record<string, string>>;
  readonly group?: string;
  readonly device?: true;
}

export type Row = readonly [name: string, spec: Spec, verdict: UserVerdict, reason: RegExp];

/** The day on which they are judged. */
export const now = new Date("2026-11-27T12:00:00Z");
const daysSince = (day: string) => Math.floor((now.getTime() - Date.parse(day)) / dayMs);

export const judgedUsers: readonly Row[] = [
  // Without access.
  ["bare", { age: 400 }, "no-access", /no password/],
  ["bare-new", { age: 0 }, "no-access", /no password/],
  ["password-gone", { age: 400, oldUse: 200 }, "no-access", /no password/],
  ["password-gone-lately", { age: 400, oldUse: 1 }, "no-access", /no password/],
  ["key-off", { age: 400, keys: [[400, 1, "off"]] }, "no-access", /no password/],
  [
    "keys-off",
    {
      age: 400,
      keys: [
        [400, 1, "off"],
        [300, 2, "off"],
      ],
    },
    "no-access",
    /no password/,
  ],
  ["ssh-only", { age: 400, ssh: true }, "no-access", /no password/],
  // The password alone.
  ["p-today", { age: 400, password: [400, 0] }, "active", /console last used 0 days/],
  ["p-89", { age: 400, password: [400, 89] }, "active", /console last used 89/],
  ["p-90", { age: 400, password: [400, 90] }, "dormant", /console last used 90/],
  ["p-91", { age: 400, password: [400, 91] }, "dormant", /console last used 91/],
  ["p-years", { age: 3_000, password: [3_000, 2_000] }, "dormant", /2000/],
  ["p-never-new", { age: 0, password: [0] }, "active", /never used, 0/],
  ["p-never-30", { age: 30, password: [30] }, "active", /never used, 30/],
  ["p-never-31", { age: 31, password: [31] }, "dormant", /never used, 31/],
  ["p-never-old", { age: 400, password: [400] }, "dormant", /never used, 400/],
  ["p-new-for-old-user", { age: 400, password: [5] }, "active", /never used, 5/],
  ["p-again", { age: 400, password: [10, 200] }, "active", /not used for 10/],
  ["p-again-90", { age: 400, password: [90, 300] }, "dormant", /not used for 90/],
  ["p-mfa", { age: 400, password: [400, 100], device: true }, "dormant", /100/],
  // One key alone.
  ["k-today", { age: 400, keys: [[400, 0]] }, "active", /key AKIA\w+ last used 0|key last used 0/],
  ["k-89", { age: 400, keys: [[400, 89]] }, "active", /last used 89/],
  ["k-90", { age: 400, keys: [[400, 90]] }, "dormant", /key AKIA\w+ last used 90/],
  ["k-never-new", { age: 400, keys: [[3]] }, "active", /never used, 3/],
  ["k-never-30", { age: 400, keys: [[30]] }, "active", /never used, 30/],
  ["k-never-31", { age: 400, keys: [[31]] }, "dormant", /key AKIA\w+ never used, 31/],
  ["k-never-old", { age: 3_000, keys: [[3_000]] }, "dormant", /never used, 3000/],
  ["k-of-new-user", { age: 2, keys: [[2]] }, "active", /never used, 2/],
  // Two keys.
  [
    "kk-used",
    {
      age: 400,
      keys: [
        [400, 1],
        [300, 2],
      ],
    },
    "active",
    /last used 1/,
  ],
  [
    "kk-old-new",
    { age: 400, keys: [[400], [5, 1]] },
    "partly",
    /^key AKIA\w+ never used, 400 days$/,
  ],
  [
    "kk-new-old",
    {
      age: 400,
      keys: [
        [5, 1],
        [400, 300],
      ],
    },
    "partly",
    /^key AKIA\w+ last used 300/,
  ],
  [
    "kk-both-old",
    {
      age: 400,
      keys: [
        [400, 100],
        [300, 200],
      ],
    },
    "dormant",
    /100.*200/,
  ],
  [
    "kk-off-used",
    {
      age: 400,
      keys: [
        [400, 1, "off"],
        [300, 2],
      ],
    },
    "active",
    /last used 2/,
  ],
  [
    "kk-off-old",
    {
      age: 400,
      keys: [
        [400, 1, "off"],
        [300, 95],
      ],
    },
    "dormant",
    /^key AKIA\w+ last used 95/,
  ],
  ["kk-new-never", { age: 400, keys: [[400, 1], [3]] }, "active", /never used, 3/],
  ["kk-both-never", { age: 400, keys: [[400], [40]] }, "dormant", /400.*40/],
  // Password and keys.
  ["pk-used", { age: 400, password: [400, 1], keys: [[400, 1]] }, "active", /console .*key/],
  [
    "pk-p-old",
    { age: 400, password: [400, 100], keys: [[400, 1]] },
    "partly",
    /^console last used 100/,
  ],
  [
    "pk-k-old",
    { age: 400, password: [400, 1], keys: [[400, 100]] },
    "partly",
    /^key AKIA\w+ last used 100/,
  ],
  [
    "pk-both-old",
    { age: 400, password: [400, 100], keys: [[400, 95]] },
    "dormant",
    /console .*key/,
  ],
  [
    "pk-p-never",
    { age: 400, password: [400], keys: [[400, 1]] },
    "partly",
    /^console never used, 400/,
  ],
  ["pk-new", { age: 1, password: [1], keys: [[1]] }, "active", /never used, 1/],
  [
    "pkk-one-old",
    {
      age: 400,
      password: [400, 1],
      keys: [
        [400, 1],
        [400, 99],
      ],
    },
    "partly",
    /^key AKIA\w+ last used 99/,
  ],
  [
    "pkk-all-old",
    {
      age: 400,
      password: [400, 120],
      keys: [
        [400, 110],
        [400, 99],
      ],
    },
    "dormant",
    /120.*110.*99/,
  ],
  // What AWS did not record.
  ["r-before-2014", { age: 5_000, password: [5_000] }, "dormant", /never used, \d{4}/],
  ["r-key-before-2015", { age: 5_000, keys: [[5_000]] }, "dormant", /never used, 42\d\d/],
  [
    "r-in-the-gap-of-2018",
    { age: 5_000, password: [5_000, daysSince("2018-05-01")] },
    "dormant",
    new RegExp(`not used for ${daysSince("2018-05-24")}`),
  ],
  [
    "r-after-the-gap",
    { age: 5_000, password: [5_000, daysSince("2018-06-01")] },
    "dormant",
    new RegExp(`last used ${daysSince("2018-06-01")}`),
  ],
  // Credentials of services.
  ["s-only", { age: 400, service: "Active" }, "active", /service ACCA\w+ last use unknown/],
  ["s-off", { age: 400, service: "Inactive" }, "no-access", /no password/],
  [
    "s-and-old-password",
    { age: 400, password: [400, 100], service: "Active" },
    "partly",
    /^console/,
  ],
  ["s-and-old-key", { age: 400, keys: [[400]], service: "Active" }, "partly", /^key/],
  ["s-off-and-key", { age: 400, keys: [[400, 1]], service: "Inactive" }, "active", /last used 1/],
  // Guards and exceptions.
  ["break-glass", { age: 400, password: [400] }, "protected", /\[admin\] protected/],
  [
    "tagged",
    { age: 400, keys: [[400]], tags: { "awst:protected": "true" } },
    "protected",
    /has the tag/,
  ],
  [
    "tagged-otherwise",
    { age: 400, keys: [[400]], tags: { "AWST:Protected": "TRUE" } },
    "protected",
    /has the tag/,
  ],
  [
    "tagged-no",
    { age: 400, keys: [[400]], tags: { "awst:protected": "false" } },
    "dormant",
    /never/,
  ],
  ["caller", { age: 400, keys: [[400]] }, "protected", /runs this command/],
  ["ci-build", { age: 400, keys: [[400]] }, "excepted", /\[admin.dormant\] except/],
  ["CI-Deploy", { age: 400, keys: [[400]] }, "excepted", /\[admin.dormant\] except/],
  ["cinema", { age: 400, keys: [[400]] }, "dormant", /never/],
  ["in-exempt-group", { age: 400, keys: [[400]], group: "Exempt" }, "excepted", /group Exempt/],
  ["in-another-group", { age: 400, keys: [[400]], group: "Staff" }, "dormant", /never/],
  // Headless, off-boarded, restored, warned.
  ["Headless-backup", { age: 900, keys: [[900, 1]] }, "active", /last used 1/],
  ["Headless-forgotten", { age: 900, keys: [[900, 200]] }, "dormant", /last used 200/],
  [
    "off-boarded",
    { age: 400, oldUse: 3, keys: [[400, 3, "off"]], tags: { "awst:cut": "2026-11-20" } },
    "no-access",
    /no password/,
  ],
  [
    "restored",
    { age: 400, keys: [[400, 200]], tags: { "awst:restored": "2026-11-26" } },
    "active",
    /not used for 1 d/,
  ],
  [
    "restored-long-ago",
    { age: 400, keys: [[400, 200]], tags: { "awst:restored": "2026-08-01" } },
    "dormant",
    /for 118/,
  ],
  [
    "restored-badly",
    { age: 400, keys: [[400, 200]], tags: { "awst:restored": "soon" } },
    "dormant",
    /200/,
  ],
  [
    "warned",
    { age: 400, keys: [[400, 200]], tags: { "awst:dormant-warned": "2026-11-20" } },
    "dormant",
    /200/,
  ],
];

export function addJudged(
  { account }: Pick<AdminScene, "account">,
  name: string,
  spec: Spec,
): void {
  // A moment more, so that a day is over where the row says so.
  const ago = (days: number) => new Date(now.getTime() - days * dayMs - 1_000);
  const user = account.addUser(name, { createdAt: ago(spec.age) });
  if (spec.group !== undefined) {
    if (!account.groups.has(spec.group)) account.addGroup(spec.group);
    user.groups.push(spec.group);
  }
  user.tags = Object.entries(spec.tags ?? {}).map(([key, value]) => ({ key, value }));
  const [made, used] = spec.password ?? [];
  if (made !== undefined) account.setPassword(name, "Correct-Horse-Battery-Staple-2026", ago(made));
  const lastUsed = used ?? spec.oldUse;
  if (lastUsed !== undefined) user.passwordLastUsed = ago(lastUsed);
  for (const [keyMade, keyUsed, off] of spec.keys ?? []) {
    const key = account.addKey(name, true, ago(keyMade));
    if (keyUsed !== undefined) {
      key.lastUsed = { at: ago(keyUsed), service: "s3", region: "eu-west-1" };
    }
    if (off !== undefined) account.disableKey(key.id);
    // Switched on and off lately: the report takes that for the key's age.
    key.statusChangedAt = now;
  }
  if (spec.device) account.addDevice(name);
  if (spec.ssh) {
    user.sshKeys.push({
      id: `APKA${name}`,
      body: "ssh-rsa AAAA",
      uploadedAt: now,
      status: "Active",
    });
  }
  if (spec.service !== undefined) {
    user.serviceCredentials.push({
      id: `ACCA${String(user.serviceCredentials.length).padEnd(16, "A")}`,
      service: "bedrock.amazonaws.com",
      serviceUserName: name,
      createdAt: ago(spec.age),
      expiresAt: undefined,
      status: spec.service,
    });
  }
}
