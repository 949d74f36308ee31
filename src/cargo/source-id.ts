import { CargoError, quoted } from './error.ts';

/** Where a package comes from, as lockfiles write it (cargo: src/workspace/source_id.rs, `from_url`). */
export type SourceId =
  | { readonly kind: 'registry'; readonly url: string; readonly text: string }
  /** `url` is without the `sparse+` that the text has. */
  | { readonly kind: 'sparse'; readonly url: string; readonly text: string }
  | { readonly kind: 'git'; readonly url: string; readonly text: string; readonly reference: GitReference }
  | { readonly kind: 'path'; readonly url: string; readonly text: string };

/** What of a git repository is used, and the commit it was when locked. */
export interface GitReference {
  readonly kind: 'default' | 'branch' | 'tag' | 'rev';
  /** Empty for `default`. */
  readonly name: string;
  /** The part after `#`: a full commit id in every lockfile cargo writes. */
  readonly commit: string | undefined;
}

/**
 * Reads a source id: `registry+URL`, `sparse+URL`, `git+URL?branch=…#commit`, `path+URL`.
 * Throws `CargoError('cargo/source')` on anything else.
 */
export function parseSourceId(text: string): SourceId {
  const plus = text.indexOf('+');
  const kind = plus === -1 ? '' : text.slice(0, plus);
  const rest = text.slice(plus + 1);
  const url = URL.parse(rest);
  if (url === null || !rest.includes('://'))
    throw new CargoError('cargo/source', `${quoted(text)} is not a source`);
  switch (kind) {
    case 'registry':
    case 'sparse':
    case 'path':
      return { kind, url: rest, text };
    case 'git':
      return { kind, url: rest.replace(/[?#].*$/s, ''), text, reference: gitReference(url) };
    default:
      throw new CargoError('cargo/source', `${quoted(text)} has a source protocol that cargo does not know`);
  }
}

/** crates.io, as every lockfile names it, through whatever protocol or mirror it was reached. */
export const cratesIo: SourceId = parseSourceId('registry+https://github.com/rust-lang/crates.io-index');

/**
 * Whether a source is crates.io: its git index's address, which lockfiles keep for good, or its sparse one, to the letter
 * (cargo: src/workspace/source_id.rs, `is_crates_io`). Another port, path or protocol of that host is another registry: cargo
 * asks it directly, past whatever replaces crates.io.
 */
export function isCratesIo({ kind, url }: SourceId): boolean {
  if (kind === 'registry') return url === cratesIo.url;
  return kind === 'sparse' && url === `https://index.${'crates.io'}/`;
}

/** The source of a registry, from the address of its index: one over HTTP starts with `sparse+`. */
export function registrySource(index: string): SourceId {
  return parseSourceId(index.startsWith('sparse+') ? index : `registry+${index}`);
}

/**
 * A text that is equal for sources that cargo takes for the same (cargo: src/util/canonical_url.rs): without
 * `.git`, without a slash at the end, GitHub's in lower case, and whatever commit is locked.
 */
export function sourceKey(source: SourceId): string {
  const reference = source.kind === 'git' ? [source.reference.kind, source.reference.name] : [];
  return JSON.stringify([source.kind, canonicalUrl(source), ...reference]);
}

/** What a `[patch]` names: an address, whichever branch of a repository or protocol of an index is meant. */
export function patchKey(source: SourceId): string {
  return `${source.kind === 'sparse' ? 'sparse+' : ''}${canonicalUrl(source)}`;
}

/** Of a lockfile's thousand packages nearly all have the same few addresses. */
function canonicalUrl(source: SourceId): string {
  const id = `${source.kind === 'sparse'} ${source.url}`;
  const known = canonical.get(id);
  if (known !== undefined) return known;
  const made = readCanonical(source);
  if (canonical.size >= mostRemembered) canonical.clear();
  canonical.set(id, made);
  return made;
}

const canonical = new Map<string, string>();
const mostRemembered = 256;

function readCanonical(source: SourceId): string {
  const url = new URL(source.url);
  if (url.pathname.length > 1 && url.pathname.endsWith('/')) url.pathname = url.pathname.slice(0, -1);
  if (source.kind !== 'sparse') {
    if (url.hostname === 'github.com') {
      url.protocol = 'https:';
      url.pathname = url.pathname.toLowerCase();
    }
    if (url.pathname.endsWith('.git')) url.pathname = url.pathname.slice(0, -'.git'.length);
  }
  return url.href;
}

/** The last of several wins; `ref` is an old spelling of `branch`. */
function gitReference(url: URL): GitReference {
  const commit = url.hash === '' ? undefined : url.hash.slice(1);
  let reference: GitReference = { kind: 'default', name: '', commit };
  for (const [key, name] of url.searchParams) {
    if (key === 'branch' || key === 'ref') reference = { kind: 'branch', name, commit };
    else if (key === 'tag' || key === 'rev') reference = { kind: key, name, commit };
  }
  return reference;
}
