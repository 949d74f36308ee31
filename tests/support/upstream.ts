/** A scriptable sparse registry on loopback: everything a mirror's upstream does, well or badly, on command. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Crate, IndexDependency } from './crate.ts';
import { conditional, json, text, type Validators } from './upstream-answers.ts';
import { type Answer, type Fault, Faults, type Hold, type Trickle } from './upstream-faults.ts';
import { type Predicate, type RequestLog, requestLog, type UpstreamRequest } from './upstream-requests.ts';
import { search } from './upstream-search.ts';
import { type PublishOptions, prefixOf, type Release, Shelf } from './upstream-shelf.ts';

export type { Fault, Hold } from './upstream-faults.ts';
export {
  isConfig,
  isDownload,
  isIndex,
  type Predicate,
  type RequestLog,
  type UpstreamRequest,
} from './upstream-requests.ts';
export type { PublishOptions } from './upstream-shelf.ts';

export type UpstreamOptions = Validators & {
  /** The `dl` of config.json; `{base}` is this upstream. Cargo's markers work; default `{base}/dl`. */
  readonly dlTemplate?: string;
  /** Downloads answer 302 to `/files/…`, as crates.io does to its CDN. */
  readonly redirectDownloads?: boolean;
  /** Whose time its answers say: epoch milliseconds, or nothing; absent: they say none. */
  readonly date?: () => number | undefined;
  /** Sent as config.json: a string verbatim, anything else as JSON. */
  readonly configJson?: unknown;
};

const DEFAULT_DL = '{base}/dl';
const MARKER = /\{(crate|version|prefix|lowerprefix|sha256-checksum)\}/g;
const ALWAYS: Predicate = () => true;

export async function startUpstream(options: UpstreamOptions = {}): Promise<Upstream> {
  const upstream = new Upstream(options);
  await upstream.comeBack();
  return upstream;
}

export class Upstream {
  readonly requests: RequestLog = requestLog();
  readonly #options: UpstreamOptions;
  readonly #shelf = new Shelf();
  readonly #faults = new Faults();
  /** Every path a release was ever downloadable at; what is gone answers 404. */
  readonly #downloads = new Map<string, Release>();
  #configJson: unknown;
  #server: Server | undefined;
  #port = 0;
  #seen = 0;

  /** Use `startUpstream`. */
  constructor(options: UpstreamOptions) {
    this.#options = options;
    this.#configJson = options.configJson;
  }

  /** `http://127.0.0.1:PORT`, no slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Where config.json and the index files are, with its slash at the end. */
  get indexUrl(): string {
    return `${this.url}/index/`;
  }

  /** The index as cargo's configuration wants it: `sparse+http://…/index/`. */
  get cargoUrl(): string {
    return `sparse+${this.indexUrl}`;
  }

  // --- what is published

  publish(crate: Crate, options: PublishOptions = {}): void {
    this.#shelve(this.#shelf.publish(crate, options));
  }

  yank(name: string, version: string): void {
    this.#shelf.yank(name, version, true);
  }

  unyank(name: string, version: string): void {
    this.#shelf.yank(name, version, false);
  }

  /** The line and the archive go; with the last release the index file goes too. */
  deleteRelease(name: string, version: string): void {
    this.#shelf.deleteRelease(name, version);
  }

  deleteCrate(name: string): void {
    this.#shelf.deleteCrate(name);
  }

  alterChecksum(name: string, version: string, checksum: string): void {
    this.#shelve(this.#shelf.alter(name, version, { cksum: checksum }));
  }

  alterDependencies(name: string, version: string, deps: readonly IndexDependency[]): void {
    this.#shelf.alter(name, version, { deps: [...deps] });
  }

  /** Arbitrary bytes as an index file; `null` goes back to the published lines. */
  setRawIndex(name: string, raw: Buffer | null): void {
    this.#shelf.setRaw(name, raw);
  }

  /** `undefined` goes back to the honest one. */
  setConfigJson(config: unknown): void {
    this.#configJson = config;
  }

  /** The index file exactly as served (before compression). Throws where it would be 404. */
  lines(name: string): Buffer {
    const lines = this.#shelf.lines(name);
    if (lines === undefined) throw new Error(`the upstream has no index file for ${name}`);
    return lines;
  }

  // --- faults

  /** Whoever fits waits, unanswered, until `release()`; then gets the answer of that moment. */
  holdResponses(predicate: Predicate = ALWAYS): Hold {
    return this.#faults.hold(predicate);
  }

  /** As `holdResponses`, after the head and the first `afterBytes` of the body: a stalled transfer. */
  holdBodies(predicate: Predicate, afterBytes: number): Hold {
    return this.#faults.holdBody(predicate, afterBytes);
  }

  /** Sends bodies byte by byte: a transfer that never stops and never ends. */
  trickleBodies(predicate: Predicate): Trickle {
    return this.#faults.trickle(predicate);
  }

