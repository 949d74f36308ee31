import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { stampBefore } from '../facts/advisories/load.ts';
import { isBareRepository } from '../facts/feed/git.ts';
import { feedSource } from '../facts/feed/source.ts';
import type { FactsPort } from '../gate/facts-port.ts';
import { cacheFolder } from '../gate/project/cache-folder.ts';
import { heartbeatName } from '../registry/clock/duty.ts';
import { silentJournal } from '../registry/journal.ts';
import { databaseFile } from '../store/dialect/sqlite.ts';
import { StoreError } from '../store/error.ts';
import { lastStep } from '../store/migrate.ts';
import { allUpstreams, loadConfig, type ServerConfig } from './config.ts';
import { type ChosenAdvisories, chosenAdvisories, patienceForDefault } from './default-advisories.ts';
import { type DatabaseState, databaseState, type FactsBasis } from './facts-basis.ts';
import { mirrorFacts } from './mirror-facts.ts';
import { type OpenMirror, openMirror } from './open-mirror.ts';

/** What facts without a running server come from. */
export interface FactsHereOptions {
  /** A registry's name or the URL of its sparse index. */
  readonly upstream: string;
  readonly advisoryDb?: readonly string[] | undefined;
  /** Whether what advisories say is wanted. They are fetched beside what else is asked for. */
  readonly advised: boolean;
  /** Whether nothing may be asked of the network. */
  readonly offline: boolean;
  readonly onDone?: ((done: number, of: number) => void) | undefined;
  /** Told what is to be known of where the facts come from: that a default advisory database could not be had. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/** Facts of a mirror of this process's own. The caller closes it. */
export interface FactsHere extends FactsPort {
  /** What the answers so far followed from; `undefined` where the next time they may be others, whatever stays as it is. */
  readonly basis: () => Promise<FactsBasis | undefined>;
  readonly close: () => Promise<void>;
}

/**
 * Opens a mirror of this user's own over a folder that stays, so that what was read once is not read again. Throws
 * `RegistryError`, `StoreError` or `AdvisoryError` where that is not possible.
 */
export async function factsHere(
  options: FactsHereOptions,
  env = process.env,
  patience = patienceForDefault,
): Promise<FactsHere> {
  const from = Date.now();
  const config = loadConfig({ file: 'the default configuration', text: '' });
  const folders = foldersBefore(chosenAdvisories(options.advisoryDb, config, env));
  const { server, database } = await openCache(options, config, env, patience);
  const { feeds, clock } = server.mirror.context;
  await feeds.readLocal();
  const { onDone, onNotice } = options;
  let until = Number.POSITIVE_INFINITY;
  let refreshed: Promise<void> | undefined;
  const refresh = async () => {
    if (!options.offline) await feeds.refreshDue(Date.now());
    for (const notice of noticesOf(server)) onNotice?.(notice);
  };
  const port = mirrorFacts(server.mirror, {
    reading: options.offline ? 'never' : 'stale',
    lasts: (at) => {
      until = Math.min(until, at);
    },
    ...(onDone === undefined ? {} : { onDone }),
    ...(options.advised ? { besides: () => (refreshed ??= refresh()) } : {}),
  });
  const close = async () => {
    await refreshed?.catch(() => undefined);
    await server.close();
  };
  const basis = async (): Promise<FactsBasis | undefined> => {
    if (database.stamp === undefined || folders === undefined || clock.doubt() !== undefined)
      return undefined;
    if ((await server.store.feed(heartbeatName)) !== undefined) return undefined;
    const due = options.offline || !options.advised ? Number.POSITIVE_INFINITY : await feeds.dueAt();
    return { database, folders, from, until: Math.min(until, due) };
  };
  return { ...port, basis, close };
}

/** The advisory databases in folders, before they are read; `undefined` where one of them cannot be told from what it will be. */
function foldersBefore({ databases }: ChosenAdvisories): FactsBasis['folders'] | undefined {
  const sources = databases.map((text) => feedSource(text, 'advisory database'));
  const folders: FactsBasis['folders'][number][] = [];
  for (const source of sources) {
    if (source.kind !== 'folder') continue;
    const stamp = isBareRepository(source.path) ? undefined : stampBefore(source.path);
    if (stamp === undefined) return undefined;
    folders.push({ source: source.path, stamp });
  }
  return folders;
}

/** Why the database that nobody named is not there, or not up to date. */
export function noticesOf({ mirror }: Pick<OpenMirror, 'mirror'>): readonly string[] {
  return mirror.context.feeds
    .knowledge()
    .advisories.flatMap(({ isDefault, alarm }) => (isDefault === true && alarm !== undefined ? [alarm] : []));
}

/** Checks at the same time each need a cache of their own: the first that is free is taken. */
const caches = ['mirror', 'mirror-2', 'mirror-3', 'mirror-4'];

/**
 * Where a newer version has used a cache that it shares with this one, those of this version alone: projects that pin
 * different versions are checked side by side.
 */
const ownCaches = caches.map((cache) => `${cache}-${lastStep}`);

/** What one of the caches has read the others take over, and archives are in one place for all. */
async function openCache(
  { upstream, advisoryDb }: FactsHereOptions,
  config: ServerConfig,
  env: NodeJS.ProcessEnv,
  patience: number,
): Promise<{ readonly server: OpenMirror; readonly database: DatabaseState }> {
  const home = cacheFolder(env);
  const upstreams = allUpstreams(upstream, config);
  // Another upstream of the same name is another registry.
  const registry = encodeURIComponent(upstreams[0]?.index ?? '');
  const foldersOf = (names: readonly string[]) => names.map((name) => join(home, name, registry));
  const [shared, own] = [foldersOf(caches), foldersOf(ownCaches)];
  const all = [...shared, ...own];
  const open = (data: string) =>
    openMirror(
      {
        data,
        seeds: all.filter((folder) => folder !== data),
        blobs: join(home, 'mirror', registry),
        isCache: true,
        upstreams,
        policy: { file: 'the default policy', text: '' },
        config,
        advisories: chosenAdvisories(advisoryDb, config, env),
        patience,
        log: silentJournal,
        clock: Date.now,
        version: packageJson.version,
      },
      [],
    );
  const refusals: StoreError[] = [];
  const isRefusedAs = (code: StoreError['code']) => refusals.some((refusal) => refusal.code === code);
  for (const data of all) {
    if (own.includes(data) && !isRefusedAs('store/newer')) break;
    try {
      const database = databaseState(join(data, databaseFile));
      return { server: await open(data), database };
    } catch (error) {
      if (!(error instanceof StoreError) || !['store/locked', 'store/newer'].includes(error.code))
        throw error;
      refusals.push(error);
    }
  }
  throw refusals.at(-1);
}
