// The log of calls and their results, for tests to count. It has no secret: instead of a code it records
// how often the same digits came for the same device before.

import type { ServiceName } from "./actions.ts";
import { sha256 } from "./auth/sigv4.ts";
import type { Parameters } from "./wire/shapes.ts";

export interface RecordedCall {
  readonly action: string;
  readonly service: ServiceName | "signin";
  readonly region: string;
  readonly host: string;
  /** By the sandbox's clock. */
  readonly at: Date;
  readonly accessKeyId: string | undefined;
  /** undefined where the caller is unknown. */
  readonly userArn: string | undefined;
  /** As sent, without codes; lists as `Tags.member.1.Key`. */
  readonly params: Readonly<Record<string, string>>;
  readonly hasTokenCode: boolean;
  /** How often the same digits had come for the same device before this call. */
  readonly codeSeenBefore: number;
  /** "ok", AWS's error code, or the fault's kind where no answer arrived. */
  readonly result: string;
  /** Whether the service performed the action, answered or not. */
  readonly acted: boolean;
}

export interface CallLog {
  record(
    call: Omit<RecordedCall, "params" | "hasTokenCode" | "codeSeenBefore">,
    sent: Parameters,
  ): void;
  calls(): readonly RecordedCall[];
  forget(): void;
}

const codeNames = ["TokenCode", "AuthenticationCode1", "AuthenticationCode2"];
const silent = new Set([
  ...codeNames,
  "Action",
  "Version",
  "Session",
  "SigninToken",
  "NewPassword",
  "OldPassword",
  "Password",
]);

export function startCallLog(): CallLog {
  let calls: RecordedCall[] = [];
  const seen = new Map<string, number>();
  return {
    record(call, sent) {
      const codes = codeNames.flatMap((name) => sent.get(name) ?? []);
      const marks = codes.map((code) => sha256(`${sent.get("SerialNumber")} ${code}`));
      const before = Math.max(0, ...marks.map((mark) => seen.get(mark) ?? 0));
      for (const mark of marks) seen.set(mark, (seen.get(mark) ?? 0) + 1);
      const params = Object.fromEntries(
        [...sent].filter(([name]) => !silent.has(name) && !name.startsWith("X-Amz-")),
      );
      calls = [
        ...calls,
        { ...call, params, hasTokenCode: codes.length > 0, codeSeenBefore: before },
      ];
    },
    calls: () => calls,
    forget() {
      calls = [];
      seen.clear();
    },
  };
}
