/** HTTP/2 without TLS: for clients that offer the upgrade, as cargo does; nobody else notices. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { cargoProject, lockedReleases } from '../support/cargo.ts';
import { get } from '../support/http.ts';
import { indexPathOf, type Scene, startScene } from '../support/scene.ts';

const offer = {
  connection: 'Upgrade, HTTP2-Settings',
  upgrade: 'h2c',
  'http2-settings': 'AAMAAABkAAQAoAAAAAIAAAAA',
};
const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
/** A SETTINGS frame that sets nothing. */
const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

/** A connection that says what it is told to say, and keeps what it hears. */
async function speak(t: TestContext, scene: Scene) {
  const { hostname, port } = new URL(scene.mirror.url);
  const socket = connect(Number(port), hostname);
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  let heard = Buffer.alloc(0);
  socket.on('data', (piece: Buffer) => {
    heard = Buffer.concat([heard, piece]);
  });
  socket.on('error', () => undefined);
  return {
    socket,
    heard: () => heard,
    ask: (path: string, headers: Record<string, string> = offer, method = 'GET') => {
      const lines = Object.entries({ host: `${hostname}:${port}`, ...headers }).map(
        ([name, value]) => `${name}: ${value}\r\n`,
      );
      socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
    },
    hears: async (enough: (heard: Buffer) => boolean) => {
      while (!enough(heard)) await once(socket, 'data');
      return heard;
    },
  };
}

interface Frame {
  readonly type: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** The frames that came after the answer of HTTP/1.1. */
function framesOf(heard: Buffer): Frame[] {
  const frames: Frame[] = [];
  let at = heard.indexOf('\r\n\r\n') + 4;
  while (at + 9 <= heard.length && at + 9 + heard.readUIntBE(at, 3) <= heard.length) {
    const end = at + 9 + heard.readUIntBE(at, 3);
    frames.push({
      type: heard[at + 3] ?? 0,
      stream: heard.readUInt32BE(at + 5),
      payload: heard.subarray(at + 9, end),
    });
    at = end;
  }
  return frames;
}

/** The first bytes of a header block that says 200: the table that every connection begins with has it at 8. */
const says200 = ({ type, stream, payload }: Frame) => type === 1 && stream === 1 && payload[0] === 0x88;
const closed = (socket: Socket) => (socket.closed ? Promise.resolve() : once(socket, 'close'));

test('the real cargo shares one connection, cold and warm, and builds', async (t) => {
  const scene = await startScene(t);
  const names = Array.from({ length: 30 }, (_, i) => `word-${i}`);
  for (const name of names) scene.publish({ name, version: '1.0.0' });
  let connections = 0;
  let upgrades = 0;
  scene.mirror.server.app.server.on('connection', () => connections++).on('upgrade', () => upgrades++);
  for (const run of ['cold', 'warm']) {
    [connections, upgrades] = [0, 0];
    const project = cargoProject(
      {
        dependencies: Object.fromEntries(names.map((name) => [name, '1'])),
        registryUrl: scene.mirror.cargoUrl,
        main: 'fn main() { println!("{}", word_7::hello()); }\n',
      },
      t,
    );
    const fetched = await project.run(['fetch']);
    assert.equal(fetched.code, 0, `${run}: ${fetched.stderr}`);
    assert.equal(lockedReleases(await project.lockfile()).length, 31);
    assert.ok(upgrades >= 1, run);
    // One for the index, one for the downloads; each opens at most two.
    assert.ok(connections <= 4, `${run}: ${connections} connections`);
    if (run === 'cold') assert.equal((await project.run(['run', '--offline'])).stdout, 'hello\n');
  }
});

test('the request that offered is answered as the first of the new connection', async (t) => {
  const scene = await startScene(t);
  scene.publish({ name: 'word', version: '1.0.0' });
  const client = await speak(t, scene);
  // Longer than one byte can count, and with bytes beyond ASCII, as HTTP/1.1 lets them through.
  client.ask(indexPathOf('word'), { ...offer, 'user-agent': 'x'.repeat(9000), note: 'é' });
  await client.hears((heard) => heard.includes('\r\n\r\n'));
  assert.match(client.heard().toString('latin1'), /^HTTP\/1\.1 101 /);
  client.socket.write(preface);
  client.socket.write(settings);
  await client.hears((heard) => framesOf(heard).some(({ type, stream }) => type === 0 && stream === 1));
  const frames = framesOf(client.heard());
  assert.ok(frames.some(says200));
  const body = frames.filter(({ type, stream }) => type === 0 && stream === 1).map(({ payload }) => payload);
  assert.deepEqual(Buffer.concat(body), scene.upstream.lines('word'));
});

test('an offer with its first words in the same packet, or in single bytes, is understood', async (t) => {
  const scene = await startScene(t);
  const head = `GET /index/config.json HTTP/1.1\r\nhost: localhost\r\n${Object.entries(offer)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;
  const all = Buffer.concat([Buffer.from(head + preface), settings]);
  for (const size of [all.length, 1]) {
    const client = await speak(t, scene);
    client.socket.setNoDelay(true);
    for (let at = 0; at < all.length; at += size) client.socket.write(all.subarray(at, at + size));
    await client.hears((heard) => framesOf(heard).some(says200));
  }
});

test('whatever else is offered, asked or said is answered in HTTP/1.1, or not at all', async (t) => {
  const scene = await startScene(t);
  const url = `${scene.mirror.url}/index/config.json`;
  const refused: [string, Record<string, string>, string?][] = [
    ['another protocol', { connection: 'Upgrade', upgrade: 'websocket' }],
    ['no settings', { connection: 'Upgrade', upgrade: 'h2c' }],
    ['behind a proxy', { ...offer, 'x-forwarded-for': '192.0.2.7' }],
    ['behind a proxy that says so', { ...offer, via: '1.1 proxy' }],
  ];
  for (const [what, headers] of refused) {
    const answer = await get(url, { headers });
    assert.equal(answer.status, 200, what);
    assert.match(answer.text, /"dl"/, what);
  }
  const posted = await get(url, { method: 'POST', headers: offer, body: '{}' });
  assert.equal(posted.status, 405, 'a request with a body stays where it is');
});

test('a client that offers HTTP/2 and speaks something else is cut off; others go on', async (t) => {
  const scene = await startScene(t);
  const wrong = [
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    // A preface that no SETTINGS frame follows, and one whose SETTINGS are larger than any may be.
    Buffer.concat([Buffer.from(preface), Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 1])]),
    Buffer.concat([Buffer.from(preface), Buffer.from([0xff, 0xff, 0xff, 4, 0, 0, 0, 0, 0])]),
  ];
  for (const words of wrong) {
    const client = await speak(t, scene);
    client.ask('/index/config.json');
    await client.hears((heard) => heard.includes('101'));
    client.socket.write(words);
    await closed(client.socket);
  }
  const leaving = await speak(t, scene);
  leaving.ask('/index/config.json');
  await leaving.hears((heard) => heard.includes('101'));
  leaving.socket.destroy();
  assert.equal((await get(`${scene.mirror.url}/index/config.json`)).status, 200);
});

test('closing the server does not wait for an idle HTTP/2 connection', async (t) => {
  const scene = await startScene(t);
  const client = await speak(t, scene);
  client.ask('/index/config.json');
  client.socket.write(Buffer.concat([Buffer.from(preface), settings]));
  await client.hears((heard) => framesOf(heard).some(says200));
  await scene.mirror.close();
  await closed(client.socket);
});
