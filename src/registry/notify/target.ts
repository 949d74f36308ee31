import type { NotificationJson } from './payload.ts';

/** Someone who is told. */
export interface Target {
  readonly name: string;
  readonly kind: 'webhook' | 'slack' | 'email';
  /** Where it is, without anything secret: a host, or addresses. */
  readonly where: string;
  /** Texts that no message may hold. */
  readonly secrets: readonly string[];
  /** Delivers a message once. Throws where that failed. */
  readonly send: (message: Message, signal: AbortSignal) => Promise<void>;
}

/** One message on its way. A second try has the same id and says the same. */
export interface Message {
  readonly id: string;
  readonly payload: NotificationJson;
  /** When this try is made; epoch milliseconds. */
  readonly now: number;
}
