/** One place where items lie, by name. Errors as in `Keychain` of ports.ts. */
export interface Store {
  read(item: string): Promise<string | undefined>;
  write(item: string, value: string): Promise<void>;
  /** Absent already: no error. */
  remove(item: string): Promise<void>;
}
