import { headOf } from '../../src/audit/chain.ts';
import type { AuditEntry } from '../../src/audit/entry.ts';
import type { BuildSessionRecord } from '../../src/store/build-sessions.ts';
import type {
  DecisionQuery,
  NewDecision,
  ReleasePlace,
  WantedPlace,
  WantedQuery,
} from '../../src/store/decisions.ts';
import type {
  BlockRecord,
  BreakGlassRecord,
  CrateRecord,
  DecisionRecord,
  ExactNeedRecord,
  FeedRecord,
  LogEntry,
  PeopleRecord,
  PolicyRecord,
  RefusalRecord,
  ReleaseRecord,
  SignInLinkRecord,
  TokenRecord,
  WebSessionRecord,
} from '../../src/store/records.ts';
import type {
  RequestedPlace,
  RequestedQuery,
  RequestedRelease,
  RequestRecord,
} from '../../src/store/requests.ts';
import type { SigningRecord } from '../../src/store/signings.ts';
import type {
  Horizons,
  LogQuery,
  NewToken,
  ReleaseKey,
  ReleaseQuery,
  StoreCounts,
  StoreWriter,
} from '../../src/store/store.ts';
import { OutboxModel } from './outbox-model.ts';

/** What a store must answer, said as simply as can be: lists in memory, sorted by what the contract says. */
export class ModelStore extends OutboxModel implements StoreWriter {
  crates: CrateRecord[] = [];
  all: ReleaseRecord[] = [];
  entries: LogEntry[] = [];
  revisions = new Map<string, number>();
  blocks: BlockRecord[] = [];
  requests: BreakGlassRecord[] = [];
  decided: DecisionRecord[] = [];
  asked: RequestRecord[] = [];
  refused: RefusalRecord[] = [];
  needs: ExactNeedRecord[] = [];
  policies: PolicyRecord[] = [];
  keys: TokenRecord[] = [];
  audited: AuditEntry[] = [];
  sessions: BuildSessionRecord[] = [];
  signings: SigningRecord[] = [];
  feeds: FeedRecord[] = [];
  persons: PeopleRecord[] = [];
  browsers: WebSessionRecord[] = [];
  links: SignInLinkRecord[] = [];
  events: { source: string; id: string; at: number }[] = [];

