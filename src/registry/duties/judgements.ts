import type { ReleaseRecord } from '../../store/records.ts';
import type { DueScope } from '../../store/store.ts';
import { type MirrorContext, settleNow, upstreamOf } from '../context.ts';
import { lacksBase } from '../judgement/bringer.ts';
import { readingOf } from '../judgement/bytes.ts';
import type { Mirror } from '../serve/mirror.ts';
import { ClaimedDuty, lease } from './claimed.ts';

/** New releases of one upstream get their bytes, and with them a judgement. */
export function judgements(
  mirror: Mirror,
  registry: string,
  signal: AbortSignal,
): ClaimedDuty<ReleaseRecord> {
  const { context } = mirror;
  return new ClaimedDuty({
    ...claims(context, { registry, bytes: 'wanted' }),
    name: `judgements of ${registry}`,
    upstream: upstreamOf(context, registry),
    nameOf: ({ key, version }) => `${key}@${version}`,
    work: (record) =>
      noting(context, record, signal, () => mirror.judge(registry, record.key, record.version, 'watch')),
  });
}

/**
 * Releases whose bytes were read are judged again when their time has come, and promoted or not: this asks no upstream.
 * Where the bytes turn out not to be those of the index, or those are still to come that it is compared with, `fetch` has them
 * asked for.
 */
export function promotions(
  context: MirrorContext,
  fetch: (record: ReleaseRecord) => void,
  signal: AbortSignal,
): ClaimedDuty<ReleaseRecord> {
  const { claim, ...rest } = claims(context, { bytes: 'here' });
  return new ClaimedDuty({
    ...rest,
    name: 'promotions',
    claim: async (limit) => {
      const good: ReleaseRecord[] = [];
      for (const record of await claim(limit)) {
        const isReady = hasGoodBytes(record) && !(await lacksBase(context, record));
        if (isReady) good.push(record);
        else fetch(record);
      }
      return good;
    },
    // A judgement of a crate is one of all its releases.
    nameOf: ({ registry, key }) => `${registry}/${key}`,
    work: (record) => noting(context, record, signal, () => judgeAgain(context, record)),
  });
}

function claims(context: MirrorContext, scope: DueScope) {
  const { store, journal, clock } = context;
  const noteDamage = (error: Error) => journal.trouble(error.message, {});
  const now = () => clock.judging();
  return {
    claim: (limit: number) =>
      store.write((tx) => tx.claimJudgements(now(), now() + lease, limit, noteDamage, scope)),
    next: async () => (await store.nextDue(scope)).judge,
    now,
  };
}

async function judgeAgain(context: MirrorContext, { registry, key, version, judgeAt }: ReleaseRecord) {
  // Judged since, with another release of its crate.
  if ((await context.store.release(registry, key, version))?.judgeAt !== judgeAt) return;
  await settleNow(context, { registry, key, actor: 'clock', update: { kind: 'again' } });
}

async function noting(
  { journal }: MirrorContext,
  { registry, key, version }: ReleaseRecord,
  signal: AbortSignal,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    // What the end of the server cut short is taken up again at the next start.
    if (signal.aborted) return;
    const reason = error instanceof Error ? error.message : String(error);
    journal.trouble(`${key}@${version} could not be judged: ${reason}`, { registry });
  }
}

function hasGoodBytes({ judged, archive, checksum }: ReleaseRecord): boolean {
  // What was read of a release that another one is compared with says nothing of it before somebody asks.
  return judged === 'index' || archive === null || readingOf(archive).archive.checksum === checksum;
}
