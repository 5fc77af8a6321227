/**
 * The addresses that Cognito and SES both take: an ASCII dot-atom before the `@` (RFC 5321 §4.1.2, 64 characters at most), and a domain
 * of two labels or more after it, international ones included. No quoted names, no comments, no control characters.
 */
const address =
  /^(?=[^@]{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u;

const lengthMax = 254;

export const isEmailAddress = (text: string): boolean => text.length <= lengthMax && address.test(text);

/** `Name <a@b.c>` or `a@b.c` → the bare address; undefined if it is neither, or would break a header's line. */
export function bareAddress(text: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(text)) return undefined;
  // Taken apart by hand: one expression for all of it would try long runs of spaces in every way.
  const mailbox = text.trim();
  const open = mailbox.lastIndexOf("<");
  if (open < 0) return isEmailAddress(mailbox) ? mailbox : undefined;
  const displayName = mailbox.slice(0, open).trim();
  if (!mailbox.endsWith(">") || !/^(?:"[^"]*"|[^<>"]*)$/.test(displayName)) return undefined;
  const bare = mailbox.slice(open + 1, -1);
  return isEmailAddress(bare) ? bare : undefined;
}
