import { setImmediate } from 'node:timers/promises';
import type { DumpAnswer } from '../../facts/dump/download.ts';
import { DumpError, type DumpErrorCode } from '../../facts/dump/error.ts';
import { importDump } from '../../facts/dump/import.ts';
import type { FeedRecord, LogEntry } from '../../store/records.ts';
import { type MirrorContext, settleNow } from '../context.ts';
import { claimFeed, digestOf } from './claim.ts';

/** The database dump that is configured. */
export interface DumpPlan {
  /** The upstream that it describes. */
  readonly registry: string;
  /** As configured. */
  readonly from: string;
  /** Opens it, or says that it is the one with this ETag; absent: what was imported is forgotten. Throws `DumpError`. */
  readonly open?: ((etag: string | undefined) => Promise<DumpAnswer>) | undefined;
  /** Milliseconds between two looks. */
  readonly every: number;
}

/** How long a replica may be silent over an import before another one begins anew: milliseconds. */
const lease = 30 * 60_000;
/** How often a replica at work says that it still is: milliseconds. */
const renewal = 5 * 60_000;
/** Milliseconds until a dump is asked for again that could not be had. */
const retry = 60 * 60_000;
/** Crates that are judged anew between two notes of how far that is. */
const batch = 25;

/** What is noted of a dump, as the body of its record. */
interface Note {
  /** Where the last one came from. */
  readonly from: string;
  readonly etag: string | null;
  /** All crates up to this one were judged anew since the last import; `null`: all were. */
  readonly judged: string | null;
}

/** Why a dump is not asked for again before its time: the next one will be another. */
const refused: ReadonlySet<DumpErrorCode> = new Set([
  ...(['dump/malformed', 'dump/missing-table', 'dump/missing-column', 'dump/shrunk', 'dump/older'] as const),
]);

/**
 * Looks for a new dump when that is due, on one replica; takes it in, takes its names over, and judges every crate
 * anew. What was imported stays in force until the new dump is whole. A replica that dies leaves the rest to another.
 */
export async function tendDump(context: MirrorContext, plan: DumpPlan, signal: AbortSignal): Promise<void> {
  const { store, now, journal } = context;
  const name = `dump:${plan.registry}`;
  const known = noteOf(await store.feed(name));
  const every = known.from === plan.from ? plan.every : 0;
  const record = await claimFeed(store, name, now(), { every, lease });
  if (record === undefined) return;
  const desk = new Desk(context, record, plan, signal);
  try {
    await desk.judgeAnew();
    await desk.take();
    await desk.judgeAnew();
    await desk.finish(now(), null);
  } catch (error) {
    // The next start goes on from here.
    if (signal.aborted) return await desk.finish(now() - plan.every, null);
    if (!(error instanceof DumpError)) throw error;
    journal.alarm(error.message, { registry: plan.registry, code: error.code });
    const soon = refused.has(error.code) ? plan.every : Math.min(retry, plan.every);
    await desk.finish(now() - plan.every + soon, error.message);
  }
}

/** One replica's turn at a dump. */
class Desk {
  readonly #context: MirrorContext;
  readonly #plan: DumpPlan;
  readonly #signal: AbortSignal;
  #record: FeedRecord;
  #note: Note;
  #renewed: number;

  constructor(context: MirrorContext, record: FeedRecord, plan: DumpPlan, signal: AbortSignal) {
    this.#context = context;
    this.#plan = plan;
    this.#signal = signal;
    this.#record = record;
    const note = noteOf(record);
    this.#note = note.from === plan.from ? note : { ...note, from: plan.from, etag: null };
    this.#renewed = context.now();
  }

  /** Imports the dump where it is another one; with none configured, forgets what was imported. */
  async take(): Promise<void> {
    const { store, now, people } = this.#context;
    const { registry, open } = this.#plan;
    if (open === undefined) {
      const forgot = await store.dumps.forget(registry);
      if (!forgot) return;
      await this.#changed('dump-forgotten', null, null);
    } else {
      const before = await store.dumps.state(registry);
      const answer = await open(before === undefined ? undefined : (this.#note.etag ?? undefined));
      if (answer.kind === 'unchanged') return;
      const { etag } = answer;
      const stream = this.#attended(answer.stream);
      const state = await importDump({ registry, stream, store: store.dumps, now });
      const { crates, versions, takenAt } = state;
      const details = { crates, versions, taken: new Date(takenAt).toISOString() };
      await this.#changed('dump-imported', etag, details);
    }
    await people.adopt();
  }

  /** Judges the crates anew that were not since the last import, one at a time, between everybody else's work. */
  async judgeAnew(): Promise<void> {
    const from = this.#note.judged;
    if (from === null) return;
    const { store, upstreams } = this.#context;
    const all: { place: string; registry: string; key: string }[] = [];
    for (const registry of upstreams.keys()) {
      for (const key of await store.crateKeys(registry))
        all.push({ place: `${registry}/${key}`, registry, key });
    }
    const left = all.filter(({ place }) => place > from).sort((a, b) => (a.place < b.place ? -1 : 1));
    for (const [i, { place, registry, key }] of left.entries()) {
      this.#signal.throwIfAborted();
      await settleNow(this.#context, { registry, key, actor: 'dump', update: { kind: 'again' } });
      if (i % batch === batch - 1) await this.#write({ ...this.#note, judged: place });
      await setImmediate();
    }
    await this.#write({ ...this.#note, judged: null });
  }

  async finish(triedAt: number, alarm: string | null): Promise<void> {
    this.#record = { ...this.#record, body: JSON.stringify(this.#note), triedAt, alarm };
    await this.#context.store.write((tx) => tx.putFeed(this.#record));
  }

  /** Notes, in the log too, that another dump or none is in force, and that every crate is to be judged anew. */
  async #changed(
    event: 'dump-imported' | 'dump-forgotten',
    etag: string | null,
    details: LogEntry['details'],
  ): Promise<void> {
    await this.#write({ ...this.#note, etag, judged: '' }, event, details);
  }

  async #write(note: Note, event?: LogEntry['event'], details: LogEntry['details'] = null): Promise<void> {
    const { store, now } = this.#context;
    const { registry, every } = this.#plan;
    const at = now();
    this.#note = note;
    const body = JSON.stringify(note);
    this.#record = { ...this.#record, body, digest: digestOf(body), at, triedAt: at - every + lease };
    this.#renewed = at;
    await store.write(async (tx) => {
      await tx.putFeed(this.#record);
      if (event === undefined) return;
      const about = { registry, key: '', version: '', from: null, to: null, policy: '', verdict: null };
      await tx.append([{ at, event, actor: 'watch', ...about, details }]);
    });
  }

  /** Keeps the claim while the dump comes in, and ends with the server. */
  async *#attended(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of stream) {
      this.#signal.throwIfAborted();
      if (this.#context.now() > this.#renewed + renewal) await this.#write(this.#note);
      yield piece;
    }
  }
}

function noteOf(record: FeedRecord | undefined): Note {
  const none: Note = { from: '', etag: null, judged: null };
  return { ...none, ...(JSON.parse(record?.body ?? '{}') as Partial<Note>) };
}
