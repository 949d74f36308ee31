import { FeedError } from '../feed/error.ts';
import { type FeedPorts, filesOf, textOf } from '../feed/files.ts';
import { placeName, readPlace } from '../feed/place.ts';
import type { FeedProvenance, FileProblem } from '../feed/reading.ts';
import { type FeedSource, sourceText } from '../feed/source.ts';
import { type AuditsFeed, ownFiles, readAudits } from './feed.ts';
import { readRegistryFile } from './imports-file.ts';
import { ownOrganisation } from './store.ts';
import type { TextFile } from './toml-file.ts';

/** Where one organisation publishes its audits: files or http(s) addresses, or its name in a list of such. */
export type AuditsPlace =
  | { readonly kind: 'files'; readonly places: readonly string[] }
  /** `list` is a `registry.toml`, by its file or address. */
  | { readonly kind: 'listed'; readonly list: string };

/** As messages and provenance name it. */
export function placeText(place: AuditsPlace): string {
  return place.kind === 'listed' ? placeName(place.list) : place.places.map(placeName).join(', ');
}

/**
 * Reads what an organisation publishes. Throws `FeedError` where one of its files cannot be had, or none of them can be
 * read: half of what somebody says must not read as all of it.
 */
export async function loadAudits(
  organisation: string,
  place: AuditsPlace,
  ports: FeedPorts,
): Promise<AuditsFeed> {
  const places = place.kind === 'files' ? place.places : await listed(organisation, place.list, ports);
  const files = await Promise.all(
    places.map(async (each) => ({ path: placeName(each), bytes: await readPlace(each, ports) })),
  );
  const source = places.map(placeName).join(', ');
  return finish(organisation, files, source, undefined, ports);
}

/** Reads one's own `supply-chain/`: a folder, or a repository that holds one. Throws `FeedError`. */
export async function loadOwnAudits(source: FeedSource, ports: FeedPorts): Promise<AuditsFeed> {
  const found = await filesOf(source, ports, isOwn);
  const depth = Math.min(...found.files.map(({ path }) => path.split('/').length));
  // A repository may hold others' folders of that name, as samples; its own is the one nearest to its root.
  const nearest = found.files.filter(({ path }) => path.split('/').length === depth);
  return finish(ownOrganisation, nearest, sourceText(source), found.commit, ports);
}

function isOwn(path: string): boolean {
  const parts = path.split('/');
  const inPlace = parts.length === 1 || parts.at(-2) === 'supply-chain';
  return inPlace && ownFiles.some((name) => name === parts.at(-1));
}

function finish(
  organisation: string,
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
  source: string,
  commit: string | undefined,
  ports: FeedPorts,
): AuditsFeed {
  const texts: TextFile[] = [];
  const unread: FileProblem[] = [];
  for (const { path, bytes } of files) {
    const text = bytes.length > maxFileBytes ? undefined : textOf(bytes);
    if (text !== undefined) texts.push({ file: path, text });
    else unread.push({ path, reason: 'it is not UTF-8, or too large' });
  }
  const read = readAudits(organisation, texts);
  const problems = [...unread, ...read.problems];
  const [first] = problems;
  if (read.statements.length === 0) {
    const why = first === undefined ? '' : ` (${first.path}: ${first.reason})`;
    throw new FeedError('feed/empty', `${source} holds no audit${why}`);
  }
  const provenance: FeedProvenance = {
    source,
    ...(commit === undefined ? {} : { commit }),
    readAt: new Date(ports.clock()).toISOString(),
  };
  return { ...read, problems, provenance };
}

async function listed(organisation: string, list: string, ports: FeedPorts): Promise<readonly string[]> {
  const text = textOf(await readPlace(list, ports)) ?? '';
  const { value, problems } = readRegistryFile({ file: placeName(list), text });
  if (value === undefined) {
    throw new FeedError(
      'feed/unreachable',
      `${placeName(list)} cannot be read: ${problems[0]?.message ?? ''}`,
    );
  }
  const urls = value.get(organisation);
  if (urls !== undefined && urls.length > 0) return urls;
  const names = [...value.keys()].join(', ');
  throw new FeedError('feed/source', `${placeName(list)} does not name ${organisation}; it names ${names}`);
}

/** The largest file of audits there is has 1 MB. */
const maxFileBytes = 32 * 1024 * 1024;
