export interface BrokenPromise {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly build?: "program" | "standalone";
  readonly tests: readonly (readonly [file: string, title: string])[];
}
export const promises: readonly BrokenPromise[];
