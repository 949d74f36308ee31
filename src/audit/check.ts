import { publicPem, readVerifier, type Verifier } from '../attest/keys.ts';
import { beginning, hashOf, signedBytes } from './chain.ts';
import type { AuditEntry, AuditHead } from './entry.ts';

/** What is wrong with a log, and from which entry on nothing can be relied on. */
export interface AuditFault {
  readonly kind: 'altered' | 'missing' | 'signature' | 'ended-early' | 'rewritten';
  readonly seq: number;
  /** One sentence. */
  readonly message: string;
}

export interface AuditReport {
  /** Entries that were there. */
  readonly entries: number;
  /** So many of them, from the first, are as they were when a head was kept elsewhere. */
  readonly anchored: number;
  /** The first faults. */
  readonly faults: readonly AuditFault[];
  /** Keys that signed and that nobody gave. */
  readonly strangers: readonly string[];
  /** The head of what was there. */
  readonly head: AuditHead | undefined;
}

/** As many faults as are told: one edit has a whole log of followers. */
const mostFaults = 10;

/**
 * Checks a log entry by entry, in their order. `keys` are the public keys that may sign, as `AuditEntry.key` has them;
 * none: each is taken for what it says. `anchors` are heads that were kept elsewhere.
 */
export class AuditCheck {
  readonly #keys: ReadonlySet<string> | undefined;
  readonly #anchors: readonly AuditHead[];
  readonly #verifiers = new Map<string, Verifier>();
  readonly #faults: AuditFault[] = [];
  readonly #strangers = new Set<string>();
  #entries = 0;
  #anchored = 0;
  #nextAnchor = 0;
  #last: AuditEntry | undefined;

  constructor(keys: readonly string[], anchors: readonly AuditHead[]) {
    this.#keys = keys.length === 0 ? undefined : new Set(keys);
    this.#anchors = [...anchors].sort((a, b) => a.count - b.count);
  }

  add(entry: AuditEntry): void {
    const expected = (this.#last?.seq ?? 0) + 1;
    if (entry.seq !== expected) {
      const message =
        entry.seq > expected
          ? `entries ${expected} to ${entry.seq - 1} are not there`
          : 'entries stand out of their order';
      this.#fault('missing', expected, message);
    } else if (hashOf(entry, this.#last?.hash ?? beginning) !== entry.hash)
      this.#fault('altered', entry.seq, `entry ${entry.seq}, or the one before, is not what was written`);
    if (!this.#isSigned({ ...entry, count: entry.seq }))
      this.#fault(
        'signature',
        entry.seq,
        `the signature of entry ${entry.seq} is not that of a key that may sign`,
      );
    this.#hold(entry);
    this.#entries++;
    this.#last = entry;
  }

  /** `head` is what the log itself says of its end; `null`: it says nothing; `undefined`: it was not asked. */
  end(head: AuditHead | null | undefined): AuditReport {
    const last = this.#last?.seq ?? 0;
    const ahead = [...this.#anchors.slice(this.#nextAnchor), ...(head ? [head] : [])].filter(
      (one) => one.count > last && this.#isSigned(one),
    );
    const furthest = Math.max(0, ...ahead.map(({ count }) => count));
    if (furthest > 0) {
      const message = `${furthest - last} of ${furthest} entries at the end are not there: they were taken away, or an older backup was restored`;
      this.#fault('ended-early', last + 1, message);
    } else if (head !== undefined && !isHeadOf(head, this.#last))
      this.#fault('rewritten', last, 'the head of the log is not that of its last entry');
    const firstFault = Math.min(...this.#faults.map(({ seq }) => seq));
    return {
      entries: this.#entries,
      anchored: Math.min(this.#anchored, firstFault - 1),
      faults: this.#faults,
      strangers: [...this.#strangers],
      head: this.#last === undefined ? undefined : { ...this.#last, count: last },
    };
  }

  /** Holds an entry against the heads that were kept elsewhere when it was the last one. */
  #hold(entry: AuditEntry): void {
    for (;;) {
      const anchor = this.#anchors[this.#nextAnchor];
      if (anchor === undefined || anchor.count > entry.seq) return;
      this.#nextAnchor++;
      // A head that nobody may have signed proves nothing.
      if (!this.#isSigned(anchor)) continue;
      if (anchor.count === entry.seq && anchor.hash === entry.hash) this.#anchored = entry.seq;
      else
        this.#fault(
          'rewritten',
          anchor.count,
          `entry ${anchor.count} is another one than when its head was kept elsewhere: the log was written anew`,
        );
    }
  }

  #isSigned({ count, hash, at, key, signature }: AuditHead): boolean {
    if (this.#keys !== undefined && !this.#keys.has(key)) {
      this.#strangers.add(key);
      return false;
    }
    return (
      this.#verifier(key)?.verify(signedBytes({ count, hash, at }), Buffer.from(signature, 'base64')) ?? false
    );
  }

  #verifier(key: string): Verifier | undefined {
    const known = this.#verifiers.get(key);
    if (known !== undefined) return known;
    try {
      const verifier = readVerifier(publicPem(key));
      this.#verifiers.set(key, verifier);
      return verifier;
    } catch {
      // No key at all: it signs nothing.
      return undefined;
    }
  }

  #fault(kind: AuditFault['kind'], seq: number, message: string): void {
    if (this.#faults.length < mostFaults) this.#faults.push({ kind, seq, message });
  }
}

/** Whether what a log says of its end is said of its last entry. */
function isHeadOf(head: AuditHead | null, last: AuditEntry | undefined): boolean {
  return head?.count === last?.seq && head?.hash === last?.hash;
}
