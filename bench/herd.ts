import { makeCrate } from '../tests/support/crate.ts';
import { herd } from '../tests/support/http.ts';
import { startMirror } from '../tests/support/mirror.ts';
import { isDownload, isIndex, startUpstream } from '../tests/support/upstream.ts';

/** How many requests an upstream sees when `count` clients ask at once for one index file, then for one release. */
export async function herdOnUpstream(count: number): Promise<string> {
  const upstream = await startUpstream();
  upstream.publish(makeCrate({ name: 'hot', version: '1.0.0' }));
  const mirror = await startMirror({ upstream: upstream.indexUrl, clock: { now: Date.now } });
  try {
    await herd(`${mirror.url}/index/3/h/hot`, count);
    await herd(`${mirror.url}/crates/hot/1.0.0/download`, count);
    return `${upstream.requests.count(isIndex('hot'))} for the index file, ${upstream.requests.count(isDownload('hot'))} for the release`;
  } finally {
    await mirror.close();
    await upstream.close();
  }
}
