/** Checks of one person at the same time: what one has read the others need not read again. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it, type TestContext } from 'node:test';
import { type FactsHere, factsHere } from '../../src/server/check-here.ts';
import { folder } from '../cli/support.ts';
import { makeCrate } from '../support/crate.ts';
import { isDownload, startUpstream } from '../support/upstream.ts';

const names = Array.from({ length: 40 }, (_, i) => `crate-${i}`);

async function scene(t: TestContext) {
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  const script = 'fn main() { println!("cargo::rustc-cfg=a"); }\n'.repeat(40);
  for (const name of names)
    upstream.publish(makeCrate({ name, version: '1.0.0', buildScript: `${script.slice(0, -3)} }` }), {
      pubtime: '2020-01-01T00:00:00Z',
    });
  const env = { XDG_CACHE_HOME: folder(t), SAFEGUARD_ADVISORY_DB: 'none' };
  const open = async (offline = false): Promise<FactsHere> => {
    const facts = await factsHere({ upstream: upstream.indexUrl, advised: false, offline }, env);
    t.after(() => facts.close());
    return facts;
  };
  /** Of how many the code is known. */
  const known = async (facts: FactsHere) => {
    const source = `sparse+${upstream.indexUrl}`;
    const asked = names.map((crate) => ({ crate, version: '1.0.0', source, bytes: true }) as const);
    const { answers } = await facts.facts(asked);
    return answers.filter((answer) => answer?.facts.code?.kind === 'known').length;
  };
  /** As a newer version would leave them. */
  const makeNewer = (cache: string) => {
    const home = join(env.XDG_CACHE_HOME, 'safeguard', cache);
    const [file] = globSync(join(home, '*', 'safeguard.db'));
    const database = new DatabaseSync(file ?? '');
    database.exec("insert into schema_migrations (name, at) values ('999-later', 1)");
    database.close();
  };
  return { upstream, open, known, makeNewer };
}

it('one that begins while another one works knows what that one has read', async (t) => {
  const { upstream, open, known } = await scene(t);
  const first = await open();
  assert.equal(await known(first), names.length);
  const downloads = upstream.requests.count(isDownload());
  // The first is still there, and holds its cache.
  const second = await open(true);
  assert.equal(await known(second), names.length);
  await second.close();
  // Nor is anything fetched again by who may.
  const third = await open();
  assert.equal(await known(third), names.length);
  assert.equal(upstream.requests.count(isDownload()), downloads);
});

it('what the second has read is there for the next, once both are gone', async (t) => {
  const { open, known } = await scene(t);
  const idle = await open();
  const busy = await open();
  assert.equal(await known(busy), names.length);
  await Promise.all([idle.close(), busy.close()]);
  assert.equal(await known(await open(true)), names.length);
});

it('those of a newer and an older version are no obstacle to each other', async (t) => {
  const { open, known, makeNewer } = await scene(t);
  const before = await open();
  const beside = await open();
  await Promise.all([before.close(), beside.close()]);
  makeNewer('mirror');
  makeNewer('mirror-2');
  const first = await open();
  assert.equal(await known(first), names.length);
  makeNewer('mirror-3');
  // Still held, and of no use to this version by now.
  const second = await open();
  await Promise.all([first.close(), second.close()]);
  makeNewer('mirror-4');
  const own = await open();
  const ownToo = await open();
  assert.equal(await known(own), names.length);
  await Promise.all([own.close(), ownToo.close()]);
  assert.equal(await known(await open(true)), names.length);
});
