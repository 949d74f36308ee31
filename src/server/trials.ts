import { createHash } from 'node:crypto';
import type { Store } from '../store/store.ts';

/** How long a trial counts: milliseconds. */
const time = 86_400_000;

/**
 * Keeps that somebody saw what a text would do in the place of the policy with that digest, so that what one costs is
 * seen before it is paid. Every replica knows it.
 */
export async function noteTrial(store: Store, text: string, base: string, now: number): Promise<void> {
  const trial = { textDigest: digestOf(text), base, at: now };
  await store.write((tx) => tx.proposing((proposals) => proposals.noteTrial(trial)));
}

/** Whether somebody did, within a day. */
export async function isTried(store: Store, text: string, base: string, now: number): Promise<boolean> {
  const at = await store.proposals.triedAt({ textDigest: digestOf(text), base });
  return at !== undefined && now - at < time;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
