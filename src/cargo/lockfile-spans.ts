import type { Position } from './error.ts';

/** Where the sections of a lockfile have their `name`, by section, in the file's order. */
export type LockfileSpans = ReadonlyMap<string, readonly NameSpan[]>;

/** A `name = "…"`; the position (1-based) is that of the word `name`. */
export interface NameSpan extends Position {
  readonly name: string;
}

/**
 * Finds the `name` lines of a lockfile's sections, in the layout that cargo writes. What the file means is read
 * by a TOML parser, never from here: a text made to mislead this scan only loses its line numbers.
 */
export function lockfileSpans(text: string): LockfileSpans {
  const spans = new Map<string, NameSpan[]>();
  let section: string | undefined;
  for (const [i, content] of text.split('\n').entries()) {
    if (/^\s*\[/.test(content)) section = header.exec(content)?.[1];
    const match = section === undefined ? null : nameLine.exec(content);
    if (match === null || section === undefined) continue;
    const [, indent = '', name = ''] = match;
    const ofSection = spans.get(section) ?? [];
    ofSection.push({ name, line: i + 1, column: indent.length + 1 });
    spans.set(section, ofSection);
    section = undefined;
  }
  return spans;
}

/**
 * The span of the `index`-th of `count` tables of a section; the file's first line when the scan found another
 * number of them, or another name in this place.
 */
export function spanOf(
  spans: LockfileSpans,
  section: string,
  index: number,
  count: number,
  name: unknown,
): Position {
  const ofSection = spans.get(section) ?? [];
  const span = ofSection.length === count ? ofSection[index] : undefined;
  return span !== undefined && span.name === name ? span : { line: 1, column: 1 };
}

/** Where the first merge conflict marker stands. */
export function conflictMarker(text: string): Position | undefined {
  return positionOf(text, /^(?:<{7}|={7}|>{7}|\|{7})(?:[ \r]|$)/m);
}

/** Where the format's `version` stands: before any section. */
export function versionSpan(text: string): Position | undefined {
  return positionOf(text.slice(0, text.search(/^[ \t]*\[/m) >>> 0), /^version\b/m);
}

const header = /^\s*\[{1,2}(package|root|patch\.unused)\]{1,2}\s*(?:#.*)?$/;
const nameLine = /^(\s*)name\s*=\s*"([^"\\]*)"/;
function positionOf(text: string, pattern: RegExp): Position | undefined {
  const offset = text.search(pattern);
  if (offset === -1) return undefined;
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
