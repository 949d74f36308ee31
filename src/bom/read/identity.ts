import { CargoError } from '../../cargo/error.ts';
import { parseSourceId, type SourceId } from '../../cargo/source-id.ts';
import { purlFrom } from '../cargo-purl.ts';
import { type Purl, parsePurl, withQualifiers } from '../purl.ts';

/** What a document says of which release a component is. */
export interface SaidIdentity {
  readonly name: string;
  readonly version: string | undefined;
  /** As written, what it goes by first. */
  readonly purls: readonly string[];
  /** Where it was got from, as written: addresses, and sources as lockfiles have them. */
  readonly places: readonly string[];
}

/**
 * The purl of a component: the first that can be read, crates before others. A crate whose purl says nothing of where
 * it is from is from where cargo has it: syft writes `pkg:cargo/…` for crates of repositories and other registries too,
 * with cargo's source beside it, and cargo-sbom the source alone.
 */
export function purlOf({ name, version, purls, places }: SaidIdentity): Purl | undefined {
  // Nearly all say just one, and no more.
  const [only] = purls;
  if (only !== undefined && purls.length === 1 && places.length === 0) return parsed(only);
  const read = purls.flatMap((text) => parsed(text) ?? []);
  const purl = read.find(({ type }) => type === 'cargo') ?? read[0];
  const [source] = places.flatMap((text) => sourceOf(text) ?? []);
  if (source === undefined) return purl;
  if (purl === undefined)
    return name === '' || version === undefined ? undefined : purlFrom(name, version, source);
  const saysWhere = ['vcs_url', 'repository_url', 'download_url'].some((key) => purl.qualifiers.has(key));
  if (purl.type !== 'cargo' || purl.namespace !== undefined || purl.version === undefined || saysWhere)
    return purl;
  const { qualifiers } = purlFrom(purl.name, purl.version, source);
  return withQualifiers(purl, qualifiers);
}

/** A purl that cannot be read identifies nothing. */
function parsed(text: string): Purl | undefined {
  try {
    return parsePurl(text);
  } catch {
    return undefined;
  }
}

/** A registry or a commit as cargo writes it; `git+…` without a commit may be anybody's address of a repository. */
function sourceOf(text: string): SourceId | undefined {
  if (!/^(registry\+|sparse\+|git\+.*#[0-9a-f]{7,64}$)/.test(text)) return undefined;
  try {
    return parseSourceId(text);
  } catch (error) {
    if (error instanceof CargoError) return undefined;
    throw error;
  }
}
