/** An archive whose reading takes longer than it may: its process ends, it is not handed out unread, and others are. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { archivePool } from '../../src/registry/judgement/archive-pool.ts';
import type { BlobHandle } from '../../src/store/store.ts';
import { makeCrate } from '../support/crate.ts';
import { stage } from '../support/stage.ts';

describe('an archive that takes longer than it may', () => {
  const { name: crate, version, checksum, bytes } = makeCrate({ name: 'slow', version: '1.0.0' });
  const release = { crate, version, checksum };
  const blob: BlobHandle = {
    size: bytes.length,
    path: undefined,
    read: async () => Buffer.from(bytes),
    stream: () => assert.fail('it is read at once'),
    close: async () => {},
  };

  it('is given up with its reason, by which the pool is not stopped', async (t) => {
    // No process starts within a millisecond.
    const hasty = archivePool(1, 1);
    t.after(() => hasty.close());
    for (let i = 0; i < 3; i++)
      await assert.rejects(hasty.read(blob, release, 'whole'), {
        code: 'registry/too-slow',
        message: 'reading slow 1.0.0 took longer than 0.001 seconds: unread it is not handed out',
      });
    const patient = archivePool(1);
    t.after(() => patient.close());
    assert.equal((await patient.read(blob, release, 'whole')).archive.checksum, checksum);
  });

  it('is not handed out, and cargo reads why; once it may take longer, it is', async (t) => {
    const s = await stage(t, { config: '[limits]\nreading-time = "0s"\n' });
    s.publish('slow', '1.0.0');
    assert.deepEqual(await s.offered('slow'), ['1.0.0']);
    const refused = await s.download('slow', '1.0.0');
    assert.equal(refused.status, 502, refused.text);
    assert.match(
      refused.text,
      /^reading slow 1\.0\.0 took longer than 0 seconds: unread it is not handed out$/m,
    );
    // Whoever looks at the index meanwhile is answered, and nothing was written of it.
    assert.deepEqual(await s.offered('slow'), ['1.0.0']);
    await s.restart({ config: '' });
    assert.equal((await s.download('slow', '1.0.0')).status, 200);
  });

  it('stays held where it is new, and is asked for again', async (t) => {
    const s = await stage(t, { config: '[limits]\nreading-time = "0s"\n' });
    s.publish('slow', '1.0.0', { pubtime: '2020-01-01T00:00:00Z' });
    await s.index('slow');
    s.publish('slow', '1.1.0');
    await s.pass('1h');
    assert.match(
      s.mirror.log.join('\n'),
      /slow@1\.1\.0 could not be judged: reading slow 1\.1\.0 took longer/,
    );
    await s.pass('31d');
    assert.deepEqual(await s.offered('slow'), ['1.0.0']);
    await s.restart({ config: '' });
    await s.pass('1d');
    assert.deepEqual(await s.offered('slow'), ['1.0.0', '1.1.0']);
  });
});
