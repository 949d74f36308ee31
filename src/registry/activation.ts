import type { Policy } from '../policy/policy.ts';
import type { StoreWriter } from '../store/store.ts';
import { type Actor, type Auditor, starting } from './auditor.ts';

/** What a person did to put a policy in force. */
export interface Activation {
  readonly actor: Actor;
  /** What the audit log has beside the policy: why, and who else wanted it. */
  readonly said: Readonly<Record<string, unknown>>;
}

/** Puts a policy in force, with its text, so that every replica on the same database can take it over. Returns since when it is. */
export async function activate(
  tx: StoreWriter,
  policy: Policy,
  now: number,
  auditor: Auditor | undefined,
  by?: Activation,
): Promise<number> {
  const inForce = await tx.policyInForce();
  if (inForce?.digest === policy.digest) return inForce.at;
  const { digest, text } = policy;
  await tx.putPolicy({ digest, text, at: now });
  const nothing = { registry: '', key: '', version: '', from: null, to: null, verdict: null, details: null };
  const actor = by?.actor.name ?? starting.actor;
  await tx.append([{ at: now, event: 'policy-activated', actor, policy: digest, ...nothing }]);
  const before = inForce === undefined ? null : { digest: inForce.digest, text: inForce.text };
  const event = { at: now, action: 'policy.activated', subject: '', before } as const;
  if (by === undefined) await auditor?.note(tx, { ...starting, ...event, after: { digest, text } });
  else await auditor?.noteOf(tx, by.actor, { ...event, after: { digest, text, ...by.said } });
  return now;
}
