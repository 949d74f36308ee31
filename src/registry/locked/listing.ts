import { crateKey } from '../../cargo/index-path.ts';
import { judge } from '../../policy/judge.ts';
import type { CrateRecord, ReleaseRecord } from '../../store/records.ts';
import type { ReadAhead } from '../../store/store.ts';
import { RegistryError } from '../error.ts';
import { stateOf } from '../judgement/assess.ts';
import { circumstancesOf } from '../judgement/circumstances.ts';
import { gatherer } from '../judgement/gather.ts';
import type { Mirror } from '../serve/mirror.ts';
import { isAdmitted } from '../serve/served.ts';
import { readIndexOf } from '../upstream/index-reader.ts';
import { dependenciesOf, type ListedRelease } from '../way-out/choice.ts';

/** How far the answers may go for what they do not know yet. */
export interface Reach {
  /** `never`: only what is recorded; `stale`: what is old is read again first; `recorded`: the watch sees to that. */
  readonly reading: 'never' | 'stale' | 'recorded';
  /** Told up to when (epoch milliseconds) what is recorded will do; 0: more was looked for, now and the next time. */
  readonly lasts?: ((until: number) => void) | undefined;
}

/** Every release of a crate that is recorded, in the index's order. */
export async function listReleases(
  mirror: Mirror,
  registry: string,
  crate: string,
  reach: Reach,
): Promise<readonly ListedRelease[]> {
  const key = crateKey(crate);
  const { context } = mirror;
  const { absent } = await bringIndex(mirror, registry, key, reach);
  if (absent !== undefined) return [];
  const records = await context.store.releases(registry, key);
  const circumstances = await circumstancesOf(context, registry, key, records);
  const gather = gatherer(circumstances, context.now());
  const passesByLine = (record: ReleaseRecord): boolean => {
    if (record.state === 'withdrawn') return false;
    // In a cache nobody judges anew by what advisories say since.
    const isByLine = !context.isCache && (record.judged === 'index' || record.arrival === 'new');
    if (isByLine) return isAdmitted(record);
    return isAdmitted({
      state: stateOf(judge(context.policy.policy, gather({ ...record, judged: 'index' }).input)),
    });
  };
  return records.map((record) => ({
    version: record.version,
    state: record.state,
    passesByLine: passesByLine(record),
    yanked: record.yanked,
    dependencies: dependenciesOf(record.line),
  }));
}

export const offline = 'it is not in the cache, and nothing was to be asked of the network';

/** Sees to it that the crate's index file is recorded. Returns its record, and why the file is not there where it is not. */
export async function bringIndex(
  mirror: Mirror,
  registry: string,
  key: string,
  { reading, lasts }: Reach,
  ahead?: ReadAhead,
): Promise<{ readonly crate?: CrateRecord | undefined; readonly absent?: string }> {
  const { context } = mirror;
  const known = await (ahead ?? context.store).crate(registry, key);
  const isRecorded = known !== undefined && known.digest !== null;
  if (reading === 'never') return isRecorded ? { crate: known } : { absent: offline };
  const due = reading === 'stale' ? (known?.checkedAt ?? 0) + context.pollInterval : Number.POSITIVE_INFINITY;
  if (isRecorded && due > context.now()) {
    lasts?.(due);
    return { crate: known };
  }
  lasts?.(0);
  try {
    if (isRecorded) await readIndexOf(context, registry, key, 'check');
    else await mirror.record(registry, key);
    ahead?.forget(registry, key);
    return { crate: await context.store.crate(registry, key) };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    // What was recorded still counts; its date says how old it is.
    return isRecorded ? { crate: known } : { absent: error.message };
  }
}
