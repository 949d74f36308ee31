/** A scriptable upstream with a mirror before it, and the few looks at them that every suite takes. */
import { createCipheriv } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { parseIndexLine } from '../../src/cargo/index-entry.ts';
import { type TestClock, testClock } from './clock.ts';
import { type Crate, type CrateOptions, makeCrate } from './crate.ts';
import { get, type HttpOptions, type HttpResponse } from './http.ts';
import { type MirrorOptions, startMirror, type TestMirror } from './mirror.ts';
import type { Cleanup } from './temp.ts';
import { startUpstream, type Upstream, type UpstreamOptions } from './upstream.ts';
import { type PublishOptions, prefixOf } from './upstream-shelf.ts';

export type SceneOptions = {
  readonly upstream?: UpstreamOptions;
  readonly mirror?: Partial<MirrorOptions>;
  readonly at?: string;
};

export type Scene = {
  readonly upstream: Upstream;
  readonly mirror: TestMirror;
  readonly clock: TestClock;
  /** Publishes a crate upstream; `pubtime` is the clock's time where the release is to be new. */
  publish(crate: CrateOptions, options?: PublishOptions): Crate;
  /** The mirror's index file of a crate. */
  index(name: string, options?: HttpOptions): Promise<HttpResponse>;
  download(name: string, version: string, options?: HttpOptions): Promise<HttpResponse>;
};

export async function startScene(t: Cleanup, options: SceneOptions = {}): Promise<Scene> {
  const upstream = await startUpstream(options.upstream);
  t.after(() => upstream.close());
  const clock = testClock(options.at ?? '2026-09-01T12:00:00Z');
  const mirror = await startMirror({ upstream: upstream.indexUrl, clock, ...options.mirror }, t);
  return {
    upstream,
    mirror,
    clock,
    publish(crate, published) {
      const made = makeCrate(crate);
      upstream.publish(made, published);
      return made;
    },
    index: (name, http) => get(mirror.url + indexPathOf(name), http),
    download: (name, version, http) => get(mirror.url + downloadPathOf(name, version), http),
  };
}

export function indexPathOf(name: string): string {
  const key = name.toLowerCase();
  return `/index/${prefixOf(key)}/${key}`;
}

export function downloadPathOf(name: string, version: string): string {
  return `/crates/${name}/${version}/download`;
}

/** Versions of an index file that cargo may pick: those that are not yanked. */
export function usableVersions(answer: HttpResponse): string[] {
  return linesOf(answer)
    .map((line) => parseIndexLine(line))
    .filter(({ yanked }) => !yanked)
    .map(({ vers }) => vers);
}

/** The lines of an index file, without their newlines. */
export function linesOf(answer: HttpResponse): string[] {
  const gzipped = answer.headers['content-encoding'] === 'gzip';
  const text = (gzipped ? gunzipSync(answer.body) : answer.body).toString('utf8');
  return text.split('\n').filter((line) => line !== '');
}

/** Bytes that no compression shrinks, the same every time. */
export function noise(size: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(size));
}
