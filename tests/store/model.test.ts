import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { WantedRelease } from '../../src/store/decisions.ts';
import { openStore } from '../../src/store/open.ts';
import {
  type DecisionRecord,
  type DeliveryRecord,
  type ReleaseRecord,
  roles,
  type ToldRecord,
} from '../../src/store/records.ts';
import type { RequestedPlace, RequestedRelease } from '../../src/store/requests.ts';
import type { Store, StoreReader, StoreWriter } from '../../src/store/store.ts';
import { databases } from './databases.ts';
import { ModelStore } from './model.ts';
import { allow, crate, entry, hold, release, request } from './samples.ts';

// Random histories, told to both databases and to the model: every answer must be the same.

/** One step of a history: what is done in a transaction, and its name for the report of a failure. */
interface Step {
  readonly name: string;
  readonly run: (tx: StoreWriter) => Promise<unknown>;
}

const few = <const T>(...values: readonly [T, ...T[]]) => fc.constantFrom(...values);
const record = <T>(fields: { [F in keyof T]: fc.Arbitrary<T[F]> }) =>
  fc.record<T>(fields, { noNullPrototype: true });
const registry = few('crates.io', 'corp');
// In an order that languages sort otherwise than bytes do.
const keys = ['serde', 'Serde', 'serde-json', 'serde_json', 'é', 'a%b'] as const;
const key = few(...keys);
const version = few('1.0.0', '1.0.0-alpha', '1.0.0+B', '1.0.0+a', '10.0.0', '2.0.0');
const time = fc.integer({ min: 0, max: 20 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const text = fc
  .string({ unit: 'grapheme', maxLength: 8 })
  .filter((s) => !s.includes('\0') && s.isWellFormed());
const state = few('held', 'promoted', 'review', 'blocked', 'withdrawn');
const limit = fc.integer({ min: 0, max: 5 });

const aCrate = record({
  registry,
  key,
  pollAt: time,
  failures: fc.nat(3),
  etag: maybe(text),
  lastError: maybe(text),
  digest: maybe(few('a'.repeat(64), '0'.repeat(64))),
  checkedAt: maybe(time),
  absentSince: maybe(time),
}).map(crate);

const aRelease = record({
  registry,
  key,
  version,
  position: fc.nat(3),
  line: text,
  state,
  stateSince: time,
  published: maybe(time),
  judgeAt: maybe(time),
  until: maybe(time),
  yanked: fc.boolean(),
  archive: maybe(few('{}', '{ "size": 1 }')),
  verdict: few(allow, hold),
  policy: few('p', 'P', 'q'),
  arrival: few('new', 'back-catalogue'),
  judged: few('index', 'release'),
}).map(release);

const anEntry = record({
  registry,
  key: fc.oneof(key, few('')),
  version: fc.oneof(version, few('')),
  actor: text,
  from: maybe(state),
  verdict: maybe(few(allow, hold)),
  details: maybe(fc.dictionary(text, fc.oneof(text, time, fc.boolean()), { noNullPrototype: true })),
}).map(entry);

const notification = few('msg_1', 'msg_2');

const aTold = record<ToldRecord>({
  notification,
  registry,
  key,
  version,
  finding: few('malicious deny', 'license review'),
  body: few('{}', '{"message":"é"}'),
  at: time,
  endedAt: maybe(time),
});

const aDelivery = record<DeliveryRecord>({
  notification,
  target: few('ops', 'Ops', 'chat'),
  at: time,
  dueAt: maybe(time),
  attempts: fc.nat(1),
  error: maybe(few('a', 'b')),
  outcome: few('pending', 'delivered', 'given-up'),
  endedAt: maybe(time),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  aCrate.map((one) => does('putCrate', one, (tx) => tx.putCrate(one))),
  record({ registry, key }).map((one) =>
    does('forgetUnread', one, (tx) => tx.forgetUnread(one.registry, one.key)),
  ),
  record({ registry, key }).map((one) => does('revise', one, (tx) => tx.revise(one.registry, one.key))),
  fc.array(aRelease, { maxLength: 6 }).map((list) => does('putReleases', list, (tx) => tx.putReleases(list))),
  fc.array(anEntry, { maxLength: 4 }).map((list) => does('append', list, (tx) => tx.append(list))),
  record({ registry, key, version: maybe(version), reason: text, by: text, at: time }).map((block) =>
    does('putBlock', block, (tx) => tx.putBlock(block)),
  ),
  record({ registry, key, version: maybe(version) }).map((block) =>
    does('liftBlocks', block, (tx) => tx.liftBlocks(block, { by: 'cy', at: 9, reason: '' })),
  ),
  record({
    registry,
    key,
    version,
    by: few('ana', 'ci', 'CI'),
    reason: text,
    at: time,
    authorEndedAt: maybe(time),
  })
    .map(request)
    .map((one) => does('putBreakGlass', one, (tx) => tx.putBreakGlass(one))),
  record({
    registry,
    key,
    version,
    checksum: few('a'.repeat(64), 'b'.repeat(64)),
    kind: few('approve', 'reject'),
    answers: fc.array(text, { maxLength: 2 }),
    by: few('ana', 'ci', 'CI'),
    reason: text,
    at: time,
    until: maybe(time),
    authorEndedAt: maybe(time),
  }).map((one) => does('putDecision', one, (tx) => tx.putDecision(one))),
  record({ registry, key, version, by: few('ana', 'ci'), reason: text, at: time }).map((one) =>
    does('putRequest', one, (tx) => tx.putRequest(one)),
  ),
  record({ registry, key, version }).map((one) =>
    does('takeBack', one, (tx) => tx.takeBackDecisions(one, { by: 'cy', at: 9, reason: '' })),
  ),
  fc
    .array(record({ registry, key, version, since: time, count: fc.nat(3), lastAt: time }), { maxLength: 3 })
    .map((list) => does('addRefusals', list, (tx) => tx.addRefusals(list))),
  fc
    .array(record({ registry, key, by: few('app', 'serde') }), { maxLength: 3 })
    .map((list) => does('putExactNeeds', list, (tx) => tx.putExactNeeds(list))),
  record({ digest: text, text, at: time }).map((policy) =>
    does('putPolicy', policy, (tx) => tx.putPolicy(policy)),
  ),
  record({
    name: few('ci', 'CI', 'ana'),
    owner: maybe(few('ana', 'ben')),
    hash: few('a'.repeat(64), 'b'.repeat(64)),
    at: time,
    role: few(...roles),
    endsAt: maybe(time),
  }).map((token) => does('putToken', token, (tx) => tx.putToken(token))),
  record({
    digest: few('c'.repeat(64), 'd'.repeat(64)),
    token: few('a'.repeat(64), 'b'.repeat(64)),
    at: time,
    endsAt: time,
    name: maybe(few('ana', 'ci')),
    role: maybe(few('reader' as const, 'admin' as const)),
  }).map((session) => does('putWebSession', session, (tx) => tx.putWebSession(session))),
  fc
    .tuple(few('ana', 'CI'), time)
    .map(([name, at]) => does('endSessionsOf', name, (tx) => tx.endSessionsOf(name, at))),
  record({ digest: few('e'.repeat(64)), name: few('ana'), role: few('admin' as const), endsAt: time }).map(
    (link) => does('putSignInLink', link, (tx) => tx.putSignInLink(link)),
  ),
  time.map((now) => does('takeSignInLink', now, (tx) => tx.takeSignInLink('e'.repeat(64), now))),
  few('c'.repeat(64), 'd'.repeat(64)).map((digest) =>
    does('endWebSession', digest, (tx) => tx.endWebSession(digest)),
  ),
  fc
    .array(fc.tuple(few('ci', 'ana'), time), { maxLength: 2 })
    .map((uses) => does('noteTokenUses', uses, (tx) => tx.noteTokenUses(new Map(uses)))),
  fc
    .tuple(few('ci', 'CI', 'ana', 'nobody'), time)
    .map(([name, at]) => does('revokeToken', name, (tx) => tx.revokeToken(name, at))),
  record({
    identity: few('1'.repeat(64), '2'.repeat(64)),
    hash: maybe(few('3'.repeat(64))),
    who: few('ci: sub app', 'key nightly'),
    lockfile: few('', '5'.repeat(64)),
    releases: few([], ['word@1.0.0']),
    openedAt: time,
    endsAt: time,
    closedAt: maybe(time),
    refusals: few(0, 1),
    keepUntil: time,
  })
    // Each has a text of its own.
    .map((one) => ({ ...one, hash: one.hash && one.identity.replaceAll('1', '3').replaceAll('2', '4') }))
    .map((one) => does('putBuildSession', one, (tx) => tx.putBuildSession(one))),
  time.map((before) => does('forgetBuildSessions', before, (tx) => tx.forgetBuildSessions(before))),
  record({
    identity: few('1'.repeat(64), '2'.repeat(64)),
    who: few('ci: sub app'),
    statements: maybe(few('5'.repeat(64))),
    signedAt: time,
    refusals: few(0, 1),
    keepUntil: time,
  }).map((one) => does('putSigning', one, (tx) => tx.putSigning(one))),
  time.map((before) => does('forgetSignings', before, (tx) => tx.forgetSignings(before))),
  fc
    .tuple(few('kellnr', 'gitea'), few('1', '2'), time, time)
    .map((event) => does('takeEvent', event, (tx) => tx.takeEvent(...event))),
  record({
    registry,
    key,
    name: text,
    askAt: maybe(time),
    at: maybe(time),
    answer: maybe(few('{}', '{ "owners": [] }')),
    failures: fc.nat(3),
    reason: maybe(text),
  }).map((people) => does('putPeople', people, (tx) => tx.putPeople(people))),
  fc.array(aTold, { maxLength: 4 }).map((list) => does('putTold', list, (tx) => tx.putToldFindings(list))),
  fc
    .array(aDelivery, { maxLength: 4 })
    .map((list) => does('putDeliveries', list, (tx) => tx.putDeliveries(list))),
  time.map((now) => does('gathering', now, (tx) => tx.gatheringDeliveries(now))),
  fc
    .tuple(time, time, limit)
    .map((claim) => does('claimDeliveries', claim, (tx) => tx.claimDeliveries(...claim))),
  time.map((before) => does('forget', before, (tx) => tx.forgetNotifications(before))),
  fc
    .tuple(time, time)
    .map(([now, at]) =>
      does('reinIn', at, (tx) => tx.reinIn(now, { poll: at, judge: at, people: at, deliver: at })),
    ),
  fc.tuple(time, time, limit).map((claim) => does('claimPolls', claim, (tx) => tx.claimPolls(...claim))),
  fc
    .tuple(time, time, limit)
    .map((claim) => does('claimJudgements', claim, (tx) => tx.claimJudgements(...claim))),
);

/** A transaction: some steps, and whether it is given up at the end. */
const transaction = record({ steps: fc.array(step, { minLength: 1, maxLength: 6 }), fails: fc.boolean() });

/** All pages of a list, each asked for behind the last row of the one before. */
async function inPages<R>(page: (after: R | undefined) => Promise<readonly R[]>): Promise<readonly R[]> {
  const all: R[] = [];
  for (let rows = await page(undefined); rows.length > 0; rows = await page(rows.at(-1))) all.push(...rows);
  return all;
}

function requestedPlace({ release, requests }: RequestedRelease): RequestedPlace {
  return { ...release, people: requests.length, last: Math.max(...requests.map(({ at }) => at)) };
}

/** Every question that a store answers. */
async function answers(store: StoreReader): Promise<unknown> {
  const everywhere = ['crates.io', 'corp'].flatMap((r) => keys.map((k) => [r, k] as const));
  const ofCrates = everywhere.map(async ([r, k]) => ({
    crate: await store.crate(r, k),
    releases: await store.releases(r, k),
    revision: await store.revision(r, k),
    outlines: await store.releaseOutlines(r, k, { limit: 9 }),
    laterOutlines: await store.releaseOutlines(r, k, { after: '1.0.0', limit: 1 }),
    one: await store.release(r, k, '1.0.0'),
    blocks: await store.activeBlocks(r, k),
    breakGlass: await store.breakGlass(r, k),
    decisions: await store.standingDecisions(r, k),
    people: await store.people(r, k),
    told: await store.toldFindings(r, k),
  }));
  return {
    crates: await Promise.all(ofCrates),
    found: [
      await store.findReleases({ limit: 100 }),
      await inPages<ReleaseRecord>((after) =>
        store.findReleases({ limit: 2, after, states: ['held', 'review'] }),
      ),
      await store.findReleases({ limit: 3, registry: 'corp', key: 'serde' }),
      await store.findReleases({ limit: 4, order: 'until' }),
      await inPages<ReleaseRecord>((after) => store.findReleases({ limit: 2, after, order: 'until' })),
    ],
    decided: [
      await store.findDecisions({ registry: 'corp', limit: 3 }),
      await inPages<DecisionRecord>((last) => store.findDecisions({ limit: 2, before: last?.id })),
    ],
    asked: [
      await store.requestedReleases({ limit: 9 }),
      await store.requestedReleases({ states: ['held', 'review'], by: 'ana', limit: 2 }),
      await inPages<RequestedRelease>((last) =>
        store.requestedReleases({ limit: 1, after: last && requestedPlace(last) }),
      ),
      await store.requestedReleases({ states: [], limit: 9 }),
    ],
    moves: await store.reviewMoves(3),
    published: await store.publishedSince('crates.io', 3, 2),
    policies: await store.policyHistory(2),
    acted: await Promise.all(['ana', 'ci'].map((by) => store.cratesActedOn(by, 5))),
    wanted: [
      await store.mostWanted({ states: ['review'], limit: 9 }),
      await store.mostWanted({ states: ['held', 'review'], registry: 'corp', limit: 2 }),
      await inPages<WantedRelease>((after) =>
        store.mostWanted({ states: ['held', 'review'], limit: 2, after }),
      ),
    ],
    search: await Promise.all(
      ['', 'SERDE', '_', '%', 'é'].map((part) => store.searchCrates('crates.io', part, 3)),
    ),
    present: await store.presentCrates('crates.io', 3),
    // A map compares with another whatever its order.
    first: await store.firstPublications('crates.io'),
    otherwise: await store.cratesJudgedOtherwise('p', 100),
    readings: [
      await store.readOtherwise('{}', undefined, 100),
      await store.readOtherwise('{', { registry: 'crates.io', key: 'serde', version: '1.0.0' }, 2),
    ],
    log: [
      await store.log({ limit: 1_000 }),
      await store.log({ limit: 2, after: 1, key: 'serde' }),
      await store.log({ limit: 9, registry: 'corp', version: '' }),
    ],
    seq: await store.lastSeq(),
    needs: await Promise.all(['app', 'serde'].map((key) => store.exactDependents('crates.io', key))),
    policy: await store.policyInForce(),
    tokens: await store.tokens(),
    signedIn: await Promise.all(
      ['c', 'd'].map(async (one) => (await store.tokenOfSession(one.repeat(64), 3)) !== undefined),
    ),
    sessions: [
      await Promise.all(['1', '2'].map((each) => store.buildSession(each.repeat(64)))),
      await Promise.all(['3', '4'].map((each) => store.buildSessionOf(each.repeat(64)))),
    ],
    signings: await Promise.all(['1', '2'].map((each) => store.signing(each.repeat(64)))),
    counts: await store.counts(),
    partlyRead: await store.partlyRead(3),
    due: await store.nextDue(),
    ahead: await store.isAhead({ poll: 5, judge: 5, people: 5, deliver: 5 }),
    next: await Promise.all(['crates.io', 'corp'].map((r) => store.nextPeople(r, 10))),
    notifications: [await store.notification('msg_1'), await store.notification('msg_2')],
    deliveries: [await store.deliveryCounts(), await store.nextDelivery()],
  };
}

for (const database of databases) {
  describe(`store on ${database.name} and a model in memory`, { skip: database.skip }, () => {
    it('give the same answers after every history', async () => {
      const place = await database.create();
      const store = await openStore(place.location);
      const empty = async () => {
        const tables = [
          'crates',
          'releases',
          'log',
          'blocks',
          'break_glass',
          'build_sessions',
          'signings',
          'decisions',
          'requests',
          'refusals',
          'exact_needs',
          'policies',
          'tokens',
          'web_sessions',
          'sign_in_links',
          'events',
          'people',
          'told_findings',
          'deliveries',
        ];
        for (const table of tables) await place.tamper(`delete from ${table}`);
      };
      await fc.assert(
        fc.asyncProperty(fc.array(transaction, { maxLength: 6 }), async (history) => {
          await empty();
          let model = new ModelStore();
          for (const { steps, fails } of history) model = await tell(store, model, steps, fails);
          assert.deepEqual(await answers(store), await answers(model));
        }),
        { numRuns: database.name === 'SQLite' ? 60 : 15 },
      );
      await store.close();
      await place.remove();
    });
  });
}

/** Runs a transaction on both and returns the model that is now true. */
async function tell(
  store: Store,
  model: ModelStore,
  steps: readonly Step[],
  fails: boolean,
): Promise<ModelStore> {
  const next = Object.assign(new ModelStore(), structuredClone({ ...model }));
  const giveUp = new Error('given up');
  const work = store.write(async (tx) => {
    for (const { name, run } of steps) assert.deepEqual(await run(tx), await run(next), name);
    assert.deepEqual(await answers(tx), await answers(next));
    if (fails) throw giveUp;
  });
  if (!fails) {
    await work;
    return next;
  }
  await assert.rejects(work, giveUp);
  return model;
}

function does(name: string, value: unknown, run: Step['run']): Step {
  return { name: `${name} ${JSON.stringify(value)}`, run };
}
