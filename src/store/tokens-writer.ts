import { sql, type Transaction } from 'kysely';
import type { SignInLinkRecord, TokenRecord } from './records.ts';
import { decodeRow } from './table.ts';
import { signInLinks, type Tables } from './tables.ts';

// What ends with a token or a session, and whose they are, in a transaction that is open.

/** The persons whom a new token concerns: who had one of its name, and whose it is. */
export async function personsOf(
  tx: Transaction<Tables>,
  { name, owner }: Pick<TokenRecord, 'name' | 'owner'>,
): Promise<ReadonlySet<string>> {
  return new Set([await ownerOf(tx, name), owner ?? name]);
}

/** Ends a token; `false`: none of that name lived. */
export async function revokeToken(tx: Transaction<Tables>, name: string, at: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('tokens')
    .set({ revoked_at: at })
    .where('name', '=', name)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await endAuthor(tx, await ownerOf(tx, name), at);
  return numUpdatedRows > 0n;
}

/** Says when tokens were last used: epoch milliseconds by name. */
export async function noteTokenUses(
  tx: Transaction<Tables>,
  uses: ReadonlyMap<string, number>,
): Promise<void> {
  for (const [name, at] of uses)
    await tx
      .updateTable('tokens')
      .set({ used_at: at })
      .where('name', '=', name)
      .where(({ or, eb }) => or([eb('used_at', 'is', null), eb('used_at', '<', at)]))
      .execute();
}

/** Ends where somebody is signed in, and says in how many places. */
export async function endSessionsOf(tx: Transaction<Tables>, name: string, at: number): Promise<number> {
  // Names that differ in case are one person's (`policy/people.ts`); these are ASCII.
  const isTheirs = sql<boolean>`lower(name) = ${name.toLowerCase()}`;
  const rows = await tx.selectFrom('web_sessions').select('name').where(isTheirs).execute();
  await tx.deleteFrom('web_sessions').where(isTheirs).execute();
  for (const written of new Set(rows.map((row) => row.name ?? name))) await endAuthor(tx, written, at);
  return rows.length;
}

/** Takes a link, which nobody can take again; `undefined`: there is none that lives. */
export async function takeSignInLink(
  tx: Transaction<Tables>,
  digest: string,
  now: number,
): Promise<SignInLinkRecord | undefined> {
  await tx.deleteFrom('sign_in_links').where('ends_at', '<=', now).execute();
  const row = await tx
    .selectFrom('sign_in_links')
    .selectAll()
    .where('digest', '=', digest)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  await tx.deleteFrom('sign_in_links').where('digest', '=', digest).execute();
  return decodeRow(signInLinks, row);
}

/** Whatever was done with the token so far was done with one that ended, if it had not before. */
export async function endAuthor(tx: Transaction<Tables>, name: string, at: number): Promise<void> {
  for (const table of ['break_glass', 'decisions', 'policy_proposals'] as const)
    await tx
      .updateTable(table)
      .set({ author_ended_at: at })
      .where('by', '=', name)
      .where(({ or, eb }) => or([eb('author_ended_at', 'is', null), eb('author_ended_at', '>', at)]))
      .execute();
}

/** The person whose the token of that name is, or was. */
async function ownerOf(tx: Transaction<Tables>, name: string): Promise<string> {
  const row = await tx.selectFrom('tokens').select('owner').where('name', '=', name).executeTakeFirst();
  return row?.owner ?? name;
}
