import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, type Pinned, type PrefetchPort, prefetch } from '../../src/cli/mirror/prefetch.ts';

const releases = (count: number): Pinned[] =>
  Array.from({ length: count }, (_, i) => ({ crate: `c${i}`, version: '1.0.0', checksum: 'd' }));
const fine: Answer = { kind: 'ok', digest: 'd' };

interface Fake extends PrefetchPort {
  readonly asked: string[];
  readonly pauses: number[];
}

/** Answers by what is asked for, one after another; what is not listed is fine. */
function fake(answers: Readonly<Record<string, readonly Answer[]>> = {}): Fake {
  const asked: string[] = [];
  const pauses: number[] = [];
  const answer = async (name: string) => {
    const list = answers[name] ?? [fine];
    const before = asked.filter((other) => other === name).length;
    asked.push(name);
    return list[Math.min(before, list.length - 1)] ?? fine;
  };
  return {
    asked,
    pauses,
    index: (crate) => answer(`index ${crate}`),
    download: ({ crate, version }) => answer(`${crate} ${version}`),
    pause: async (milliseconds) => void pauses.push(milliseconds),
  };
}

const options = { concurrency: 4, signal: new AbortController().signal, onDone: () => undefined };
const again: Answer = { kind: 'failed', reason: 'busy', again: true };

test('asks for the index of a crate once, then for each of its releases', async () => {
  const port = fake();
  const two = [
    { crate: 'a', version: '1.0.0', checksum: 'd' },
    { crate: 'a', version: '2.0.0', checksum: 'd' },
  ];
  const done = await prefetch(two, port, options);
  assert.deepEqual(port.asked.toSorted(), ['a 1.0.0', 'a 2.0.0', 'index a']);
  assert.deepEqual(
    done.map(({ outcome }) => outcome),
    ['fetched', 'fetched'],
  );
});

for (const { name, answers, outcome, reason, pauses } of [
  {
    name: 'held',
    answers: { 'c0 1.0.0': [{ kind: 'refused', waits: true, reason: 'held' }] },
    outcome: 'held',
    reason: 'held',
    pauses: [],
  },
  {
    name: 'blocked',
    answers: { 'c0 1.0.0': [{ kind: 'refused', waits: false, reason: 'no' }] },
    outcome: 'blocked',
    reason: 'no',
    pauses: [],
  },
  {
    name: 'unknown',
    answers: { 'index c0': [{ kind: 'failed', reason: 'none', again: false }] },
    outcome: 'failed',
    reason: 'none',
    pauses: [],
  },
  {
    name: 'busy twice, then fine',
    answers: { 'c0 1.0.0': [again, again, fine] },
    outcome: 'fetched',
    reason: undefined,
    pauses: [1000, 2000],
  },
  {
    name: 'busy, and says for how long',
    answers: { 'index c0': [{ ...again, after: 7 }, fine] },
    outcome: 'fetched',
    reason: undefined,
    pauses: [7],
  },
  {
    name: 'busy for ever',
    answers: { 'c0 1.0.0': [again] },
    outcome: 'failed',
    reason: 'busy',
    pauses: [1000, 2000],
  },
  {
    name: 'other bytes than the lockfile pins',
    answers: { 'c0 1.0.0': [{ kind: 'ok', digest: 'e' }] },
    outcome: 'blocked',
    reason: "the mirror's bytes are not those of the lockfile (e)",
    pauses: [],
  },
] as readonly {
  name: string;
  answers: Record<string, Answer[]>;
  outcome: string;
  reason: string | undefined;
  pauses: number[];
}[])
  test(`a release that is ${name}`, async () => {
    const port = fake(answers);
    const [done] = await prefetch(releases(1), port, options);
    assert.deepEqual([done?.outcome, done?.reason], [outcome, reason]);
    assert.deepEqual(port.pauses, pauses);
  });

test('never more at a time than was said, and each release once', async () => {
  let now = 0;
  let most = 0;
  const port = fake();
  const busy: PrefetchPort = {
    ...port,
    download: async (release) => {
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now--;
      return port.download(release);
    },
  };
  const done = await prefetch(releases(50), busy, { ...options, concurrency: 3 });
  assert.equal(most, 3);
  assert.equal(new Set(done.map(({ release }) => release.crate)).size, 50);
});

test('a stop ends it with what was done; nothing that was cut counts as failed', async () => {
  const stop = new AbortController();
  const port = fake();
  const stopping: PrefetchPort = {
    ...port,
    download: async (release) => {
      if (release.crate !== 'c5') return port.download(release);
      stop.abort();
      return { kind: 'failed', reason: 'aborted', again: true };
    },
  };
  const done = await prefetch(releases(50), stopping, { ...options, concurrency: 1, signal: stop.signal });
  assert.deepEqual(
    done.map(({ release, outcome }) => `${release.crate} ${outcome}`),
    ['c0 fetched', 'c1 fetched', 'c2 fetched', 'c3 fetched', 'c4 fetched'],
  );
});
