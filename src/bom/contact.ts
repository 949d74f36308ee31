/** A person or organisation as CycloneDX has them (`organizationalContact`). */
export interface Contact {
  readonly name?: string;
  readonly email?: string;
}

/**
 * Takes `Name <address>`, an address or a name apart, as Cargo.toml's `authors` and people write them. A URL is a name here:
 * the format has no place for one.
 */
export function contactOf(text: string): Contact {
  const trimmed = text.trim();
  const both = /^(.*?)\s*<([^<>]+)>$/s.exec(trimmed);
  const [name, email] = both === null ? [trimmed, trimmed] : [both[1] ?? '', (both[2] ?? '').trim()];
  if (!isEmail(email)) return { name: trimmed };
  return both === null || name === '' ? { email } : { name, email };
}

/**
 * Whether a text is an address that CycloneDX's own validator takes (format `idn-email` of ajv-formats-draft2019 1.6.1): RFC
 * 6531 has more, but a document with `root@localhost` in it is refused whole. No quoted names, two labels at least, none
 * longer than 63, the last of two characters or more and no number.
 */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  const labels = text.slice(at + 1).split('.');
  return (
    at > 0 &&
    /^[^\s@<>()[\]\\,;:"]+$/u.test(local) &&
    !/^\.|\.$|\.\./.test(local) &&
    labels.length >= 2 &&
    labels.every((label) => /^(?!-)[\p{L}\p{N}-]{1,63}(?<!-)$/u.test(label)) &&
    !/^(\d+|.)$/u.test(labels.at(-1) ?? '')
  );
}
