import { BomError } from './error.ts';

/** A package URL, taken apart (purl-spec, ECMA-427). Two are the same where their parts are, however they are written. */
export interface Purl {
  readonly type: string;
  /** Without slashes at its ends; absent where there is none. */
  readonly namespace?: string;
  readonly name: string;
  readonly version?: string;
  /** By key, in lower case, sorted; empty values are none. */
  readonly qualifiers: ReadonlyMap<string, string>;
  readonly subpath?: string;
}

/** A purl of a crate; `qualifiers` say where it is from, where that is not crates.io. */
export function cargoPurl(
  name: string,
  version: string,
  qualifiers: Readonly<Record<string, string>> = {},
): Purl {
  return { type: 'cargo', name, version, qualifiers: sorted(Object.entries(qualifiers)) };
}

/**
 * Reads a purl, from right to left as the specification has it (purl-spec, "How to parse a purl string"). Throws
 * `BomError('bom/purl')` for what is none.
 */
export function parsePurl(text: string): Purl {
  // Of a million nearly all are so, and hold nothing that is encoded.
  const [, plainType, plainName, plainVersion] = plain.exec(text) ?? [];
  if (plainType !== undefined && plainName !== undefined && plainVersion !== undefined)
    return { type: plainType, name: plainName, version: plainVersion, qualifiers: noQualifiers };
  const scheme = /^pkg:\/*/i.exec(text);
  if (scheme === null) throw refused(text, 'it does not begin with `pkg:`');
  let rest = text.slice(scheme[0].length);
  const [beforeSubpath, subpath] = splitLast(rest, '#');
  const [beforeQualifiers, qualifiers] = splitLast(beforeSubpath, '?');
  rest = beforeQualifiers.replace(/\/+$/, '');
  const slash = rest.indexOf('/');
  if (slash === -1) throw refused(text, 'it has no name');
  const type = rest.slice(0, slash).toLowerCase();
  if (!/^[a-z][a-z0-9.-]*$/.test(type)) throw refused(text, 'its type is no word');
  const [path, version] = splitVersion(rest.slice(slash + 1));
  const segments = path.split('/').filter((segment) => segment !== '');
  const name = segments.pop();
  if (name === undefined) throw refused(text, 'it has no name');
  const namespace = segments.map((segment) => decoded(segment, text)).join('/');
  const inner = subpathOf(subpath, text);
  return {
    type,
    ...(namespace === '' ? {} : { namespace }),
    name: decoded(name, text),
    ...(version === undefined || version === '' ? {} : { version: decoded(version, text) }),
    qualifiers: qualifiersOf(qualifiers, text),
    ...(inner === '' ? {} : { subpath: inner }),
  };
}

const plain = /^pkg:([a-z][a-z0-9.-]*)\/([A-Za-z0-9._-]+)@([A-Za-z0-9._~-]+)$/;
const noQualifiers: ReadonlyMap<string, string> = new Map();

/** A purl with further qualifiers, or other values of them. */
export function withQualifiers(purl: Purl, more: Iterable<readonly [key: string, value: string]>): Purl {
  return { ...purl, qualifiers: sorted([...new Map([...purl.qualifiers, ...more])]) };
}

/** The canonical text: everything but letters, digits and `.-_~:` is percent-encoded. */
export function purlText(purl: Purl): string {
  const path = (text: string) => text.split('/').map(purlPart).join('/');
  const namespace = purl.namespace === undefined ? '' : `${path(purl.namespace)}/`;
  const version = purl.version === undefined ? '' : `@${purlPart(purl.version)}`;
  const qualifiers = [...purl.qualifiers].map(([key, value]) => `${key}=${encodedValue(value)}`).join('&');
  const query = qualifiers === '' ? '' : `?${qualifiers}`;
  const subpath = purl.subpath === undefined ? '' : `#${path(purl.subpath)}`;
  return `pkg:${purl.type}/${namespace}${purlPart(purl.name)}${version}${query}${subpath}`;
}

/** A version may hold `@` only encoded, but a namespace such as npm's begins with one. */
function splitVersion(text: string): readonly [path: string, version: string | undefined] {
  const at = text.lastIndexOf('@');
  return at <= text.lastIndexOf('/') ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function splitLast(text: string, mark: string): readonly [before: string, after: string] {
  const at = text.lastIndexOf(mark);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function qualifiersOf(text: string, whole: string): ReadonlyMap<string, string> {
  const pairs = text.split('&').flatMap((pair): readonly (readonly [string, string])[] => {
    const equals = pair.indexOf('=');
    if (equals <= 0 || equals === pair.length - 1) return [];
    return [[pair.slice(0, equals).toLowerCase(), decoded(pair.slice(equals + 1), whole)]];
  });
  return sorted(pairs);
}

function subpathOf(text: string, whole: string): string {
  return text
    .split('/')
    .map((segment) => decoded(segment, whole))
    .filter((segment) => segment !== '' && segment !== '.' && segment !== '..')
    .join('/');
}

function sorted(pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, string> {
  return new Map(
    pairs.filter(([, value]) => value !== '').toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  );
}

/** A text as it stands in the canonical text of a purl. */
export function purlPart(text: string): string {
  if (/^[A-Za-z0-9._~:-]*$/.test(text)) return text;
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%3A', ':');
}

/** Slashes may stand as they are in a value. */
function encodedValue(text: string): string {
  return text.split('/').map(purlPart).join('/');
}

function decoded(text: string, whole: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw refused(whole, 'its percent-encoding is broken', cause);
  }
}

function refused(text: string, reason: string, cause?: unknown): BomError {
  return new BomError(
    'bom/purl',
    `${JSON.stringify(text.slice(0, 200))} is no package URL: ${reason}`,
    cause,
  );
}
