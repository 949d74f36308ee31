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

/** What JSON Schema's `idn-email` and people take for an address: one `@`, no spaces, a domain with a dot or `localhost`. */
export function isEmail(text: string): boolean {
  return /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"/]+$/u.test(text) && !/^\.|\.@|\.\.|@\.|@-|\.$/.test(text);
}
