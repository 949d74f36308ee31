import { type AuditKey, chained } from '../audit/chain.ts';
import type { AuditEvent } from '../audit/entry.ts';
import type { StoreWriter } from '../store/store.ts';

/** Who does something that decides: as far as the server knows it to be true. */
export interface Actor {
  /** Whose token. */
  readonly name: string;
  readonly role: string;
  /** Where the request came from. */
  readonly address: string;
  /** Epoch milliseconds: when the token ends, and with it what still waits for others; `null`: never by itself. */
  readonly endsAt: number | null;
}

/** What starting a server changes is its own doing. */
export const starting = { actor: 'serve', role: null, address: null } as const;

/** Writes acts down in the transaction that carries them out: neither is there without the other. */
export class Auditor {
  readonly #key: AuditKey;

  constructor(key: AuditKey) {
    this.#key = key;
  }

  async note(tx: StoreWriter, event: AuditEvent): Promise<void> {
    await tx.appendAudit(chained(event, await tx.auditHead(), this.#key));
  }

  async noteOf(
    tx: StoreWriter,
    actor: Actor,
    event: Omit<AuditEvent, 'actor' | 'role' | 'address'>,
  ): Promise<void> {
    const { name, role, address } = actor;
    await this.note(tx, { ...event, actor: name, role, address });
  }
}
