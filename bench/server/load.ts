import { createHash } from 'node:crypto';
import { addArtefact } from '../../src/inventory/add.ts';
import { takeReport } from '../../src/inventory/sightings.ts';
import type { Verdict } from '../../src/policy/verdict.ts';
import type { LogEntry, ReleaseRecord, ReleaseState } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { crate, entry, release } from '../../tests/store/samples.ts';
import { reportOf, statementOf } from '../inventory/made.ts';

/** How much there is. */
export interface Amount {
  readonly releases: number;
  readonly artefacts: number;
  readonly components: number;
  readonly hosts: number;
  /** The upstream by name. */
  readonly registry: string;
  /** The policy by its digest. */
  readonly policy: string;
}

const versions = 50;
const now = Date.now();
const hour = 3_600_000;

const crateOf = (i: number) => `crate-${i}`;

/** Of a hundred releases two wait for a person, five for a time, and two are refused. */
function stateOf(i: number): ReleaseState {
  const place = i % 100;
  return place < 2 ? 'review' : place < 7 ? 'held' : place < 9 ? 'blocked' : 'promoted';
}

/**
 * Writes it all as the store does: releases with verdicts and log entries, people's requests and decisions, artefacts
 * and hosts.
 */
export async function load(store: Store, amount: Amount): Promise<void> {
  for (let i = 0; i * versions < amount.releases; i++) {
    const found = Array.from({ length: versions }, (_, n) => releaseOf(i, n, amount));
    await store.write(async (tx) => {
      await tx.putCrate(
        crate({
          registry: amount.registry,
          key: crateOf(i),
          digest: 'd'.repeat(64),
          checkedAt: now,
          pollAt: now + hour,
        }),
      );
      await tx.putReleases(found);
      await tx.append(found.flatMap(entriesOf));
      for (const one of found.filter(({ state }) => state === 'review')) await people(tx, one);
    });
  }
  let next = 0;
  const size = { artefacts: amount.artefacts, components: amount.components, same: 1, hosts: amount.hosts };
  const one = async () => {
    for (let i = next++; i < amount.artefacts; i = next++)
      await addArtefact(store.inventory, statementOf(i, size), { by: 'bench', now });
  };
  await Promise.all(Array.from({ length: 16 }, one));
  for (let i = 0; i < amount.hosts; i++) await takeReport(store, reportOf(i, size), { by: 'bench', now });
}

function releaseOf(i: number, n: number, { releases, registry, policy }: Amount): ReleaseRecord {
  const number = i * versions + n;
  const state = stateOf(number);
  const [key, version] = [crateOf(i), `1.${n}.0`];
  const checksum = createHash('sha256').update(`${key} ${version}`).digest('hex');
  const published = now - (releases - number) * 60_000;
  const until = state === 'held' ? now + (1 + (number % 96)) * hour : null;
  return release({
    registry,
    key,
    version,
    position: n,
    line: JSON.stringify({
      name: key,
      vers: version,
      deps: [],
      cksum: checksum,
      features: {},
      yanked: false,
    }),
    checksum,
    lineChecksum: checksum,
    published,
    firstSeen: published,
    state,
    until,
    judged: 'release',
    verdict: verdictOf(state, `${key}@${version}`, until),
    judgeAt: until,
    policy,
    stateSince: published,
  });
}

function verdictOf(state: ReleaseState, subject: string, until: number | null): Verdict {
  if (state === 'promoted') return { decision: 'allow', findings: [] };
  if (state === 'held') {
    const end = new Date(until ?? now).toISOString();
    const message = 'Published 3 hours ago; new releases wait 7 days.';
    const next = 'Wait, or ask for break-glass.';
    const finding = {
      rule: 'age',
      effect: 'hold',
      subject,
      message,
      evidence: {},
      next,
      until: end,
    } as const;
    return { decision: 'hold', until: end, findings: [finding] };
  }
  const effect = state === 'review' ? 'review' : 'deny';
  const message = 'The build script runs programs, which that of the approved version did not.';
  const evidence = { file: 'build.rs', line: 12, values: { capability: 'process' } };
  const next = 'Read build.rs, then approve or reject it.';
  const finding = { rule: 'capability-added', effect, subject, message, evidence, next } as const;
  return { decision: effect, findings: [finding, { ...finding, rule: 'build-code' }] };
}

function entriesOf({
  registry,
  key,
  version,
  state,
  published,
  verdict,
}: ReleaseRecord): Omit<LogEntry, 'seq'>[] {
  const of = { registry, key, version, at: published ?? now, verdict };
  const begun = entry({ ...of, from: null, to: state === 'promoted' ? 'held' : state });
  return state === 'promoted' ? [begun, entry({ ...of, from: 'held', to: 'promoted' })] : [begun];
}

/** Three people need it; of every fifth one somebody's decision was taken back. */
async function people(
  tx: Parameters<Parameters<Store['write']>[0]>[0],
  { registry, key, version, checksum, position }: ReleaseRecord,
): Promise<void> {
  const of = { registry, key, version, reason: 'The fix of the parser.', at: now - hour };
  for (const by of ['anna', 'ben', 'cora']) await tx.putRequest({ ...of, by });
  if (position % 5 !== 0) return;
  const answers = [createHash('sha256').update('finding').digest('hex')];
  const decision = { ...of, checksum, kind: 'approve', answers, by: 'dora', until: now - 1 } as const;
  await tx.putDecision({ ...decision, authorEndedAt: null });
}