  async crate(registry: string, key: string) {
    return this.crates.find(same({ registry, key }));
  }
  async releases(registry: string, key: string) {
    return sorted(this.all.filter(same({ registry, key })), (r) => [r.position, r.version]);
  }
  async release(registry: string, key: string, version: string) {
    return this.all.find(same({ registry, key, version }));
  }
  async releaseOutlines(
    registry: string,
    key: string,
    { after, limit }: { readonly after?: string | undefined; readonly limit: number },
  ) {
    const past = this.all.filter(same({ registry, key })).filter(({ version }) => version > (after ?? ''));
    return sorted(past, ({ version }) => [version])
      .slice(0, limit)
      .map(({ version, position, published, firstSeen, arrival, yankedAt, state, policy }) => ({
        version,
        position,
        published,
        firstSeen,
        arrival,
        yankedAt,
        state,
        policy,
      }));
  }
  async revision(registry: string, key: string) {
    const isThere = this.crates.some(same({ registry, key }));
    return isThere ? (this.revisions.get(JSON.stringify([registry, key])) ?? 0) : undefined;
  }
  async revise(registry: string, key: string) {
    const revision = await this.revision(registry, key);
    if (revision !== undefined) this.revisions.set(JSON.stringify([registry, key]), revision + 1);
  }
  async findReleases({ registry, key, states, limit, after, order = 'since' }: ReleaseQuery) {
    const found = this.all.filter(same({ registry, key })).filter((r) => states?.includes(r.state) ?? true);
    const first = (r: ReleasePlace) =>
      order === 'since' ? -r.stateSince : (r.until ?? Number.POSITIVE_INFINITY);
    const by = (r: ReleasePlace) => [first(r), r.registry, r.key, r.position, r.version];
    return behind(sorted(found, by), after, by, by).slice(0, limit);
  }
  async searchCrates(registry: string, text: string, limit: number) {
    const found = this.crates
      .filter(same({ registry }))
      .filter(({ key }) => key.includes(text.toLowerCase()));
    return sorted(found, ({ key }) => [key.length, key])
      .map(({ key }) => key)
      .slice(0, limit);
  }
  async crateKeys(registry: string) {
    const read = this.crates.filter(same({ registry })).filter(({ digest }) => digest !== null);
    return sorted(read, ({ key }) => [key]).map(({ key }) => key);
  }
  async people(registry: string, key: string) {
    return this.persons.find(same({ registry, key }));
  }
  async nextPeople(registry: string, now: number) {
    const due = this.persons.filter(
      (one) => one.registry === registry && (one.askAt ?? Number.POSITIVE_INFINITY) <= now,
    );
    return sorted(due, (one) => [one.askAt ?? 0, one.key])[0];
  }
  async putPeople(people: PeopleRecord) {
    const { registry, key } = people;
    this.persons = [...this.persons.filter((one) => !same({ registry, key })(one)), people];
  }
  async firstPublications(registry: string) {
    const dated = this.all
      .filter(same({ registry }))
      .flatMap(({ key, published }) => (published === null ? [] : [{ key, published }]));
    return new Map(
      [...Map.groupBy(dated, ({ key }) => key)].map(([key, own]) => [
        key,
        Math.min(...own.map(({ published }) => published)),
      ]),
    );
  }
  async feed(name: string) {
    return this.feeds.find(same({ name }));
  }
  async feedDigests(names: readonly string[]) {
    const known = this.feeds.filter(({ name }) => names.includes(name));
    return new Map(known.map(({ name, digest }) => [name, digest]));
  }
  async putFeed(feed: FeedRecord) {
    this.feeds = [...this.feeds.filter(({ name }) => name !== feed.name), feed];
  }
  async presentCrates(registry: string, limit: number) {
    const found = this.crates
      .filter(same({ registry, absentSince: null }))
      .filter(({ digest }) => digest !== null);
    return sorted(found, ({ checkedAt, key }) => [-(checkedAt ?? Number.NEGATIVE_INFINITY), key])
      .map(({ key }) => key)
      .slice(0, limit);
  }
  async cratesJudgedOtherwise(policy: string) {
    const found = this.all.filter((r) => r.policy !== policy).map(({ registry, key }) => ({ registry, key }));
    const unique = new Map(found.map((one) => [JSON.stringify(one), one]));
    return sorted([...unique.values()], ({ registry, key }) => [registry, key]);
  }
  async readOtherwise(current: string, after: ReleaseKey | undefined, limit: number) {
    const rank = ({ registry, key, version }: ReleaseKey) => [registry, key, version].join('\0');
    return this.all
      .filter(({ archive }) => archive !== null && !archive.startsWith(current))
      .map(({ registry, key, version }) => ({ registry, key, version }))
      .filter((one) => after === undefined || rank(one) > rank(after))
      .sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
      .slice(0, limit);
  }
  async activeBlocks(registry: string, key: string) {
    return this.blocks.filter(same({ registry, key, liftedAt: null }));
  }
  async breakGlass(registry: string, key: string) {
    return sorted(this.requests.filter(same({ registry, key })), (r) => [r.at, r.version, r.by]);
  }
  async log({ after = 0, registry, key, version, limit }: LogQuery) {
    return this.entries
      .filter(({ seq }) => seq > after)
      .filter(same({ registry, key, version }))
      .slice(0, limit);
  }
  async lastSeq() {
    return this.entries.length;
  }
  async publishedSince(registry: string, since: number, limit: number) {
    const found = this.all
      .filter(same({ registry }))
      .filter(({ published }) => published !== null && published >= since);
    return sorted([...new Set(found.map(({ key }) => key))], (key) => [key]).slice(0, limit);
  }
  async policyHistory(limit: number) {
    return this.policies.toReversed().slice(0, limit);
  }
  async policyInForce() {
    return this.policies.at(-1);
  }
  async auditEntries({ after, limit }: { readonly after: number; readonly limit: number }) {
    return this.audited.filter(({ seq }) => seq > after).slice(0, limit);
  }
  async lastAudit(action: AuditEntry['action']) {
    return this.audited.findLast(same({ action }));
  }
  async auditOf(actions: readonly AuditEntry['action'][]) {
    return this.audited.filter(({ action }) => actions.includes(action));
  }
  async auditHead() {
    const last = this.audited.at(-1);
    return last && headOf(last);
  }
  async appendAudit(entry: AuditEntry) {
    this.audited.push(entry);
  }
  async buildSession(identity: string) {
    return this.sessions.find(same({ identity }));
  }
  async buildSessionOf(hash: string) {
    return this.sessions.find(same({ hash }));
  }
  async putBuildSession(session: BuildSessionRecord) {
    this.sessions = replaced(this.sessions, session, ['identity']);
  }
  async forgetBuildSessions(before: number) {
    this.sessions = this.sessions.filter(({ keepUntil }) => keepUntil >= before);
  }
  async signing(identity: string) {
    return this.signings.find(same({ identity }));
  }
  async putSigning(signing: SigningRecord) {
    this.signings = replaced(this.signings, signing, ['identity']);
  }
  async forgetSignings(before: number) {
    this.signings = this.signings.filter(({ keepUntil }) => keepUntil >= before);
  }
  async tokens() {
    return sorted(this.keys, ({ name }) => [name]);
  }
  async counts(): Promise<StoreCounts> {
    const of = (state: string) => this.all.filter((r) => r.state === state).length;
    return {
      crates: this.crates.length,
      failing: this.crates.filter(({ failures }) => failures > 0).length,
      releases: {
        held: of('held'),
        promoted: of('promoted'),
        review: of('review'),
        blocked: of('blocked'),
        withdrawn: of('withdrawn'),
      },
    };
  }
  async partlyRead(limit: number) {
    const found = this.crates.filter(({ failures, lastError }) => failures === 0 && lastError !== null);
    return sorted(found, ({ registry, key }) => [registry, key]).slice(0, limit);
  }

