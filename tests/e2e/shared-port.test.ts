/** Several replicas of one machine at one address. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { finished, main, safeguard, start } from '../cli/support.ts';
import { freshDatabase, postgresAvailable } from '../support/postgres.ts';
import { tempDir } from '../support/temp.ts';

const skip = process.platform === 'win32' ? 'no port is shared here' : (postgresAvailable() ?? false);

test('with --share-port several replicas answer at one address, and one goes on when another one ends', {
  skip,
}, async (t) => {
  const { url, drop } = await freshDatabase();
  t.after(drop);
  const data = tempDir(t);
  const replica = (listen: string, ...more: string[]) =>
    startReplica(t, data, [
      ...['serve', '--listen', listen, '--data', data, '--database', url],
      ...['--upstream', 'http://127.0.0.1:1/', '--advisory-db', 'none', ...more],
    ]);
  const first = await replica('127.0.0.1:0', '--share-port');
  const { port } = new URL(first.url);
  const second = await replica(`127.0.0.1:${port}`, '--share-port');
  assert.equal(second.url, first.url);

  // Whoever does not say that it shares does not come in between.
  const words = ['serve', '--listen', `127.0.0.1:${port}`, '--data', tempDir(t), '--database', url];
  const third = await safeguard([...words, '--upstream', 'http://127.0.0.1:1/', '--advisory-db', 'none'], {
    cwd: data,
  });
  assert.equal(third.code, 70, third.stderr);
  assert.match(third.stderr, /cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/);

  const answers = () =>
    Promise.all(
      Array.from({ length: 20 }, async () => {
        const { status } = await fetch(`${first.url}/readyz`, { headers: { connection: 'close' } });
        return status;
      }),
    );
  assert.deepEqual(new Set(await answers()), new Set([200]));
  await first.end();
  assert.deepEqual(new Set(await answers()), new Set([200]));
  // What finds a server by its data folder finds the one that is left.
  const note = JSON.parse(readFileSync(join(data, 'server.json'), 'utf8')) as { pid: number };
  assert.equal(note.pid, second.pid);
  await second.end();
});

test('a server with a database of its own has nobody to share its port with', async (t) => {
  const data = tempDir(t);
  const ran = await safeguard(['serve', '--listen', '127.0.0.1:0', '--data', data, '--share-port'], {
    cwd: data,
  });
  assert.equal(ran.code, 70);
  assert.match(ran.stderr, /nobody shares this one’s own database\. Name theirs by --database/);
});

interface Replica {
  readonly url: string;
  readonly pid: number;
  end(): Promise<void>;
}

/** A process of its own; resolves once it answers. */
async function startReplica(t: TestContext, cwd: string, args: readonly string[]): Promise<Replica> {
  const child = start(process.execPath, [main, ...args], { cwd });
  t.after(() => child.kill('SIGKILL'));
  const ended = finished(child);
  const said = Promise.withResolvers<string>();
  let text = '';
  child.stdout?.on('data', (piece: Buffer) => {
    text += piece.toString('utf8');
    const found = /Safeguard is at (\S+)/.exec(text)?.[1];
    if (found !== undefined) said.resolve(found);
  });
  const url = await Promise.race([
    said.promise,
    ended.then(({ stderr }) => Promise.reject(new Error(stderr))),
  ]);
  const end = async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  };
  return { url, pid: child.pid ?? 0, end };
}
