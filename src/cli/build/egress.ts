import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Asker, type EgressEntry, openEgressProxy } from '../../build/egress/proxy.ts';
import type { BuildRecord } from '../../build/record/build-record.ts';
import type { Refused } from '../../build/record/refusal.ts';
import type { Refusal } from '../../build/record/report.ts';
import { entryFor, type Permit } from '../../build/run/permits.ts';
import type { RelayPlace } from '../../build/sandbox/bubblewrap.ts';
import type { AllowedEgress, BuildSettings } from '../../policy/build-allow.ts';

/** The way out of a build, for what its policy names. */
export interface Egress {
  readonly relay: RelayPlace;
  readonly entries: () => readonly EgressEntry[];
  readonly close: () => Promise<void>;
}

/** The port that programs inside find the proxy at; the network is the build's own. */
const port = 3128;

/** Opens it where the policy names anything; a build without is one without a network. */
export async function openEgress(
  record: BuildRecord,
  permits: readonly Permit[],
  settings: BuildSettings,
): Promise<Egress | undefined> {
  if (!permits.some(({ entry }) => entry.egress.length > 0)) return undefined;
  // The path of a socket has at most 107 bytes (unix(7)).
  const folder = mkdtempSync(join(tmpdir(), 'safeguard-egress-'));
  const socket = join(folder, 'proxy');
  const proxy = await openEgressProxy(socket, {
    askerOf: async (inode): Promise<Asker | undefined> => {
      const by = await record.askerOf(inode);
      return by === undefined ? undefined : { by, allowed: allowedFor(by, permits) };
    },
    most: settings['egress-bytes'],
    isPrivateAllowed: settings['private-egress'],
  });
  return {
    relay: { socket, port },
    entries: proxy.entries,
    close: async () => {
      await proxy.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What each of those may reach that may have asked. */
function allowedFor({ kind, crates }: Refused, permits: readonly Permit[]): readonly AllowedEgress[] {
  const lists = crates.map((crate) => entryFor(permits, kind, crate)?.egress ?? []);
  const [first = [], ...others] = lists;
  return first.filter((one) =>
    others.every((list) => list.some((other) => JSON.stringify(other) === JSON.stringify(one))),
  );
}

/** What was refused, as it is told of others; and how often it could not be told whose it was. */
export function refusedRequests(entries: readonly EgressEntry[]): {
  readonly refusals: readonly Refusal[];
  readonly unknown: readonly EgressEntry[];
} {
  const refused = entries.filter((one) => one.refused !== undefined);
  return {
    refusals: refused.flatMap(({ by, host = '?', port: at = 0, method, path, refused: reason = '' }) =>
      by === undefined
        ? []
        : [
            {
              by,
              act: {
                kind: 'request',
                host,
                port: at,
                ...(method === undefined ? {} : { method }),
                ...(path === undefined ? {} : { path }),
                reason,
              },
              // Others are nothing that a line would change.
              isAllowable: reason.startsWith('no policy') && isName(host),
            },
          ],
    ),
    unknown: refused.filter(({ by }) => by === undefined),
  };
}

/** A policy names hosts by their names. */
function isName(host: string): boolean {
  return /(?:^|\.)[a-z][a-z0-9-]*[a-z0-9]$/.test(host);
}
