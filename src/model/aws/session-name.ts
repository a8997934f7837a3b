/** A role session's name for a user: trust policies compare the two; AWS wants two characters at least. */
export function sessionNameOf(userName: string): string {
  return userName.length < 2 ? `${userName}_` : userName;
}
