import type { Component } from './document.ts';
import { addressOf } from './url.ts';

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
 * Who answers for a thing, by an e-mail address or else a URL: one of the two (BSI TR-03183-2 2.1, 5.2 and 8.2, where
 * CycloneDX has it as `manufacturer`). `undefined` where the text is neither.
 */
export function answererOf(
  text: string,
): { readonly contact: Contact } | { readonly url: string } | undefined {
  const contact = contactOf(text);
  if (contact.email !== undefined) return { contact };
  const url = addressOf(text);
  return url === undefined ? undefined : { url };
}

/** Whether somebody is named, without an address. */
export function isNamed(text: string | undefined): text is string {
  return text !== undefined && answererOf(text) === undefined;
}

/** The same of a component: the first author with an e-mail address, else the page of its project, else its repository. */
export function makerOf({ authors, links }: Component): string | undefined {
  const urls = (['website', 'vcs'] as const).flatMap((kind) =>
    links.filter((link) => link.kind === kind).map(({ url }) => url),
  );
  return [...authors, ...urls].find((text) => answererOf(text) !== undefined);
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
