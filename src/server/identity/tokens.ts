import { createHash, randomBytes } from 'node:crypto';
import type { TokenRecord } from '../../store/records.ts';
import type { NewToken, StoreWriter } from '../../store/store.ts';

/** What every token begins with, so that whoever finds one in a log or a repository knows what it is. */
const prefix = 'sg_';

/** The person whose a token is: acts are his, whichever of his tokens he uses. */
export function ownerOf({ name, owner }: Pick<TokenRecord, 'name' | 'owner'>): string {
  return owner ?? name;
}

/** A new token: 256 random bits. Only its digest is kept, so it is shown this once. */
export async function issueToken(tx: StoreWriter, token: Omit<NewToken, 'hash'>): Promise<string> {
  const text = `${prefix}${randomSecret()}`;
  await tx.putToken({ ...token, hash: hashOf(text) });
  return text;
}

/** 256 random bits, as a text that an address can have. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept of a token: its SHA-256 (hex). Tokens are random, so that finding one by its digest gives nothing of it away. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
