import { type Change, changeOf } from './delta.ts';
import type { DiskQueue } from './queue.ts';
import type { HostMessage, Labels, Look } from './report.ts';
import { told, toldWhole } from './told.ts';

/** How a message was answered. */
export type Answer =
  /** The server has it on its disk. */
  | { readonly kind: 'taken' }
  /** It does not know what the change is a change of: all is to be told again. */
  | { readonly kind: 'tell-all' }
  /** It will not take this one, and not later either. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Nobody answered, or not yet: later. */
  | { readonly kind: 'away'; readonly reason: string };

/** What a watch stands on, passed in so that time and network are somebody else's. */
export interface WatchParts {
  readonly look: () => Look;
  readonly send: (message: HostMessage) => Promise<Answer>;
  readonly queue: DiskQueue;
  /** Milliseconds since this boot, which nobody sets. */
  readonly uptime: () => number;
  /** Another text each time, which nobody else has. */
  readonly session: () => string;
  readonly labels: Labels;
}

/** What came of one look. */
export interface Step {
  readonly processes: number;
  readonly begun: number;
  readonly ended: number;
  /** Messages that the server has not taken yet. */
  readonly waiting: number;
  /** Why, in one clause. */
  readonly trouble: string | undefined;
  /** Messages that were given up, as the queue was full or the server would not have them; all is told anew. */
  readonly lost: number;
}

/** A message as it waits, with when it was seen. */
interface Waiting {
  readonly message: HostMessage;
  readonly bootId: string;
  /** Milliseconds since that boot. */
  readonly at: number;
}

/**
 * Looks again and again, and tells what is otherwise: all at first, then changes, each with its number. A change is
 * told until the server has it; one that comes twice is known by its number. So what happens while the server is away
 * is told later, with how long ago it was.
 */
export class Watch {
  readonly #parts: WatchParts;
  #last: Look | undefined;
  #session: string;
  #sequence = 0;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    this.#session = parts.session();
  }

  /** One look, and as much telling as the server takes. Throws what the system says of `/proc` or of the queue's folder. */
  async step(): Promise<Step> {
    const { queue } = this.#parts;
    const look = this.#parts.look();
    const change = this.#changeIn(look);
    const isNews =
      change === undefined ||
      change.begun.length > 0 ||
      change.ended.length > 0 ||
      change.installed !== undefined;
    // That nothing happened is told while the server listens, and is nothing to be kept.
    const put = isNews || queue.size === 0 ? this.#put(look, change) : nothingPut;
    let { lost } = put;
    let sent = await this.#tell(look, put);
    if (sent.kind === 'tell-all') {
      lost += Math.max(0, queue.size - 1);
      queue.clear();
      // A machine may have gone back to a moment that was kept of it, and the server has heard these numbers.
      this.#session = this.#parts.session();
      sent = await this.#tell(look, this.#put(look, undefined));
    }
    if (sent.kind === 'refused') {
      lost += queue.size;
      queue.clear();
      this.#last = undefined;
    }
    return {
      processes: look.processes.length,
      begun: change?.begun.length ?? look.processes.length,
      ended: change?.ended.length ?? 0,
      waiting: queue.size,
      trouble: sent.kind === 'away' || sent.kind === 'refused' ? sent.reason : undefined,
      lost,
    };
  }

  /** `undefined`: all is to be told, at first and after another boot. */
  #changeIn(look: Look): Change | undefined {
    const last = this.#last;
    return last === undefined || last.bootId !== look.bootId ? undefined : changeOf(last, look);
  }

  /** Keeps a message, or holds it where the disk does not. */
  #put(look: Look, change: Change | undefined): Put {
    const { queue } = this.#parts;
    let message = this.#message(look, change);
    let lost = 0;
    try {
      if (!queue.put(this.#waiting(look, message))) {
        lost = queue.size;
        queue.clear();
        message = this.#message(look, undefined);
        queue.put(this.#waiting(look, message));
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
      return { lost, unkept: { message, error } };
    }
    this.#took(look);
    return { lost };
  }

  #message(look: Look, change: Change | undefined): HostMessage {
    const { labels } = this.#parts;
    const { bootId, unread } = look;
    const numbered = { ...labels, session: this.#session, sequence: this.#sequence + 1 };
    if (change === undefined) return { ...numbered, ...toldWhole(look) };
    return { ...numbered, bootId, unread, ...toldChange(change) };
  }

  #waiting({ bootId }: Look, message: HostMessage): Waiting {
    return { message, bootId, at: this.#parts.uptime() };
  }

  /** Only what was kept, or taken, has a number: none is missing. */
  #took(look: Look): void {
    this.#sequence += 1;
    this.#last = look;
  }

  /** Tells what waits, then what the disk did not keep; that is lost where nobody takes it: throws why. */
  async #tell(look: Look, { unkept }: Put): Promise<Answer> {
    const { queue, send, uptime } = this.#parts;
    for (let waiting = queue.first(); waiting !== undefined; waiting = queue.first()) {
      const { message, bootId: of, at } = waiting as Waiting;
      // Of a boot before this one nobody knows how long ago it ended.
      const age = of === look.bootId ? Math.max(0, Math.round(uptime() - at)) : 0;
      const answer = await send({ ...message, age });
      if (answer.kind === 'away' && unkept !== undefined) throw unkept.error;
      if (answer.kind !== 'taken') return answer;
      queue.drop();
    }
    if (unkept === undefined) return { kind: 'taken' };
    const answer = await send({ ...unkept.message, age: 0 });
    if (answer.kind === 'away') throw unkept.error;
    if (answer.kind === 'taken') this.#took(look);
    return answer;
  }
}

/** What became of a message: how many others were given up for it, and it itself where the disk did not keep it. */
interface Put {
  readonly lost: number;
  readonly unkept?: { readonly message: HostMessage; readonly error: unknown };
}

const nothingPut: Put = { lost: 0 };

function toldChange({ begun, ended, installed }: Change) {
  const { processes, ...rest } = told(begun, installed);
  return { kind: 'change', begun: processes, ended, ...rest } as const;
}