  /** Declares the whole length, sends half of it, and breaks the connection. */
  cutBodies(predicate: Predicate = ALWAYS, times = Number.POSITIVE_INFINITY): Fault {
    return this.#faults.cut(predicate, times);
  }

  /** Downloads give these bytes, whatever the index's checksum says. */
  lieAboutBytes(name: string, version: string, otherBytes: Buffer): void {
    this.#shelf.lie(name, version, otherBytes);
  }

  failWith(
    status: number,
    predicate: Predicate = ALWAYS,
    times = Number.POSITIVE_INFINITY,
    headers: Readonly<Record<string, string>> = {},
  ): Fault {
    const answer = text(status, `scripted failure ${status}`);
    return this.#faults.fail(predicate, { ...answer, headers: { ...answer.headers, ...headers } }, times);
  }

  /** 429 with `Retry-After` in seconds. */
  throttle429(predicate: Predicate = ALWAYS, times = Number.POSITIVE_INFINITY, retryAfterSeconds = 1): Fault {
    return this.failWith(429, predicate, times, { 'retry-after': String(retryAfterSeconds) });
  }

  /** Ends every fault but a vanished socket and lies about bytes. */
  heal(): void {
    this.#faults.clear();
  }

  /** Refuses connections and breaks those there are. */
  async vanish(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  /** Listens again, on the same port. */
  async comeBack(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((request, response) => void this.#handle(request, response));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await this.vanish();
    this.heal();
  }

  // --- answering

  #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', this.url);
    const path = decodePath(url.pathname);
    const request: UpstreamRequest = {
      order: this.#seen++,
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: incoming.headers,
      ...this.#classify(path),
    };
    this.requests.push(request);
    response.sendDate = false;
    const time = this.#options.date?.();
    if (time !== undefined) response.setHeader('date', new Date(time).toUTCString());
    return this.#faults.answer(request, response, () => this.#answer(request, path, url.searchParams));
  }

  #classify(path: string): Pick<UpstreamRequest, 'kind' | 'crate' | 'version'> {
    const release = this.#downloads.get(path);
    if (release !== undefined)
      return { kind: 'download', crate: release.crate.name, version: release.crate.version };
    if (path === '/index/config.json') return { kind: 'config' };
    if (path === '/api/v1/crates') return { kind: 'search' };
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (path === `/index/${prefixOf(name)}/${name}` && name === name.toLowerCase())
      return { kind: 'index', crate: name };
    const [, crate, version] = /^\/dl\/([^/]+)\/([^/]+)\/download$/.exec(path) ?? [];
    return crate !== undefined && version !== undefined
      ? { kind: 'download', crate, version }
      : { kind: 'other' };
  }

  #answer(request: UpstreamRequest, path: string, query: URLSearchParams): Answer {
    if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'method not allowed');
    switch (request.kind) {
      case 'config':
        return conditional(request, this.#config(), 'application/json', this.#options);
      case 'index': {
        const name = request.crate ?? '';
        const lines = this.#shelf.lines(name);
        if (lines === undefined) return text(404, 'not found');
        return conditional(request, lines, 'text/plain', this.#options, this.#shelf.changedAt(name));
      }
      case 'download':
        return this.#download(path);
      case 'search':
        return json(search(this.#shelf.all(), query));
      default:
        return text(404, 'not found');
    }
  }

  #config(): Buffer {
    const dl = (this.#options.dlTemplate ?? DEFAULT_DL).replaceAll('{base}', this.url);
    const config = this.#configJson ?? { dl, api: this.url };
    return Buffer.from(typeof config === 'string' ? config : JSON.stringify(config));
  }

  #download(path: string): Answer {
    const release = this.#downloads.get(path);
    if (release === undefined || !this.#shelf.has(release)) return text(404, 'not found');
    if (this.#options.redirectDownloads && !path.startsWith('/files/')) {
      const location = `${this.url}${filePath(release.crate)}`;
      return { status: 302, headers: { location }, body: Buffer.alloc(0) };
    }
    return { status: 200, headers: { 'content-type': 'application/gzip' }, body: release.bytes };
  }

  /** Notes where a release can be downloaded: by template, and where a redirect leads. */
  #shelve(release: Release): void {
    const { crate, entry } = release;
    const template = this.#options.dlTemplate ?? DEFAULT_DL;
    const full = template.search(MARKER) >= 0 ? template : `${template}/{crate}/{version}/download`;
    const values: Record<string, string> = {
      crate: crate.name,
      version: crate.version,
      prefix: prefixOf(crate.name),
      lowerprefix: prefixOf(crate.name.toLowerCase()),
      'sha256-checksum': entry.cksum,
    };
    const url = full
      .replaceAll('{base}', this.url)
      .replace(MARKER, (_, marker: string) => values[marker] ?? '');
    this.#downloads.set(decodePath(new URL(url).pathname), release);
    this.#downloads.set(decodePath(filePath(crate)), release);
  }
}

function filePath({ name, version }: Crate): string {
  return `/files/${name}/${name}-${encodeURIComponent(version)}.crate`;
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
