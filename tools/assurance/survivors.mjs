// Why a change that no test notices is no hole in the tests. `npm run mutation` fails for one that is not explained here.

export const kinds = {
  message: "the words of a message: tests assert codes and effects, not sentences",
  same: "both ways give the same result for every input",
  excluded: "the types, or an earlier line, exclude the value",
  name: "the name of a state file: what is written under a name is read under the same name",
};

/** By file: the kind, a part of the line, the text in it that is replaced, and what replaces it. */
const explained = {
  "src/admin/model/dormant-deletion.ts": [
    // Nothing is before or after undefined.
    ["same", "since === undefined", "since === undefined", "false"],
    ["same", "restored >= since", "restored !== undefined", "true"],
    ["same", "disabled > since", "disabled !== undefined", "true"],
    // No text that stands for none is a day.
    ["same", "timeOfDay(user.tags", '""', '"Stryker was here!"'],
  ],
  "src/admin/model/dormant-verdict.ts": [
    // No text that is no date can be read as a time of that day.
    ["same", "T00:00:00Z", String.raw`/^\d{4}-\d\d-\d\d$/`, String.raw`/^\d{4}-\d\d-\d\d/`],
    ["same", "T00:00:00Z", '""', '"Stryker was here!"'],
    // latest() takes no time that is none.
    ["same", "Number.isNaN", "at === undefined || Number.isNaN(at.getTime())", "false"],
  ],
  "src/admin/model/offboarding.ts": [
    // No text that stands for none is an ARN or a policy, or a day.
    ["same", "AWSDenyAll$/", '""', '"Stryker was here!"'],
    ["same", "cutTags.deleteAfter", '""', '"Stryker was here!"'],
    // Without a match, no part is defined.
    ["same", "readCutPolicy(policy) ??", "[]", '["Stryker was here"]'],
  ],
  "src/model/aws/response-checks.ts": [
    // Without a match, no part is defined.
    ["same", "/^arn:", "[]", '["Stryker was here"]'],
    // An ARN without an account is in another account too.
    ["message", "account === undefined", "account === undefined", "false"],
    // The text "undefined" could be a user's name.
    ["same", "isUserName(name)", "name === undefined", "false"],
  ],
  "src/model/aws/believed-time.ts": [
    // A host name whose last part is a number is an address, so nothing can stand before 127.
    ["same", "hostname", String.raw`/^127(\.\d{1,3}){3}$/`, String.raw`/127(\.\d{1,3}){3}$/`],
  ],
  "src/model/clock.ts": [
    ["name", "name:", '"clock"', '""'],
    // No remark is made for less than a minute.
    ["excluded", "behind", "skewMs > 0", "skewMs >= 0"],
  ],
  "src/model/keychain/sealed-seen.ts": [
    ["name", "name:", '"keychain-seen"', '""'],
    ["name", "name:", '"keychain-lock-after"', '""'],
  ],
  "src/model/profile/blocked-edits.ts": [
    // A header inside a section is no line with a key; without one, the result is not used.
    ["same", "isWritten(key)", "line > (inside ?? line)", "line >= (inside ?? line)"],
    // Only a file's first header is read without a byte order mark, and its place in the line decides nothing.
    ["excluded", "section.line === 0", "section.line === 0", "true"],
    ["same", "section.line === 0", String.raw`/^\uFEFF/`, String.raw`/\uFEFF/`],
    // The expression matches at every offset.
    ["excluded", "next.exec", '""', '"Stryker was here!"'],
    ["excluded", "next.exec", "next.exec(document.text)?.[0]", "next.exec(document.text)[0]"],
  ],
  "src/model/profile/key-profiles.ts": [
    // Every section that is found has a name.
    ["excluded", "found.names", '""', '"Stryker was here!"'],
    // No key has an id of that name.
    ["same", "readValue(section", '""', '"Stryker was here!"'],
  ],
  "src/model/profile/owned-profiles.ts": [
    // No section has a setting of that name.
    ["same", "credential_process", "[]", '["Stryker was here"]'],
    // Without a name that was removed, no section is restored.
    ["same", "removed.size", "removed.size === 0", "false"],
  ],
  "src/model/profile/plan-rules.ts": [
    // A default that says nothing says no.
    ["same", "isAwstKey ??", "() => false", "() => undefined"],
    // A line names a role only after an account.
    ["excluded", "role === undefined", "account === undefined", "false"],
  ],
  "src/model/profile/profile-owner.ts": [
    ["excluded", "findLast", "roles[each]?.accessKeyId", "roles[each].accessKeyId"],
    ["same", "configurationOfKey(key)", "key === undefined", "false"],
  ],
  "src/model/profile/profile-plan.ts": [
    // What is as wanted is found without reading the section, which saves time only.
    ["same", "isCurrent(edits", "isCurrent(edits, configured, isOwnLine)", "false"],
    ["same", "return false", "whyInvalidName(name) !== undefined", "true"],
    // Only what is missing is asked whether it is elsewhere.
    ["same", "isFoundElsewhere", "missing.length > 0", "true"],
    ["same", "isFoundElsewhere", "missing.length > 0", "missing.length >= 0"],
  ],
  "src/model/rotation/rotation.ts": [
    // The caller has found the key in use.
    ["excluded", 'current ?? ""', '""', '"Stryker was here!"'],
    // A time that is unknown is no number.
    ["same", "createdAt === undefined", "createdAt === undefined", "false"],
    ["same", "now >= end", "end !== undefined", "true"],
    // No key without an id is listed.
    ["same", "run.deleted.includes(newId", '""', '"Stryker was here!"'],
    ["same", "wasUsed || isGone", "newId === undefined", "false"],
  ],
  "src/model/session/session-plan.ts": [
    // Of two equal times, either is returned; and nothing is less than undefined.
    ["same", "? mfaEndsAt : until", "mfaEndsAt < until", "mfaEndsAt <= until"],
    ["same", "? mfaEndsAt : until", "mfaEndsAt !== undefined", "true"],
  ],
  "src/model/state-seal.ts": [
    // No seal has another length than a seal, whatever stands for it.
    ["same", "journal.seal", '""', '"Stryker was here!"'],
    // What is remembered saves time only.
    ["same", "return last.seal", "last?.text === text", "false"],
    ["same", "lastSeals.set", "{ text, seal }", "{}"],
  ],
};

/** Texts that are messages, by file. */
const messages = {
  "src/model/profile/blocked-edits.ts": /\w \w+/,
  "src/model/aws/response-checks.ts": /\w \w+ \w/,
  "src/model/console/sign-in-endpoint.ts": /./,
  "src/model/clock.ts": /behind|ahead|your clock/,
};

/** Returns the kind; undefined for a change that is not explained. */
export function explain({ file, mutator, code, text, replacement }) {
  if (mutator === "StringLiteral" && messages[file]?.test(code)) return "message";
  const row = explained[file]?.find(
    ([, line, replaced, instead]) =>
      text.includes(line) && replaced === code && instead === replacement,
  );
  return row?.[0];
}
