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

/**
 * Writes a refusal down and tells of it, in the transaction that counts it, unless enough of that identity were told
 * before; says what to answer. `refusals`: those before this one.
 */
export async function tellRefusal(
  tx: StoreWriter,
  { auditor, targets, journal }: MirrorContext,
  { alarm, problem }: Refusal,
  of: {
    readonly action: Extract<AuditAction, `${string}.refused`>;
    readonly identity: string;
    readonly who: string;
    readonly refusals: number;
    readonly address: string;
    readonly at: number;
  },
): Promise<Problem> {
  const { action, identity, who, refusals, address, at } = of;
  if (refusals >= mostTold) return problem;
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
  await tellAlarm(tx, targets, { ...alarm, message: said }, `${identity} ${refusals + 1}`, at);
  journal.trouble(said, { code: problem.code });
  return problem;
}
