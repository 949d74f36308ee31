import { createHash } from 'node:crypto';
import { CargoError } from '../../cargo/error.ts';
import { type IndexEntry, rememberedIndexLine } from '../../cargo/index-entry.ts';
import type { LockedPackage } from '../../cargo/lockfile.ts';
import type { Package } from '../../cargo/manifest/package.ts';
import { type CargoHome, lineIn, stampOf } from './cargo-home.ts';
import {
  type ArchiveFacts,
  archiveFacts,
  type Extract,
  extractOf,
  packageOfExtract,
  type ReleaseAbout,
  readExtract,
  writeExtract,
} from './extract.ts';
import type { VendoredCrates } from './vendored-crate.ts';

/** Where releases come from that this machine does not have: a mirror, or a registry. */
export interface RemoteCrates {
  /** The line of a release in the index; `undefined` where there is none. */
  readonly line: (release: Release) => Promise<string | undefined>;
  /** The bytes of its archive. Throws where it cannot be had. */
  readonly archive: (release: Release) => Promise<Uint8Array>;
}

/** A release of a registry, as a lockfile pins it. */
export interface Release {
  readonly name: string;
  readonly version: string;
  readonly checksum: string;
}

/** What somebody else read of a release: its index line, and, where they had its archive, what of it runs at build time. */
export interface ToldRelease {
  readonly line: string;
  readonly code: BuildTimeTold | undefined;
}

export interface BuildTimeTold {
  readonly buildScript: boolean;
  readonly procMacro: boolean;
}

export interface CrateFactsOptions {
  readonly cargoHome: CargoHome;
  /** What is known already; asked first, since nothing is then read or fetched. */
  readonly told?: ((release: Release) => ToldRelease | undefined) | undefined;
  /** What was made of that, by the line: for the other side of a change, which mostly has the same releases. */
  readonly packages?: MadePackages;
  /** This user's cache folder; absent: nothing is kept. */
  readonly cache: string | undefined;
  /** Packages of directory sources; absent: there are none. */
  readonly vendored?: VendoredCrates | undefined;
  /** Absent: only what this machine has. */
  readonly remote: RemoteCrates | undefined;
  /** Called with where the index line was read, for each release that is kept and taken from there. */
  readonly onKept?: ((index: Extract['index']) => void) | undefined;
  /** Called before each release that is not kept yet. */
  readonly onRead?: (done: number, of: number) => void;
}

/** By an index line, what was made of it, and of which release and code. */
export type MadePackages = Map<string, { readonly of: string; readonly package: Package }>;

/** What is known of a release, or why nothing is. */
export type CrateFacts =
  | { readonly kind: 'known'; readonly package: Package; readonly about: ReleaseAbout | undefined }
  | { readonly kind: 'unknown'; readonly reason: string }
  /** The registry has no such release, or not any more: cargo refuses a lockfile that names it. */
  | { readonly kind: 'unlisted' };

/** At most so many releases are asked for at once. */
const concurrency = 16;

/**
 * What resolving needs of registry releases, by checksum: as told, else from what is kept, else from cargo's own caches, else
 * from the remote. Archives are used only where their SHA-256 is the lockfile's.
 */
export async function crateFacts(
  releases: readonly Release[],
  options: CrateFactsOptions,
): Promise<ReadonlyMap<string, CrateFacts>> {
  const facts = new Map<string, CrateFacts>();
  const missing: Release[] = [];
  for (const release of releases) {
    const told = packageTold(release, options.told?.(release), options.packages);
    if (told !== undefined) {
      facts.set(release.checksum, { kind: 'known', package: told, about: undefined });
      continue;
    }
    const extract = readExtract(options.cache, release.checksum);
    if (extract !== undefined && isFresh(extract)) {
      options.onKept?.(extract.index);
      facts.set(release.checksum, knownFrom(extract));
    } else missing.push(release);
  }
  let done = 0;
  const waiting = missing.values();
  const work = async () => {
    for (const release of waiting) {
      options.onRead?.(done++, missing.length);
      facts.set(release.checksum, await readRelease(release, options));
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, missing.length) }, work));
  return facts;
}

/** A package that was told of whole; nothing is then read. */
function packageTold(
  release: Release,
  told: ToldRelease | undefined,
  packages: MadePackages = new Map(),
): Package | undefined {
  if (told?.code === undefined) return undefined;
  const of = JSON.stringify([release.name, release.version, release.checksum, told.code]);
  const known = packages.get(told.line);
  if (known?.of === of) return known.package;
  const entry = entryOf(told.line, release);
  if (entry === undefined) return undefined;
  const made = packageOfLine(release, entry, told.code);
  packages.set(told.line, { of, package: made });
  return made;
}

