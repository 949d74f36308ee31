import { createHash } from 'node:crypto';
import { crateKey } from '../../cargo/index-path.ts';
import { parseLockfile } from '../../cargo/lockfile.ts';
import type { Actor } from '../../registry/auditor.ts';
import type { MirrorContext } from '../../registry/context.ts';
import type { BuildSessionRecord } from '../../store/build-sessions.ts';
import type { StoreWriter } from '../../store/store.ts';
import type { Problem } from '../errors.ts';
import { hashOf, randomSecret } from '../identity/tokens.ts';
import { rfc3339 } from '../shape.ts';
import { type Ci, readIdentity, skew } from './ci-identity.ts';
import { mostTold, type Refusal, refusal, tellRefusal } from './refusal.ts';

/** What is brought to be exchanged: a CI's token, or a key of the role `build`. */
export type Brought = { readonly identity: string } | { readonly key: string };

/** A session as it is opened; its text is shown this once. */
export interface OpenedSession {
  readonly session: string;
  readonly who: string;
  readonly lockfile: string;
  /** Epoch milliseconds. */
  readonly endsAt: number;
}

export interface SessionSettings {
  readonly cis: readonly Ci[];
  /** How long one lasts, in milliseconds. */
  readonly time: number;
  /** Who is told of alarms. */
  readonly wake: () => void;
}

/** What a session's text begins with. */
const prefix = 'sgb_';
/** How long an exchange is remembered past the time in which its identity would be taken: milliseconds. */
export const remembered = 7 * 24 * 60 * 60_000;

/** Sessions of builds: each is exchanged for once, is bound to one Cargo.lock, and is over in minutes. */
export class BuildSessions {
  readonly #context: MirrorContext;
  readonly #settings: SessionSettings;

  constructor(context: MirrorContext, settings: SessionSettings) {
    this.#context = context;
    this.#settings = settings;
  }

  /**
   * Exchanges what was brought, from `address`, for a session of the build of that Cargo.lock. Throws `CargoError` for
   * one that does not read.
   */
  async exchange(brought: Brought, lockfile: string, address: string): Promise<OpenedSession | Problem> {
    const { packages } = parseLockfile(lockfile);
    const doubt = this.#context.clock.doubt();
    if (doubt !== undefined) return unavailable(doubt.reason);
    const read =
      'key' in brought ? await this.#readKey(brought.key) : await this.#readToken(brought.identity);
    if ('status' in read) return read;
    const now = this.#context.now();
    const session = `${prefix}${randomSecret()}`;
    const record: BuildSessionRecord = {
      identity: read.digest,
      hash: read.isLate ? null : hashOf(session),
      who: read.who,
      lockfile: read.isLate ? '' : createHash('sha256').update(lockfile).digest('hex'),
      releases: read.isLate
        ? []
        : packages.flatMap(({ name, version, source }) =>
            source === undefined ? [] : [`${crateKey(name)}@${version}`],
          ),
      openedAt: now,
      endsAt: read.isLate ? now : now + this.#settings.time,
      closedAt: null,
      refusals: 0,
      keepUntil: Math.max(read.endsAt + skew, now) + remembered,
    };
    const problem = await this.#context.store.write(async (tx) => {
      await tx.forgetBuildSessions(now);
      const known = await tx.buildSession(read.digest);
      if (known !== undefined) return await this.#refuse(tx, known, replayed(known), address, now);
      if (read.isLate) return await this.#refuse(tx, record, late(read.who, read.endsAt), address, now);
      await tx.putBuildSession(record);
      if (read.key !== undefined) {
        await tx.noteTokenUses(new Map([[read.key, now]]));
        await tx.revokeToken(read.key, now);
      }
      await this.#note(tx, 'session.opened', record, address, now, {
        lockfile: record.lockfile,
        session: record.hash ?? '',
        ends: rfc3339(record.endsAt),
      });
      return undefined;
    });
    if (problem !== undefined) {
      this.#settings.wake();
      return problem;
    }
    return { session, who: record.who, lockfile: record.lockfile, endsAt: record.endsAt };
  }

  /** Whether a text is that of a session, whatever it opens. */
  isSession(text: string): boolean {
    return text.startsWith(prefix);
  }

  /** Whether a session lasts; nobody is told where it does not. */
  async isOpen(text: string): Promise<boolean> {
    const { store, now } = this.#context;
    const record = await store.buildSessionOf(hashOf(text));
    return record !== undefined && record.closedAt === null && record.endsAt > now();
  }

  /**
   * Lets a session in, where it may be used: for the releases of its Cargo.lock, or (without `release`) for what is
   * said of crates.
   */
  async admit(
    text: string,
    release: { readonly crate: string; readonly version: string } | undefined,
    address: string,
  ): Promise<Actor | Problem> {
    const { store, now: clock } = this.#context;
    const record = await store.buildSessionOf(hashOf(text));
    if (record === undefined) return unknownSession;
    const now = clock();
    const refusal =
      record.closedAt !== null || record.endsAt <= now
        ? over(record)
        : release !== undefined && !record.releases.includes(`${crateKey(release.crate)}@${release.version}`)
          ? otherBuild(record, release)
          : undefined;
    if (refusal === undefined) return { name: record.who, role: 'build', address, endsAt: record.endsAt };
    if (record.refusals >= mostTold) return refusal.problem;
    const problem = await store.write(async (tx) => {
      const fresh = (await tx.buildSession(record.identity)) ?? record;
      return await this.#refuse(tx, fresh, refusal, address, now);
    });
    this.#settings.wake();
    return problem;
  }

  /** Ends a session: its build has what it needs. */
  async close(text: string, address: string): Promise<Problem | undefined> {
    const { store, now } = this.#context;
    return await store.write(async (tx) => {
      const record = await tx.buildSessionOf(hashOf(text));
      if (record === undefined) return unknownSession;
      if (record.closedAt !== null) return undefined;
      const at = now();
      await tx.putBuildSession({ ...record, closedAt: at });
      await this.#note(tx, 'session.closed', record, address, at, { lockfile: record.lockfile });
      return undefined;
    });
  }

  async #readToken(token: string): Promise<Read | Problem> {
    const { cis } = this.#settings;
    const reading = await readIdentity(token, cis, this.#context.now(), 'allow');
    if (reading.kind === 'unknown') return unavailable(reading.reason);
    if (reading.kind === 'refused')
      return {
        status: 401,
        code: 'session/refused',
        detail: `The CI's token is not taken: ${reading.reason}.`,
      };
    return { ...reading.identity, isLate: reading.kind === 'late', key: undefined };
  }

  async #readKey(key: string): Promise<Read | Problem> {
    const hash = hashOf(key);
    const token = await this.#context.store.tokenOf(hash);
    const digest = hashOf(JSON.stringify(['key', hash]));
    if (token?.role !== 'build')
      return {
        status: 401,
        code: 'session/refused',
        detail: 'That is no key for a build: `safeguard token create NAME --role build` makes one.',
      };
    const isSpent = (await this.#context.store.buildSession(digest)) !== undefined;
    if (token.revokedAt !== null && !isSpent)
      return { status: 401, code: 'session/refused', detail: `The key ${token.name} was revoked.` };
    const endsAt = token.endsAt ?? 0;
    const isLate = token.endsAt !== null && token.endsAt <= this.#context.now();
    return { digest, who: `key ${token.name}`, endsAt, isLate, key: token.name };
  }

  /** Writes a refusal down, tells of it, and says what to answer. */
  async #refuse(
    tx: StoreWriter,
    record: BuildSessionRecord,
    refusal: Refusal,
    address: string,
    now: number,
  ): Promise<Problem> {
    const { identity, who, refusals } = record;
    await tx.putBuildSession({ ...record, refusals: refusals + 1 });
    const of = { action: 'session.refused', identity, who, refusals, address, at: now } as const;
    return await tellRefusal(tx, this.#context, refusal, of);
  }

  async #note(
    tx: StoreWriter,
    action: 'session.opened' | 'session.closed',
    { who }: BuildSessionRecord,
    address: string,
    at: number,
    after: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const actor = { actor: who, role: 'build', address };
    await this.#context.auditor?.note(tx, { ...actor, at, action, subject: who, before: null, after });
  }
}

