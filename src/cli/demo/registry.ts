import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { indexPath } from '../../cargo/index-path.ts';
import { type CrateFile, crateFile, type StandIn } from './crate-file.ts';

interface Shelved extends CrateFile {
  readonly standIn: StandIn;
  readonly pubtime: string;
  yanked: boolean;
}

/** A sparse registry on this machine, for as long as the demonstration takes. */
export class DemoRegistry {
  readonly #shelf = new Map<string, Shelved[]>();
  readonly #server = createServer((request, response) => this.#answer(request.url ?? '/', response));

  /** Starts to listen on a free port of the loopback interface. */
  async open(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    await promise;
  }

  /** The URL of its index. */
  get index(): string {
    return `${this.#url}/index/`;
  }

  get #url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** `pubtime` is RFC 3339. Returns the release's checksum. */
  async publish(standIn: StandIn, pubtime: string): Promise<string> {
    const file = await crateFile(standIn);
    const releases = this.#shelf.get(standIn.name) ?? [];
    releases.push({ ...file, standIn, pubtime, yanked: false });
    this.#shelf.set(standIn.name, releases);
    return file.checksum;
  }

  yank(name: string, version: string): void {
    for (const release of this.#shelf.get(name) ?? []) {
      if (release.standIn.version === version) release.yanked = true;
    }
  }

  /** Deletes a release, and with its last one the crate. */
  remove(name: string, version: string): void {
    const left = (this.#shelf.get(name) ?? []).filter(({ standIn }) => standIn.version !== version);
    if (left.length > 0) this.#shelf.set(name, left);
    else this.#shelf.delete(name);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(url: string, response: ServerResponse): void {
    if (url === '/index/config.json') {
      response.end(JSON.stringify({ dl: `${this.#url}/dl`, api: this.#url }));
      return;
    }
    const [, crate = '', version = ''] = /^\/dl\/([^/]+)\/([^/]+)\/download$/.exec(url) ?? [];
    const release = this.#shelf.get(crate)?.find(({ standIn }) => standIn.version === version);
    const releases = [...this.#shelf.entries()].find(([name]) => url === `/index/${indexPath(name)}`)?.[1];
    if (release !== undefined) response.end(release.bytes);
    else if (releases !== undefined) response.end(releases.map(indexLine).join(''));
    else response.writeHead(404).end();
  }
}

function indexLine({ standIn, checksum, pubtime, yanked }: Shelved): string {
  const deps = Object.entries(standIn.dependencies ?? {}).map(([name, version]) => ({
    name,
    req: `^${version}`,
    features: [],
    optional: false,
    default_features: true,
    target: null,
    kind: 'normal',
  }));
  const { name, version } = standIn;
  return `${JSON.stringify({ name, vers: version, deps, cksum: checksum, features: {}, yanked, pubtime })}\n`;
}
