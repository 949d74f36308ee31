import { isCrateName } from '../../cargo/index-path.ts';
import { tryParseRequirement } from '../../cargo/requirement.ts';
import { tryParseVersion, type Version } from '../../cargo/version.ts';
import { contains, type Range, rangeOf, successor } from '../../facts/advisories/range.ts';
import { InventoryError } from '../error.ts';

/** What is asked about. */
export type Question =
  | { readonly kind: 'advisory'; readonly id: string }
  | {
      readonly kind: 'crate';
      readonly crate: string;
      /** Absent: every version. */
      readonly holds?: ((version: Version) => boolean) | undefined;
    }
  | {
      readonly kind: 'library';
      readonly library: string;
      /** All of them hold; none: every version. */
      readonly bounds: readonly Bound[];
    };

/** A bound of a library's versions, which are ordered as its distribution orders them. */
export interface Bound {
  readonly op: '<' | '<=' | '>' | '>=' | '=';
  readonly version: string;
}

/** Ids of advisories, by who gives them out; no crate is named so. */
const advisoryId = new RegExp(
  [
    '(?:RUSTSEC|CVE|MAL)-\\d{4}-[A-Z0-9-]+',
    'MAL-\\d+.*',
    '(?:GHSA|CGA)(?:-[0-9a-z]{4}){3}',
    // Debian, Ubuntu, and what OSV makes of a CVE for a distribution
    '(?:DSA|DLA|USN|LSN)-\\d+-\\d+',
    '[A-Z]+-CVE-\\d{4}-\\d+',
    // Red Hat, Rocky Linux, AlmaLinux; SUSE; openEuler, Mageia, Azure Linux
    '(?:RH|RL|AL)[SBE]A-\\d{4}:\\d+',
    '(?:open)?SUSE-[A-Z]{2}-\\d{4}:[\\w.-]+',
    '(?:OESA|MGASA)-\\d{4}-\\d+',
    'AZL-\\d+',
  ]
    .map((shape) => `^${shape}$`)
    .join('|'),
  'i',
);

/** What begins as one of those. */
const slip =
  /^(?:RUSTSEC|GHSA)-|^(?:CVE|MAL|DSA|DLA|USN|LSN|OESA|MGASA|AZL|(?:RH|RL|AL)[SBE]A|(?:open)?SUSE-[A-Z]{2}|[A-Z]+-CVE)-\d/i;

/**
 * Reads `RUSTSEC-…`, `CVE-…`, `GHSA-…`, `MAL-…`, `CRATE` or `CRATE@REQUIREMENT`. A full version alone means exactly that one, as
 * everywhere here; requirements hold pre-releases within them, as in advisories. Throws `InventoryError`.
 */
export function parseQuestion(text: string): Question {
  const trimmed = text.trim();
  if (advisoryId.test(trimmed)) return { kind: 'advisory', id: trimmed };
  // A slip in an id must not be answered as if it were a crate that nobody has.
  if (slip.test(trimmed)) throw refused(text);
  const at = trimmed.indexOf('@');
  const crate = at === -1 ? trimmed : trimmed.slice(0, at);
  if (!isCrateName(crate)) throw refused(text);
  if (at === -1) return { kind: 'crate', crate };
  const range = rangeIn(trimmed.slice(at + 1).trim());
  if (range === undefined) throw refused(text);
  return { kind: 'crate', crate, holds: (version) => contains(range, version) };
}

/** Reads `NAME` or `NAME@BOUNDS`: `openssl@<3.0.15`, `glibc@>=2.34, <2.38`, `zlib1g@1:1.2.13.dfsg-1`. Throws `InventoryError`. */
export function parseLibraryQuestion(text: string): Question {
  const [, library, bounds] = /^([A-Za-z0-9][\w.+-]*)(?:@(.*))?$/s.exec(text.trim()) ?? [];
  if (library === undefined) throw refusedLibrary(text);
  const parts = bounds === undefined ? [] : bounds.split(',');
  const read = parts.map((part): Bound => {
    const [, op = '=', version] = /^\s*(<=|>=|<|>|=)?\s*([\w.+~^:-]+)\s*$/.exec(part) ?? [];
    if (version === undefined) throw refusedLibrary(text);
    return { op: op as Bound['op'], version };
  });
  return { kind: 'library', library, bounds: read };
}

function refusedLibrary(text: string): InventoryError {
  return new InventoryError(
    'inventory/question',
    `\`${text.slice(0, 100)}\` names no library.`,
    'Ask for a library of the system, by its package or its source package: openssl, "openssl@<3.0.15", "glibc@>=2.34, <2.38".',
  );
}

function rangeIn(text: string): Range | undefined {
  const version = tryParseVersion(text);
  if (version !== undefined) return { from: version, to: successor(version) };
  return tryParseRequirement(text) === undefined ? undefined : rangeOf(text);
}

function refused(text: string): InventoryError {
  return new InventoryError(
    'inventory/question',
    `\`${text.slice(0, 100)}\` is neither an advisory nor a crate.`,
    'Ask for RUSTSEC-2026-0001, CVE-2026-12345, GHSA-abcd-efgh-ijkl, or a crate: time, time@0.2.7, "time@>=0.2, <0.2.23".',
  );
}