/** What was brought, as far as it can be told before the exchange. */
interface Read {
  readonly digest: string;
  readonly who: string;
  readonly endsAt: number;
  readonly isLate: boolean;
  /** The name of a key, which is spent by it. */
  readonly key: string | undefined;
}

function replayed({ who, openedAt, lockfile }: BuildSessionRecord): Refusal {
  const first =
    lockfile === ''
      ? `was brought too late at ${rfc3339(openedAt)}`
      : `was exchanged at ${rfc3339(openedAt)} for the build of the Cargo.lock ${lockfile.slice(0, 12)}`;
  return refusal(
    'session-replayed',
    403,
    `The identity of ${who} ${first}, and was brought once more.`,
    'If the first exchange was not that build’s own, somebody has its token: look at that job and its log.',
  );
}

function late(who: string, endsAt: number): Refusal {
  return refusal(
    'session-late',
    401,
    `The identity of ${who} ended at ${rfc3339(endsAt)}, and was brought after that.`,
    'Ask the CI for its token right before the build.',
  );
}

function over({ who, endsAt, closedAt }: BuildSessionRecord): Refusal {
  const end = closedAt === null ? `ended at ${rfc3339(endsAt)}` : `was closed at ${rfc3339(closedAt)}`;
  return refusal(
    'session-late',
    401,
    `The session of ${who} ${end}, and was used after that.`,
    'Where a build needs longer for what it fetches, raise `session-time`; otherwise somebody has its session.',
  );
}

function otherBuild(
  { who, lockfile }: BuildSessionRecord,
  { crate, version }: { readonly crate: string; readonly version: string },
): Refusal {
  return refusal(
    'session-other-build',
    403,
    `The session of ${who} is for the Cargo.lock ${lockfile.slice(0, 12)}, which has no ${crate} ${version}.`,
    'A session fetches for the build alone that it was opened for.',
  );
}

function unavailable(reason: string): Problem {
  const detail = `Nothing is exchanged now: ${reason}`;
  return { status: 503, code: 'session/unavailable', detail, retryAfter: 30 };
}

/** Nobody's. */
export const unknownSession: Problem = {
  status: 401,
  code: 'session/unknown',
  detail: 'There is no such session.',
};
