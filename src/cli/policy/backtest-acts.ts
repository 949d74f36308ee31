import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AdvisoryFeed, loadFeed } from '../../facts/advisories/load.ts';
import { nodeFeedPorts } from '../../facts/feed/ports.ts';
import { feedSource } from '../../facts/feed/source.ts';
import { shippedSource } from '../../facts/popularity/shipped.ts';
import { knownNames } from '../../facts/typosquat/names.ts';
import { backtest } from '../../registry/backtest/backtest.ts';
import { upstreamAddress } from '../../registry/upstream/address.ts';
import { openReader } from '../../store/open.ts';
import { type Progress, progressOn } from '../shared/progress.ts';
import { print } from '../shared/terminal.ts';
import { loadFiles } from './acts.ts';
import { backtestLines } from './backtest-page.ts';

export interface BacktestOptions {
  /** Epoch milliseconds. */
  readonly since: number;
  readonly policy?: string;
  readonly organisation?: string;
  readonly advisoryDb?: readonly string[];
  readonly data: string;
  readonly database?: string;
  readonly upstream: string;
  readonly format: 'text' | 'json';
}

/** Replays what a mirror knows, and prints what the policy would have held, let in and delayed. */
export async function backtestPolicy(options: BacktestOptions): Promise<void> {
  const { policy: file, organisation, database, data } = options;
  const policy = loadFiles(file, { organisation });
  const registry = upstreamAddress(options.upstream).name;
  const store = await openReader(database === undefined ? { folder: data } : { url: database });
  try {
    const feeds = await readFeeds(options.advisoryDb ?? []);
    const names = knownNames({});
    let progress: Progress | undefined;
    const report = await backtest(store.reader, {
      policy,
      registry,
      feeds,
      names,
      nameSource: shippedSource,
      since: options.since,
      until: Date.now(),
      onCrate: (done, total) => {
        progress ??= progressOn(process.stderr, total);
        progress.step(done, 'crates');
      },
    });
    progress?.end();
    if (options.format === 'json') print(JSON.stringify(report, null, 2));
    else for (const line of backtestLines(report)) print(line);
  } finally {
    await store.close();
  }
}

async function readFeeds(places: readonly string[]): Promise<readonly AdvisoryFeed[]> {
  const cache = await mkdtemp(join(tmpdir(), 'safeguard-feeds-'));
  try {
    const ports = nodeFeedPorts({ cache, clock: Date.now });
    return await Promise.all(places.map((place) => loadFeed(feedSource(place, 'advisory database'), ports)));
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}
