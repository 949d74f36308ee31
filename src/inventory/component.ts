import { BomError } from '../bom/error.ts';
import { cargoPurl, type Purl, parsePurl, purlText } from '../bom/purl.ts';
import { canonicalName } from '../cargo/index-path.ts';
import { cratesIo } from '../cargo/source-id.ts';
import type { ComponentRecord } from '../store/inventory/records.ts';
import type { StatedComponent } from './statement.ts';

type Identified = Omit<ComponentRecord, 'id'>;

/** The registry that a crate without another address is from. */
export const defaultRegistry = 'crates.io';

/**
 * Which release a stated component is. Purls are compared as parsed, and of a crate's only what tells releases apart counts: name,
 * version, registry or repository. What has none is known by where it is from.
 */
export function identify(stated: StatedComponent): Identified {
  const plain = stated.purl === undefined ? undefined : plainCrate(stated.purl);
  if (plain !== undefined) return plain;
  const purl = purlOf(stated.purl);
  // crates.io has no namespaces: what has one is no crate of its.
  if (purl !== undefined)
    return purl.type === 'cargo' && purl.namespace === undefined ? crateOf(purl) : otherOf(purl);
  const { name, version, source = 'local' } = stated;
  return {
    identity: `${source}:${name}${version === undefined ? '' : `@${version}`}`,
    kind: source === 'local' ? 'local' : 'cargo',
    key: canonicalName(name),
    name,
    version: version ?? null,
    source: source === 'local' ? null : source,
  };
}

/** The package of a distribution that a purl names; `undefined` for what is none. */
export function identifyPackage(text: string): Identified | undefined {
  const purl = purlOf(text);
  return purl === undefined || purl.type === 'cargo' ? undefined : otherOf(purl);
}

function crateOf({ name, version, qualifiers }: Purl): Identified {
  const common = { key: canonicalName(name), name, version: version ?? null };
  const [repository, registry, download] = ['vcs_url', 'repository_url', 'download_url'].map((key) =>
    qualifiers.get(key),
  );
  // cargo-cyclonedx writes the folders of a project's own packages as their download address.
  if (download !== undefined && /^(path\+)?file:/i.test(download))
    return {
      ...common,
      identity: `local:${name}${version === undefined ? '' : `@${version}`}`,
      kind: 'local',
      source: null,
    };
  const other = registry === undefined || isAtCratesIo(registry) ? undefined : registry;
  // An archive from elsewhere may be a mirror's copy, or anything.
  const elsewhere = download === undefined || isAtCratesIo(download) ? undefined : download;
  const [place, source]: readonly [Readonly<Record<string, string>>, string] =
    repository !== undefined
      ? [{ vcs_url: repository }, 'git']
      : other !== undefined
        ? [{ repository_url: other }, other]
        : elsewhere !== undefined
          ? [{ download_url: elsewhere }, 'registry']
          : [{}, defaultRegistry];
  const { version: _, ...unversioned } = cargoPurl(name, '', place);
  return {
    ...common,
    identity: purlText(version === undefined ? unversioned : { ...unversioned, version }),
    kind: 'cargo',
    source,
  };
}

/**
 * As `crateOf`, for the purl that nearly every crate has: it is canonical as it stands, and hundreds of them are in
 * each artefact.
 */
function plainCrate(purl: string): Identified | undefined {
  const [, name, version] = /^pkg:cargo\/([A-Za-z0-9_-]+)@([A-Za-z0-9._~-]+)$/.exec(purl) ?? [];
  if (name === undefined || version === undefined) return undefined;
  return {
    key: canonicalName(name),
    name,
    version,
    identity: purl,
    kind: 'cargo',
    source: defaultRegistry,
  };
}

/** Whether an address is one of crates.io's: its index in git and over HTTP, its pages, its API, its archives. */
export function isAtCratesIo(address: string): boolean {
  const url = address
    .replace(/^(registry|sparse)\+/i, '')
    .replace(/^https?:\/\//i, '')
    .replace(/[/?#]*$/, '')
    .toLowerCase();
  const [host = ''] = url.split('/', 1);
  const hosts = ['', 'www.', 'index.', 'static.'].map((part) => `${part}${defaultRegistry}`);
  return hosts.includes(host) || url.replace(/\.git$/, '') === indexInGit;
}

const indexInGit = cratesIo.url.replace('https://', '');

function otherOf(purl: Purl): Identified {
  const name = purl.namespace === undefined ? purl.name : `${purl.namespace}/${purl.name}`;
  return {
    identity: purlText(purl),
    kind: 'other',
    key: canonicalName(name),
    name,
    version: purl.version ?? null,
    source: purl.type,
  };
}

/** A purl that cannot be read, or hides what no text may hold behind its percent signs, identifies nothing. */
function purlOf(text: string | undefined): Purl | undefined {
  if (text === undefined) return undefined;
  try {
    const purl = parsePurl(text);
    return [purl.namespace, purl.name, purl.version].some((part) => part?.includes('\0')) ? undefined : purl;
  } catch (error) {
    if (error instanceof BomError) return undefined;
    throw error;
  }
}
