import type { DecisionSettings } from '../policy/decisions.ts';
import { together } from '../policy/people.ts';
import { loadPolicy, type Policy } from '../policy/policy.ts';
import type { StoreWriter } from '../store/store.ts';
import { type Actor, type Auditor, starting } from './auditor.ts';
import type { MirrorContext } from './context.ts';
import { notAllowed } from './error.ts';

/** Where the policy of a server stands, so that it is in force again at the next start. */
export interface PolicyPlace {
  /** What is there now. Throws where it cannot be read. */
  read(): Promise<string>;
  /** Puts a text there, whole or not at all. Throws where nothing can be written. */
  write(text: string): Promise<void>;
}

/** What a person wants in force. */
export interface PolicyAct {
  readonly actor: Actor;
  readonly text: string;
  readonly reason: string;
  /** Digest of the policy that it was made from: whoever did not see the one in force does not replace it. */
  readonly base: string;
}

export interface PolicySaved {
  readonly outcome: 'active' | 'waits';
  readonly digest: string;
  readonly message: string;
}

/** Puts a policy in force, with its text, so that every replica on the same database can take it over. Returns since when it is. */
export async function activate(
  tx: StoreWriter,
  policy: Policy,
  now: number,
  auditor: Auditor | undefined,
  by?: { readonly actor: Actor; readonly reason: string },
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
  else await auditor?.noteOf(tx, by.actor, { ...event, after: { digest, text, reason: by.reason } });
  return now;
}

/**
 * Writes a policy to where the server's stands and puts it in force, once as many people want that very one as the policy in force asks
 * for (`decisions.people`). Throws `PolicyError` for a text that is none, `RegistryError` `registry/not-allowed`, and what `place` throws.
 */
export async function savePolicy(
  context: MirrorContext,
  place: PolicyPlace,
  { actor, text, reason, base }: PolicyAct,
): Promise<PolicySaved> {
  const policy = loadPolicy({ file: 'safeguard.toml', text });
  const { policy: inForce } = context.policy;
  const { digest } = policy;
  if (base !== inForce.digest)
    throw notAllowed(
      'The policy was changed since this one was begun: look at the one in force, and begin from it.',
    );
  if (digest === inForce.digest)
    throw notAllowed('It judges as the one in force does: there is nothing to save.');
  if ((await place.read()) !== inForce.text)
    throw notAllowed(
      'The file of the policy was edited since the server read it: start the server again, then begin from what it says.',
    );
  const { people } = inForce.settings.decisions as DecisionSettings;
  const now = context.now();
  const saved = await context.store.write(async (tx) => {
    const all = await tx.proposing(async (proposals) => {
      await proposals.put({
        base,
        digest,
        by: actor.name,
        text,
        reason,
        at: now,
        authorEndedAt: actor.endsAt,
      });
      return await proposals.list(base);
    });
    const same = all.filter((one) => one.digest === digest);
    const acts = same.map(({ by, at, authorEndedAt }) => ({
      by,
      at,
      authorEndedAt: authorEndedAt ?? undefined,
    }));
    if (together(acts, people) === undefined) {
      const event = { at: now, action: 'policy.proposed', subject: '', before: { digest: base } } as const;
      await context.auditor?.noteOf(tx, actor, { ...event, after: { digest, text, reason } });
      return undefined;
    }
    await tx.proposing((proposals) => proposals.clear());
    const since = await activate(tx, policy, now, context.auditor, { actor, reason });
    // Last: where it cannot be written, nothing of it is done.
    await place.write(text);
    return since;
  });
  if (saved === undefined) {
    const message = `It is written down that ${actor.name} wants this policy; it takes ${people} different people, and comes into force with the last of them.`;
    return { outcome: 'waits', digest, message };
  }
  context.policy = { policy, since: saved, behind: false };
  context.cache.clear();
  return {
    outcome: 'active',
    digest,
    message: 'The policy is in force and in its file; every release is judged by it from now on.',
  };
}
