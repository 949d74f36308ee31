/** A release as a lockfile pins it. */
export interface Pinned {
  readonly crate: string;
  readonly version: string;
  /** SHA-256 (lower-case hex), if the lockfile has one. */
  readonly checksum: string | undefined;
}

/** How asking for one file ended. */
export type Answer =
  | { readonly kind: 'ok' /** SHA-256 (hex) of the body. */; readonly digest: string }
  /** The mirror says no, and why. */
  | { readonly kind: 'refused'; readonly waits: boolean; readonly reason: string }
  /** It may work another time. */
  | { readonly kind: 'failed'; readonly reason: string; readonly again: boolean; readonly after?: number };

/** What the engine needs from outside: a way to ask, and a way to wait. */
export interface PrefetchPort {
  readonly index: (crate: string) => Promise<Answer>;
  readonly download: (release: Pinned) => Promise<Answer>;
  readonly pause: (milliseconds: number) => Promise<void>;
}

export type Outcome = 'fetched' | 'held' | 'blocked' | 'failed';

/** What became of one release. */
export interface Prefetched {
  readonly release: Pinned;
  readonly outcome: Outcome;
  /** Absent for `fetched`. */
  readonly reason?: string;
}

export interface PrefetchOptions {
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Called after each release. */
  readonly onDone: (done: Prefetched) => void;
}

const tries = 3;

/**
 * Asks the mirror for every release, a few at a time: first the crate's index file, as cargo does, then the bytes.
 * It stops taking new ones when the signal comes, and returns what was done by then.
 */
export async function prefetch(
  releases: readonly Pinned[],
  port: PrefetchPort,
  { concurrency, signal, onDone }: PrefetchOptions,
): Promise<Prefetched[]> {
  const results: Prefetched[] = [];
  const indexes = new Map<string, Promise<Answer>>();
  const waiting = releases.values();
  const work = async () => {
    for (const release of waiting) {
      if (signal.aborted) return;
      const done = await prefetchOne(release, port, indexes, signal);
      if (signal.aborted && done.outcome === 'failed') return;
      results.push(done);
      onDone(done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, releases.length) }, work));
  return results;
}

async function prefetchOne(
  release: Pinned,
  port: PrefetchPort,
  indexes: Map<string, Promise<Answer>>,
  signal: AbortSignal,
): Promise<Prefetched> {
  const known = indexes.get(release.crate) ?? insist(() => port.index(release.crate), port, signal);
  indexes.set(release.crate, known);
  const index = await known;
  if (index.kind !== 'ok') return outcomeOf(release, index);
  return outcomeOf(release, await insist(() => port.download(release), port, signal));
}

/** Tries again what may work another time, a little later each time or when the mirror says. */
async function insist(
  askOnce: () => Promise<Answer>,
  port: PrefetchPort,
  signal: AbortSignal,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await askOnce();
    if (answer.kind !== 'failed' || !answer.again || attempt === tries || signal.aborted) return answer;
    await port.pause(answer.after ?? 500 * 2 ** attempt);
  }
}

function outcomeOf(release: Pinned, answer: Answer): Prefetched {
  switch (answer.kind) {
    case 'refused':
      return { release, outcome: answer.waits ? 'held' : 'blocked', reason: answer.reason };
    case 'failed':
      return { release, outcome: 'failed', reason: answer.reason };
    case 'ok':
      // The index file has no digest to compare: only bytes come here.
      return release.checksum === undefined || release.checksum === answer.digest
        ? { release, outcome: 'fetched' }
        : {
            release,
            outcome: 'blocked',
            reason: `the mirror's bytes are not those of the lockfile (${answer.digest})`,
          };
  }
}
