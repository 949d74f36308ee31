import type { MaintainersApi } from '../../facts/maintainers/api.ts';
import type { PeopleRecord } from '../../store/records.ts';
import type { StoreWriter } from '../../store/store.ts';
import { type MirrorContext, settleNow } from '../context.ts';
import { claimTurn } from './claim.ts';
import { waitAfter } from './wanted-people.ts';

/** How long one replica may take over asking about a crate before another one tries: milliseconds. */
const lease = 2 * 60_000;
/** Milliseconds between two crates, over all replicas: each takes two requests, and one a second is polite. */
const pace = 2_000;
/** How long a registry that wants to be left alone is left alone at most: milliseconds. */
const longest = 25 * 60 * 60_000;

/** Asks a registry's web API about the crates that are due, until none is or it is another replica's turn. */
export async function askDue(
  context: MirrorContext,
  registry: string,
  api: MaintainersApi,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const due = await claim(context, registry);
    if (due === undefined) return;
    await ask(context, api, due);
  }
}

/** The next crate that is due, made this replica's, where it is not too soon for another request. */
async function claim({ store, now }: MirrorContext, registry: string): Promise<PeopleRecord | undefined> {
  if ((await store.nextPeople(registry, now())) === undefined) return undefined;
  return await store.write(async (tx) => {
    const at = now();
    const due = await tx.nextPeople(registry, at);
    if (due === undefined) return undefined;
    if ((await claimTurn(tx, turnOf(registry), at, { every: pace, longest })) === undefined) return undefined;
    await tx.putPeople({ ...due, askAt: at + lease });
    return due;
  });
}

async function ask(context: MirrorContext, api: MaintainersApi, due: PeopleRecord): Promise<void> {
  const { store, now, journal } = context;
  const { registry, key } = due;
  const result = await api.ask(due.name);
  const failures = due.failures + 1;
  const record: PeopleRecord =
    result.kind === 'answer'
      ? {
          ...due,
          askAt: null,
          at: result.answer.at,
          answer: JSON.stringify(result.answer),
          failures,
          reason: null,
        }
      : { ...due, askAt: result.retryAt ?? now() + waitAfter(due.failures), failures, reason: result.reason };
  await store.write(async (tx) => {
    await tx.putPeople(record);
    if (result.kind === 'none' && result.retryAt !== undefined) await rest(tx, registry, result.retryAt);
  });
  if (result.kind === 'none') journal.trouble(`${key}: ${result.reason}`, { registry });
  if (record.answer === due.answer && record.reason === due.reason) return;
  await settleNow(context, { registry, key, actor: 'registry-api', update: { kind: 'again' } });
}

/** Where a registry wants to be left alone, every replica leaves it alone. */
async function rest(tx: StoreWriter, registry: string, until: number): Promise<void> {
  const turn = await tx.feed(turnOf(registry));
  if (turn !== undefined) await tx.putFeed({ ...turn, triedAt: Math.max(turn.triedAt, until - pace) });
}

function turnOf(registry: string): string {
  return `api:${registry}`;
}