  async isAhead({ poll, judge, people, deliver }: Horizons) {
    return (
      this.crates.some((c) => c.pollAt > poll) ||
      this.all.some((r) => (r.judgeAt ?? 0) > judge && r.judgeAt !== r.until) ||
      this.persons.some((p) => (p.askAt ?? 0) > people) ||
      this.deliveries.some((d) => (d.dueAt ?? 0) > deliver)
    );
  }
  async nextDue() {
    const least = (times: readonly (number | null)[]) =>
      times.reduce((a, b) => (a === null || (b !== null && b < a) ? b : a), null);
    return { poll: least(this.crates.map((c) => c.pollAt)), judge: least(this.all.map((r) => r.judgeAt)) };
  }

  async forgetUnread(registry: string, key: string) {
    this.crates = this.crates.filter(
      (crate) => crate.registry !== registry || crate.key !== key || crate.digest !== null,
    );
  }
  async retireHost(): Promise<never> {
    throw new Error('there is no model of hosts');
  }
  async proposing(): Promise<never> {
    throw new Error('there is no model of proposed policies');
  }
  async keepChange(): Promise<never> {
    throw new Error('there is no model of changes');
  }
  async stating(): Promise<never> {
    throw new Error('there is no model of what is said of advisories');
  }
  async answering(): Promise<never> {
    throw new Error('there is no model of answers that are kept');
  }
  async exploiting(): Promise<never> {
    throw new Error('there is no model of what is exposed');
  }

  async exposing(): Promise<never> {
    throw new Error('there is no model of what is exposed');
  }

  async deploying(): Promise<never> {
    throw new Error('there is no model of what is exposed');
  }

