import { readFileSync } from 'node:fs';
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { OutgoingClient } from '../../facts/outgoing/client.ts';

/** Public keys of a CI, as they are found for a token's header. */
export interface CiKeys {
  readonly find: JWTVerifyGetKey;
  readonly close: () => Promise<void>;
}

/** Where no keys came from. */
export class CiKeysError extends Error {
  override readonly name = 'CiKeysError';
}

/** How long keys are kept, and how soon they are asked for again where a token names another: milliseconds. */
const keptFor = 10 * 60_000;
const soonest = 30_000;
/** Bytes of a set of keys. */
const most = 256 * 1024;

/** Keys that are pinned. Throws `CiKeysError`. */
export function pinnedKeys(file: string): CiKeys {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CiKeysError(`the keys ${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
  return { find: keySet(text, file), close: async () => {} };
}

/** Keys at an address, read when a token comes; `elapsed` is a clock that only grows, in milliseconds. */
export function keysAt(url: string, elapsed: () => number): CiKeys {
  const client = new OutgoingClient({ start: url, timeout: 10_000 });
  let kept: { readonly find: JWTVerifyGetKey; readonly at: number } | undefined;
  let reading: Promise<JWTVerifyGetKey> | undefined;
  const read = async () => {
    const { statusCode, body } = await client.get(url, { headers: { accept: 'application/json' } });
    let text = '';
    for await (const part of body) {
      text += String(part);
      if (text.length > most) throw new CiKeysError(`${url} answers more than a set of keys`);
    }
    if (statusCode !== 200) throw new CiKeysError(`${url} answers with status ${statusCode}`);
    const find = keySet(text, url);
    kept = { find, at: elapsed() };
    return find;
  };
  /** One reading for all who wait. */
  const fresh = async () => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    try {
      return await reading;
    } catch (cause) {
      if (cause instanceof CiKeysError) throw cause;
      throw new CiKeysError(`${url} does not give its keys: ${(cause as Error).message}`, { cause });
    }
  };
  return {
    find: async (header, token) => {
      const age = kept === undefined ? Number.POSITIVE_INFINITY : elapsed() - kept.at;
      const find = kept === undefined || age > keptFor ? await fresh() : kept.find;
      try {
        return await find(header, token);
      } catch (error) {
        // Keys are replaced now and then; whoever sends what nobody signed does not make us ask each time.
        if (kept === undefined || elapsed() - kept.at < soonest) throw error;
        return await (await fresh())(header, token);
      }
    },
    close: async () => await client.close(),
  };
}

/** Only keys whose secret half somebody else has. */
function keySet(text: string, from: string): JWTVerifyGetKey {
  try {
    const { keys } = JSON.parse(text) as JSONWebKeySet;
    return createLocalJWKSet({ keys: keys.filter(({ kty }) => kty !== 'oct') });
  } catch (cause) {
    throw new CiKeysError(`${from} is no set of public keys (RFC 7517)`, { cause });
  }
}
