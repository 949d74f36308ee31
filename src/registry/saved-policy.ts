import type { DecisionSettings } from '../policy/decisions.ts';
import { together } from '../policy/people.ts';
import { loadPolicy } from '../policy/policy.ts';
import type { StoreWriter } from '../store/store.ts';
import { activate } from './activation.ts';
import type { Actor } from './auditor.ts';
import type { MirrorContext } from './context.ts';
import { notAllowed } from './error.ts';
import { handsOf, sayHand } from './hands.ts';

/** Where the policy of a server stands, so that it is in force again at the next start. */
export interface PolicyPlace {
  /** What is there now. Throws where it cannot be read. */
  read(): Promise<string>;
  /**
   * Puts a text in the place of another, whole or not at all. Throws where something else stands there, or nothing can
   * be written.
   */
  write(text: string, before: string): Promise<void>;
}

/** What a person wants in force. */
export interface PolicyAct {
  readonly actor: Actor;
  readonly text: string;
  readonly reason: string;
  /** Digest of the policy that it was made from: whoever did not see the one in force does not replace it. */
  readonly base: string;
  /** Whether somebody saw what that text would have done in the place of that policy. */
  readonly isTried: boolean;
}

export interface PolicySaved {
  readonly outcome: 'active' | 'waits';
  readonly digest: string;
  readonly message: string;
}

/**
 * Writes a policy to where the server's stands and puts it in force, once as many people want that very text as the
 * policy in force asks for (`decisions.people`). Throws `PolicyError` for a text that is none, `RegistryError`
 * `registry/not-allowed`, and what `place` throws.
 */
export async function savePolicy(
  context: MirrorContext,
  place: PolicyPlace,
  act: PolicyAct,
): Promise<PolicySaved> {
  const { actor, text, base } = act;
  const policy = loadPolicy({ file: 'safeguard.toml', text });
  const { policy: inForce } = context.policy;
  const { digest } = policy;
  if (base !== inForce.digest) throw changedSince();
  if (digest === inForce.digest)
    throw notAllowed('It judges as the one in force does: there is nothing to save.');
  if ((await place.read()) !== inForce.text)
    throw notAllowed(
      'The file of the policy was edited since the server read it: start the server again, then begin from what it says.',
    );
  if (!act.isTried)
    throw notAllowed(
      'This very text was not tried against the policy in force within a day: try it first (POST /api/v1/policy/simulate).',
    );
  const { people } = inForce.settings.decisions as DecisionSettings;
  let isWritten = false;
  const save = async (tx: StoreWriter) => {
    // Somebody else, here or at another replica, may have been first.
    if ((await tx.policyInForce())?.digest !== base) throw changedSince();
    const at = context.now();
    const who = await propose(tx, act, { digest, people, at });
    if (who === undefined) {
      const event = { at, action: 'policy.proposed', subject: '', before: { digest: base } } as const;
      const after = { digest, text, reason: act.reason };
      await context.auditor?.noteOf(tx, actor, { ...event, after });
      return undefined;
    }
    const hands = (await handsOf(tx, who)).map(sayHand);
    const said = {
      reason: act.reason,
      ...(people > 1 ? { people: who } : {}),
      ...(hands.length > 0 ? { hands } : {}),
    };
    const since = await activate(tx, policy, at, context.auditor, { actor, said });
    // Last: where it cannot be written, nothing of it is done.
    await place.write(text, inForce.text);
    isWritten = true;
    return { since, hands };
  };
  const saved = await context.store.write(save).catch(async (error: unknown) => {
    // What the store does not have is not in force, and is not to be at the next start.
    if (isWritten) await place.write(inForce.text, text).catch(() => undefined);
    throw error;
  });
  if (saved === undefined) {
    const message = `It is written down that ${actor.name} wants this policy; it takes ${people} different people, and comes into force with the last of them.`;
    return { outcome: 'waits', digest, message };
  }
  const { since, hands } = saved;
  context.policy = { policy, since, behind: false };
  context.cache.clear();
  for (const hand of hands) context.journal.alarm(`a policy came into force by several people: ${hand}`, {});
  const message = 'The policy is in force and in its file; every release is judged by it from now on.';
  return { outcome: 'active', digest, message: [message, ...hands].join(' ') };
}

/** Writes down that a person wants a text; returns the names of those who want the very same once they are enough. */
async function propose(
  tx: StoreWriter,
  { actor, text, reason, base }: PolicyAct,
  { digest, people, at }: { readonly digest: string; readonly people: number; readonly at: number },
): Promise<readonly string[] | undefined> {
  return await tx.proposing(async (proposals) => {
    const { name: by, endsAt: authorEndedAt } = actor;
    await proposals.put({ base, digest, by, text, reason, at, authorEndedAt });
    // What judges alike may say other things beside: they want what they read.
    const same = (await proposals.list(base)).filter((one) => one.text === text);
    const acts = same.map((one) => ({ ...one, authorEndedAt: one.authorEndedAt ?? undefined }));
    const enough = together(acts, people);
    if (enough === undefined) return undefined;
    await proposals.clear();
    return enough.map((one) => one.by);
  });
}

function changedSince() {
  return notAllowed(
    'The policy was changed since this one was begun: look at the one in force, and begin from it.',
  );
}