  async putCrate(crate: CrateRecord) {
    this.crates = replaced(this.crates, crate, ['registry', 'key']);
  }
  async putReleases(releases: readonly ReleaseRecord[]) {
    for (const one of releases) this.all = replaced(this.all, one, ['registry', 'key', 'version']);
  }
  async append(entries: readonly Omit<LogEntry, 'seq'>[]) {
    const first = this.entries.length + 1;
    for (const one of entries) this.entries.push({ seq: this.entries.length + 1, ...one });
    return first;
  }
  async putBlock(block: Omit<BlockRecord, 'id' | 'liftedBy' | 'liftedAt' | 'liftReason'>) {
    this.blocks.push({
      ...block,
      id: this.blocks.length + 1,
      liftedBy: null,
      liftedAt: null,
      liftReason: null,
    });
  }
  async liftBlocks(
    { registry, key, version }: Pick<BlockRecord, 'registry' | 'key' | 'version'>,
    lift: { readonly by: string; readonly at: number; readonly reason: string },
  ) {
    const found = this.blocks.filter(same({ registry, key, version, liftedAt: null }));
    this.blocks = this.blocks.map((b) =>
      found.includes(b) ? { ...b, liftedBy: lift.by, liftedAt: lift.at, liftReason: lift.reason } : b,
    );
    return found.length;
  }
  async putBreakGlass(request: BreakGlassRecord) {
    this.requests = replaced(this.requests, request, ['registry', 'key', 'version', 'by']);
  }
  async standingDecisions(registry: string, key: string) {
    return this.decided.filter(same({ registry, key, takenBackAt: null }));
  }
  async findDecisions({ registry, key, version, limit, before }: DecisionQuery) {
    return this.decided
      .filter(same({ registry, key, version }))
      .filter(({ id }) => before === undefined || id < before)
      .toReversed()
      .slice(0, limit);
  }
  async cratesActedOn(by: string, at: number) {
    const acts = [...this.requests, ...this.decided]
      .filter(same({ by }))
      .filter(({ authorEndedAt }) => authorEndedAt === null || authorEndedAt > at);
    const crates = new Map(
      acts.map(({ registry, key }) => [JSON.stringify([registry, key]), { registry, key }]),
    );
    return sorted([...crates.values()], ({ registry, key }) => [registry, key]);
  }
  async requestsFor(registry: string, key: string, version?: string) {
    return sorted(this.asked.filter(same({ registry, key, version })), ({ at, by }) => [at, by]);
  }
  async requestedReleases({ states, registry, key, version, by, limit, after }: RequestedQuery) {
    const found = this.all
      .filter(same({ registry, key, version }))
      .filter(({ state }) => states?.includes(state) ?? true)
      .map((release) => ({
        release,
        requests: sorted(
          this.asked.filter(same({ registry: release.registry, key: release.key, version: release.version })),
          ({ at, by }) => [at, by],
        ),
        decisions: this.decided
          .filter(same({ registry: release.registry, key: release.key, version: release.version }))
          .toReversed(),
      }))
      .filter(({ requests }) =>
        requests.some((one) => by === undefined || one.by.toLowerCase() === by.toLowerCase()),
      );
    const placeOf = ({ release, requests }: RequestedRelease): RequestedPlace => ({
      ...release,
      people: requests.length,
      last: Math.max(...requests.map(({ at }) => at)),
    });
    const order = (one: RequestedPlace) => [-one.people, -one.last, one.registry, one.key, one.version];
    const place = (one: RequestedRelease) => order(placeOf(one));
    return behind(sorted(found, place), after, place, order).slice(0, limit);
  }
  async putRequest(request: RequestRecord) {
    this.asked = replaced(this.asked, request, ['registry', 'key', 'version', 'by']);
  }
  async reviewMoves(since: number) {
    const moves = this.entries.filter(
      ({ at, from, to }) => at >= since && from !== to && (from === 'review' || to === 'review'),
    );
    return sorted(moves, ({ at, seq }) => [at, seq]).map(({ at, to }) => ({ at, into: to === 'review' }));
  }
  async mostWanted({ registry, key, states, limit, after }: WantedQuery) {
    const wanted = this.all
      .filter(same({ registry, key }))
      .filter(({ state }) => states.includes(state))
      .map((release) => ({
        release,
        waiting:
          this.refused.find(
            same({
              registry: release.registry,
              key: release.key,
              version: release.version,
              since: release.stateSince,
            }),
          )?.count ?? 0,
      }));
    const by = ({ release, waiting }: WantedPlace) => [
      -waiting,
      -release.stateSince,
      release.registry,
      release.key,
      release.position,
      release.version,
    ];
    return behind(sorted(wanted, by), after, by, by).slice(0, limit);
  }
  async putDecision(decision: NewDecision) {
    const stands = { takenBackBy: null, takenBackAt: null, takenBackReason: null };
    this.decided.push({ ...decision, id: this.decided.length + 1, ...stands });
  }
  async takeBackDecisions(
    { registry, key, version }: Pick<DecisionRecord, 'registry' | 'key' | 'version'>,
    how: { readonly by: string; readonly at: number; readonly reason: string },
  ) {
    const found = this.decided.filter(same({ registry, key, version, takenBackAt: null }));
    this.decided = this.decided.map((one) =>
      found.includes(one)
        ? { ...one, takenBackBy: how.by, takenBackAt: how.at, takenBackReason: how.reason }
        : one,
    );
    return found.length;
  }
  async putExactNeeds(needs: readonly ExactNeedRecord[]) {
    for (const need of needs) this.needs = replaced(this.needs, need, ['registry', 'key', 'by']);
  }
  async exactDependents(registry: string, key: string) {
    return this.needs
      .filter(same({ registry, key }))
      .map(({ by }) => by)
      .sort();
  }
  async addRefusals(refused: readonly RefusalRecord[]) {
    for (const one of refused) {
      const { registry, key, version, since } = one;
      const known = this.refused.find(same({ registry, key, version }));
      if (known !== undefined && known.since > since) continue;
      const count = (known?.since === since ? known.count : 0) + one.count;
      this.refused = replaced(this.refused, { ...one, count }, ['registry', 'key', 'version']);
    }
  }
  #endAuthor(name: string, at: number) {
    const ended = <R extends { readonly by: string; readonly authorEndedAt: number | null }>(one: R): R =>
      one.by === name && (one.authorEndedAt === null || one.authorEndedAt > at)
        ? { ...one, authorEndedAt: at }
        : one;
    this.requests = this.requests.map(ended);
    this.decided = this.decided.map(ended);
  }
  async putPolicy(policy: PolicyRecord) {
    this.policies.push(policy);
  }
  #ownerOf(name: string) {
    return this.keys.find(same({ name }))?.owner ?? name;
  }
  async putToken(token: NewToken) {
    for (const person of new Set([this.#ownerOf(token.name), token.owner ?? token.name]))
      this.#endAuthor(person, token.at);
    this.keys = replaced(this.keys, { ...token, revokedAt: null, usedAt: null }, ['name']);
  }
  async tokenOf(hash: string) {
    return this.keys.find(same({ hash }));
  }
  async putWebSession(session: WebSessionRecord) {
    this.browsers = this.browsers.filter(({ endsAt }) => endsAt > session.at);
    this.browsers = replaced(this.browsers, session, ['digest']);
  }
  async endSessionsOf(name: string, at: number) {
    const own = this.browsers.filter((session) => session.name?.toLowerCase() === name.toLowerCase());
    this.browsers = this.browsers.filter((session) => !own.includes(session));
    for (const one of own) this.#endAuthor(one.name ?? name, at);
    return own.length;
  }
  async putSignInLink(link: SignInLinkRecord) {
    this.links = replaced(this.links, link, ['digest']);
  }
  async takeSignInLink(digest: string, now: number) {
    const found = this.links.find((link) => link.digest === digest && link.endsAt > now);
    this.links = this.links.filter((link) => link.endsAt > now && link !== found);
    return found;
  }
  async endWebSession(digest: string) {
    this.browsers = this.browsers.filter((session) => session.digest !== digest);
  }
  async tokenOfSession(digest: string, now: number) {
    const session = this.browsers.find((one) => one.digest === digest && one.endsAt > now);
    if (session === undefined) return undefined;
    const { name, role, token, at, endsAt } = session;
    const own = await this.tokenOf(token);
    if (own !== undefined || name === null || role === null) return own;
    return { name, owner: null, role, hash: token, at, endsAt, revokedAt: null, usedAt: now };
  }
  async noteTokenUses(uses: ReadonlyMap<string, number>) {
    this.keys = this.keys.map((key) => {
      const at = uses.get(key.name);
      return at === undefined || (key.usedAt ?? Number.NEGATIVE_INFINITY) >= at
        ? key
        : { ...key, usedAt: at };
    });
  }
  async revokeToken(name: string, at: number) {
    const active = this.keys.find(same({ name, revokedAt: null }));
    if (active !== undefined) {
      this.keys = replaced(this.keys, { ...active, revokedAt: at }, ['name']);
      this.#endAuthor(this.#ownerOf(name), at);
    }
    return active !== undefined;
  }
  async takeEvent(source: string, id: string, at: number, forgetBefore: number) {
    this.events = this.events.filter((event) => event.at >= forgetBefore);
    if (this.events.some(same({ source, id }))) return false;
    this.events.push({ source, id, at });
    return true;
  }
  async reinIn(now: number, { poll, judge, people, deliver }: Horizons) {
    const due = (at: number | null, horizon: number) => (at !== null && at > horizon ? now : at);
    this.crates = this.crates.map((c) => ({ ...c, pollAt: due(c.pollAt, poll) ?? now }));
    this.all = this.all.map((r) => ({
      ...r,
      judgeAt: r.judgeAt === r.until ? r.judgeAt : due(r.judgeAt, judge),
    }));
    this.persons = this.persons.map((p) => ({ ...p, askAt: due(p.askAt, people) }));
    this.deliveries = this.deliveries.map((d) => ({ ...d, dueAt: due(d.dueAt, deliver) }));
  }
  async claimPolls(now: number, leaseUntil: number, limit: number) {
    const due = this.crates.filter(({ pollAt }) => pollAt <= now);
    const claimed = sorted(due, (c) => [c.pollAt, c.registry, c.key])
      .slice(0, limit)
      .map((crate) => ({ ...crate, pollAt: leaseUntil }));
    for (const crate of claimed) await this.putCrate(crate);
    return claimed;
  }
  async claimJudgements(now: number, leaseUntil: number, limit: number) {
    const due = this.all.filter(({ judgeAt }) => judgeAt !== null && judgeAt <= now);
    const claimed = sorted(due, (r) => [r.judgeAt ?? 0, r.registry, r.key, r.version])
      .slice(0, limit)
      .map((one) => ({ ...one, judgeAt: leaseUntil }));
    await this.putReleases(claimed);
    return claimed;
  }
}

/** Whether a record has these values; `undefined` ones do not matter. */
function same(wanted: Readonly<Record<string, unknown>>) {
  return (record: object) =>
    Object.entries(wanted).every(
      ([field, value]) => value === undefined || Reflect.get(record, field) === value,
    );
}

function replaced<R>(list: readonly R[], record: R, key: readonly (keyof R)[]): R[] {
  return [...list.filter((other) => key.some((field) => other[field] !== record[field])), record];
}

type Order<R> = (record: R) => readonly (string | number)[];

function sorted<R>(list: readonly R[], by: Order<R>): readonly R[] {
  return list.toSorted((a, b) => compared(by(a), by(b)));
}

function compared(left: readonly (string | number)[], right: readonly (string | number)[]): number {
  const i = left.findIndex((value, place) => value !== right[place]);
  return i === -1 ? 0 : (left[i] ?? 0) < (right[i] ?? 0) ? -1 : 1;
}

/** What stands behind a place of a sorted list; all, where there is no place. */
function behind<R, P>(list: readonly R[], place: P | undefined, by: Order<R>, of: Order<P>): readonly R[] {
  return place === undefined ? list : list.filter((one) => compared(by(one), of(place)) > 0);
}
