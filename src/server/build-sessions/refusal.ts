import type { AuditAction } from '../../audit/entry.ts';
import type { MirrorContext } from '../../registry/context.ts';
import { type Alarm, tellAlarm } from '../../registry/notify/alarm.ts';
import type { StoreWriter } from '../../store/store.ts';
import type { Problem } from '../errors.ts';

/** That what a build brought counts no more, or for something else: somebody is told, and whoever asked is refused. */
export interface Refusal {
  readonly alarm: Alarm;
  readonly problem: Problem;
}

/** How many refusals of one thing are told and written down; the others are counted. */
export const mostTold = 3;

/** `alarm` is `session-late`; its code is then `session/late`. */
export function refusal(alarm: string, status: 401 | 403, message: string, next: string): Refusal {
  const code = alarm.replace('-', '/');
  return { alarm: { alarm, message, next }, problem: { status, code, detail: `${message} ${next}` } };
}

/** Writes a refusal down and tells of it, in the transaction that counts it. `id` tells it from every other one. */
export async function tellRefusal(
  tx: StoreWriter,
  { auditor, targets, journal }: MirrorContext,
  { alarm, problem }: Refusal,
  of: {
    readonly action: Extract<AuditAction, `${string}.refused`>;
    readonly who: string;
    readonly address: string;
    readonly at: number;
    readonly id: string;
  },
): Promise<void> {
  const { action, who, address, at, id } = of;
  const { message } = alarm;
  const said = `${message} It came from ${address}.`;
  const after = { reason: alarm.alarm, message };
  await auditor?.note(tx, {
    actor: who,
    role: 'build',
    address,
    at,
    action,
    subject: who,
    before: null,
    after,
  });
  await tellAlarm(tx, targets, { ...alarm, message: said }, id, at);
  journal.trouble(said, { code: problem.code });
}
