// Objects whose functions are wrapped. The fakes are opened millions of times and few of their functions are called each
// time, so a function is wrapped when it is first read.

type Call = (...args: unknown[]) => unknown;

/** Returns `members`, each function of it replaced by `wrap(name, function)`. All other members stay. */
export function wrapMembers<T extends object>(
  members: T,
  wrap: (name: string, member: Call) => Call,
): T {
  const wrapped = new Map<string, Call>();
  return new Proxy(members, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function" || typeof name !== "string") return member;
      const known = wrapped.get(name);
      if (known !== undefined) return known;
      const made = wrap(name, member as Call);
      wrapped.set(name, made);
      return made;
    },
  });
}
