import type { Advisory } from './advisory.ts';

/** What an advisory was recognised by as one about malicious code. */
export type MaliceEvidence = 'id' | 'class' | 'cwe' | 'category' | 'keyword' | 'title' | 'text';

/**
 * Whether an advisory says that the code itself is an attack, as opposed to code that an attack can use; and by what
 * it was told. No one field says it: the category is missing from some, an expected deletion says nothing of the
 * reason, and "malicious" is mostly a word for the input of a vulnerable parser. An informational advisory
 * (unmaintained, unsound, …) is about something else, unless it has the category.
 */
export function maliceOf(advisory: Advisory): MaliceEvidence | undefined {
  // The database of malicious packages (OSV) has ids of its own.
  if ([advisory.id, ...advisory.aliases].some((id) => /^MAL-/i.test(id))) return 'id';
  if (advisory.malware === true) return 'class';
  if (advisory.cwes?.some((cwe) => malice.has(cwe.toUpperCase())) === true) return 'cwe';
  if (advisory.categories.some((category) => categories.has(category.toLowerCase()))) return 'category';
  if (advisory.informational !== undefined) return undefined;
  if (advisory.keywords.some((keyword) => keywords.has(keyword.toLowerCase()))) return 'keyword';
  const title = plain(advisory.title);
  if (attack.some((pattern) => pattern.test(title))) return 'title';
  // A text alone is told apart only where a registry took the crate away: then it says why.
  const removed = advisory.expectDeleted && advisory.versions.patched.length === 0;
  return removed && reasons.test(plain(`${advisory.title}\n${advisory.description}`)) ? 'text' : undefined;
}

/** Embedded malicious code, and its kinds: trojan, virus, worm, trapdoor, bomb, spyware (CWE 4, view 1000). */
const malice: ReadonlySet<string> = new Set([506, 507, 508, 509, 510, 511, 512].map((id) => `CWE-${id}`));

const categories: ReadonlySet<string> = new Set(['malicious', 'malware', 'malicious-code']);

const keywords: ReadonlySet<string> = new Set([
  'malicious',
  'malware',
  'backdoor',
  'typosquatting',
  'typosquat',
]);

/** Code of that kind, or somebody who took it over. */
const code =
  '(?:code|crates?|packages?|dependenc(?:y|ies)|releases?|versions?|build scripts?|build\\.rs|proc[- ]macros?|payloads?|uploads?)';

/** A title is about its own crate. */
const attack: readonly RegExp[] = [
  // What GitHub and the database of malicious packages call them.
  /^(?:embedded )?(?:malware|malicious code|malicious package|backdoor) (?:in|found in|discovered in)\b/i,
  /\bremoved from (?:the )?(?:crates\.io|registry)\b.*\b(?:malicious|malware|backdoor)/i,
  /^(?:a |the )?malicious (?:crates?|packages?|releases?|versions?)\b/i,
  new RegExp(
    `\\b(?:contain(?:s|ed|ing)?|ship(?:s|ped)?|includ(?:es|ed)|embed(?:s|ded)?) (?:a |an |some )?malicious ${code}\\b`,
    'i',
  ),
  /\b(?:is|was|contain(?:s|ed)?|ship(?:s|ped)?|includ(?:es|ed)) (?:an? |some )?(?:malware|backdoor(?:ed)?|typosquat\w*)\b/i,
];

/** Why a registry removes a crate for security, in the words of those who did. */
const reasons = new RegExp(
  [
    `\\bmalicious ${code}\\b`,
    '\\bmalware\\b',
    '\\bbackdoor(?:ed|s)?\\b',
    '\\btyposquat\\w*',
    '\\bexfiltrat\\w*',
    '\\b(?:steal|stole|stealing)\\b',
    '\\bsupply[- ]chain attack\\b',
  ].join('|'),
  'i',
);

/** Without the marks of Markdown, so that a pattern meets words only. */
function plain(markdown: string): string {
  return markdown.replaceAll(/[`*_[\]]/g, '');
}
