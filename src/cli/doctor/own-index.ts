import { z } from 'zod';
import { isLoopback, type ServerAddress } from '../shared/address.ts';
import { ask } from '../shared/api.ts';
import { CliError } from '../shared/error.ts';

/** What a sparse index is called, where a server hands it out itself. */
export interface OwnIndex {
  /** Absent: its default registry. */
  readonly registry?: string;
}

/** Tells a server's own indexes by their address, with or without `sparse+`; `undefined` for another place. */
export type OwnIndexes = (index: string) => OwnIndex | undefined;

const configSchema = z.looseObject({ api: z.string() });

/** The indexes of a server, under the address that it was asked at and under the one that it tells cargo. */
export async function ownIndexes(server: ServerAddress): Promise<OwnIndexes> {
  try {
    const { value } = await ask(server, { path: '/index/config.json' }, configSchema);
    return indexesOf([server.url, value.api]);
  } catch (error) {
    // Whether it answers is another check.
    if (!(error instanceof CliError)) throw error;
    return indexesOf([server.url]);
  }
}

function indexesOf(bases: readonly string[]): OwnIndexes {
  const own = bases.flatMap((base) => URL.parse(base) ?? []);
  return (index) => {
    const url = URL.parse(index.replace(/^sparse\+/, ''));
    if (url === null) return undefined;
    for (const base of own) {
      const below = base.pathname.replace(/\/*$/, '');
      if (!isSameHost(url, base) || !url.pathname.startsWith(`${below}/`)) continue;
      const path = url.pathname.slice(below.length);
      const [, registry] = /^\/(?:registries\/([^/]+)\/)?index\/?$/.exec(path) ?? [];
      if (registry !== undefined) return { registry: decodeURIComponent(registry) };
      if (/^\/index\/?$/.test(path)) return {};
    }
    return undefined;
  };
}

/** A machine has several names for itself. */
function isSameHost(a: URL, b: URL): boolean {
  if (a.origin === b.origin) return true;
  return a.protocol === b.protocol && a.port === b.port && isLoopback(a.href) && isLoopback(b.href);
}
