import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { type DumpAnswer, downloadDump, dumpAddress } from '../facts/dump/download.ts';
import { DumpError } from '../facts/dump/error.ts';
import { apiAddress, MaintainersApi } from '../facts/maintainers/api.ts';
import { httpFetch } from '../facts/maintainers/fetch.ts';
import type { Stopwatch } from '../facts/stopwatch.ts';
import { sayDuration } from '../policy/duration.ts';
import type { DumpPlan } from '../registry/errands/dumps.ts';
import { RegistryError } from '../registry/error.ts';
import { hasCredentials } from '../registry/upstream/address.ts';
import type { PeoplePlan } from '../registry/watch.ts';
import type { ServerConfig } from './config.ts';

/** What makes the plan beside the configuration. */
export interface PeopleParts {
  /** Names of the upstreams, the default one first. */
  readonly upstreams: readonly string[];
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Resolves after so many milliseconds; absent: by the machine's clock. */
  readonly wait?: ((milliseconds: number) => Promise<void>) | undefined;
  /** Absent: the machine's. */
  readonly stopwatch?: Stopwatch | undefined;
}

/** Reads where people, popularity and names come from. Throws `RegistryError` `registry/bad-config`. */
export function peoplePlan(config: ServerConfig, parts: PeopleParts): PeoplePlan {
  return { dump: dumpPlan(config, parts), api: apiPlan(config, parts) };
}

/** What is in force, in one line for whoever starts the server. */
export function sayPeople({ dump, api }: PeoplePlan): string {
  const sources = [
    ...(dump?.open === undefined
      ? []
      : [`the database dump of ${dump.registry} (${dump.from}, every ${sayDuration(dump.every)})`]),
    ...(api === undefined ? [] : [`the API of ${api.registry} (at most one request a second)`]),
  ];
  return sources.length === 0
    ? 'owners and publishers are not known: set [dump] or [registry-api] in server.toml'
    : `owners and publishers from ${sources.join(' and ')}`;
}

function dumpPlan(config: ServerConfig, parts: PeopleParts): DumpPlan | undefined {
  const { dump } = config;
  if (dump === undefined) return undefined;
  const { from, interval: every } = dump;
  refuseCredentials('dump', from);
  const { stopwatch } = parts;
  const registry = upstreamOf('dump', dump.upstream, parts);
  if (from === 'none') return { registry, from, every };
  if (from.includes('/') && !isUrl(from))
    return { registry, from, every, open: (etag) => openFile(from, etag) };
  const contact = contactOf('dump', config);
  const url = isUrl(from) ? from : dumpAddress(from);
  return { registry, from, every, open: (etag) => downloadDump(url, { etag, contact, stopwatch }) };
}

function apiPlan(config: ServerConfig, parts: PeopleParts): PeoplePlan['api'] {
  const section = config['registry-api'];
  if (section === undefined) return undefined;
  refuseCredentials('registry-api', section.from);
  const registry = upstreamOf('registry-api', section.upstream, parts);
  const { clock: now, wait = (milliseconds: number) => setTimeout(milliseconds) } = parts;
  const api = new MaintainersApi({
    registry,
    api: apiAddress(section.from, isUrl(section.from) ? section.from : undefined),
    contact: contactOf('registry-api', config),
    fetch: httpFetch(parts.stopwatch),
    now,
    wait,
  });
  return { registry, api };
}

function upstreamOf(section: string, named: string | undefined, { upstreams }: PeopleParts): string {
  const upstream = named ?? upstreams[0] ?? '';
  if (upstreams.includes(upstream)) return upstream;
  const message = `[${section}] names the upstream "${upstream}", and there is none of that name`;
  throw new RegistryError('registry/bad-config', message);
}

function refuseCredentials(section: string, from: string): void {
  if (!hasCredentials(from)) return;
  const message = `[${section}] has a user or a password in \`from\`, which would be shown wherever the address is: take it out`;
  throw new RegistryError('registry/bad-config', message);
}

function contactOf(section: string, { contact }: ServerConfig): string {
  if (contact !== undefined) return contact;
  const message = `[${section}] needs \`contact\`, a mail address or URL of whoever runs this server: registries want to know who asks`;
  throw new RegistryError('registry/bad-config', message);
}

function isUrl(text: string): boolean {
  return /^https?:\/\//.test(text);
}

/** A dump that lies in a file; its time and size tell one from another. */
async function openFile(file: string, known: string | undefined): Promise<DumpAnswer> {
  try {
    const { mtimeMs, size } = await stat(file);
    const etag = `${mtimeMs}-${size}`;
    return etag === known ? { kind: 'unchanged' } : { kind: 'dump', stream: createReadStream(file), etag };
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    throw new DumpError('dump/unreachable', `The dump cannot be read: ${because}.`, error);
  }
}