/** A package out of its index line. Other packages see no more of it than whether it is a macro and has a build script. */
function packageOfLine(
  release: Release,
  entry: IndexEntry,
  { buildScript, procMacro }: BuildTimeTold,
): Package {
  const lib = { name: release.name.replaceAll('-', '_'), procMacro, linkable: true, tested: false };
  const targets = { lib, bins: [], others: [], buildScript };
  const archive = { targets, links: entry.links, dependencies: [], features: new Map(), about: undefined };
  return packageOfExtract(extractOf(release, archive, entry, undefined));
}

function knownFrom(extract: Extract): CrateFacts {
  return { kind: 'known', package: packageOfExtract(extract), about: extract.about };
}

/** Whether an index line may still be the one that cargo's cache has: then the file was not written since. */
function isFresh({ index }: Extract): boolean {
  if (index === undefined) return true;
  const stamp = stampOf(index.path);
  // A cache that is gone takes nothing back.
  return stamp === undefined || stamp === index.stamp;
}

async function readRelease(release: Release, options: CrateFactsOptions): Promise<CrateFacts> {
  const kept = readExtract(options.cache, release.checksum);
  const line = lineHere(release, options.cargoHome);
  try {
    const entry =
      line?.entry ??
      entryOf(options.told?.(release)?.line, release) ??
      (await options.remote?.line(release).then((text) => entryOf(text, release)));
    if (entry === undefined && isUnlisted(release, options)) return { kind: 'unlisted' };
    const archive =
      kept === undefined
        ? await archiveOf(release, options).catch(whyNot)
        : { ...packageOfExtract(kept), about: kept.about };
    if (typeof archive === 'string') {
      // Altered files are told elsewhere; nothing of them is kept.
      const vendored = options.vendored?.(release);
      if (vendored !== undefined) return { kind: 'known', package: vendored, about: undefined };
      if (entry === undefined) return { kind: 'unknown', reason: archive };
      const known = packageOfLine(release, entry, { buildScript: false, procMacro: false });
      return { kind: 'known', package: { ...known, unread: archive }, about: undefined };
    }
    const extract = extractOf(release, archive, entry, line?.index);
    writeExtract(options.cache, release.checksum, extract);
    return knownFrom(extract);
  } catch (error) {
    return { kind: 'unknown', reason: whyNot(error) };
  }
}

function whyNot(error: unknown): string {
  const { message } = error as Error;
  return error instanceof CargoError ? message : `it could not be fetched: ${message}`;
}

interface Line {
  readonly entry: IndexEntry;
  readonly index: NonNullable<Extract['index']>;
}

/** The line that cargo's cache has for these very bytes. */
function lineHere({ name, version, checksum }: Release, cargoHome: CargoHome): Line | undefined {
  for (const file of cargoHome.indexFiles(name)) {
    const entry = entryOf(lineIn(file, version), { checksum });
    if (entry !== undefined) return { entry, index: { path: file.path, stamp: file.stamp } };
  }
  return undefined;
}

/** Nobody is left to ask: the remote has no line, or without one, the index file that is here. */
function isUnlisted({ name }: Release, { cargoHome, remote }: CrateFactsOptions): boolean {
  return remote !== undefined || cargoHome.indexFiles(name).length > 0;
}

function entryOf(line: string | undefined, { checksum }: Pick<Release, 'checksum'>): IndexEntry | undefined {
  if (line === undefined) return undefined;
  try {
    const entry = rememberedIndexLine(line);
    return entry.cksum === checksum ? entry : undefined;
  } catch (error) {
    if (error instanceof CargoError) return undefined;
    throw error;
  }
}

/** What the archive says; a sentence where it is not to be had. */
async function archiveOf(release: Release, options: CrateFactsOptions): Promise<ArchiveFacts | string> {
  const { name, version, checksum } = release;
  const here = options.cargoHome.archives(name, version).find((bytes) => sha256(bytes) === checksum);
  if (here === undefined && options.remote === undefined) return 'its archive is not on this machine';
  const bytes = here ?? (await options.remote?.archive(release));
  if (bytes === undefined || sha256(bytes) !== checksum) {
    return 'the archive that came is not the one that the lockfile names';
  }
  return archiveFacts(bytes) ?? 'its archive has no manifest';
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function isRelease(locked: LockedPackage): locked is LockedPackage & { readonly checksum: string } {
  return locked.checksum !== undefined;
}
