/** What `safeguard explain` says, with a server and without, and that what it records can be judged again. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { folder, safeguard } from '../cli/support.ts';
import { stage } from '../support/stage.ts';

/** A folder with one advisory of our own. */
function advisories(t: TestContext, patched: string): string {
  const root = folder(t);
  mkdirSync(join(root, 'crates', 'word'), { recursive: true });
  const front = [
    '[advisory]',
    'id = "RUSTSEC-2026-0002"',
    'package = "word"',
    'date = "2026-08-01"',
    'cvss = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"',
    '[versions]',
    `patched = ["${patched}"]`,
  ];
  const text = `\`\`\`toml\n${front.join('\n')}\n\`\`\`\n\n# It lets others in\n\nIn short.\n`;
  writeFileSync(join(root, 'crates', 'word', 'RUSTSEC-2026-0002.md'), text);
  return root;
}

describe('safeguard explain', () => {
  it('asks the server, and gives the verdict, its findings, the facts and the rules that looked', async (t) => {
    const s = await stage(t);
    s.publish('word', '1.0.0', { pubtime: '2020-01-01T00:00:00Z' });
    await s.index('word');
    s.publish('word', '1.1.0', { pubtime: s.clock.iso() });
    await s.pass('10m');
    const cwd = folder(t);
    const { code, stdout } = await safeguard(['explain', 'word@1.1.0', '--server', s.mirror.url], { cwd });
    assert.equal(code, 2);
    assert.match(stdout, /^word 1\.1\.0\nIt is held until /);
    assert.match(stdout, /cargo update word@1\.1\.0 --precise 1\.0\.0/);
    assert.match(stdout, /hold · age: A new release waits 3 days/);
    assert.match(stdout, /licence: MIT OR Apache-2\.0 \(archive, 2026-08-01\)/);
    assert.match(stdout, /owners: not known: neither/);
    assert.match(stdout, /Rules that found nothing\n.*integrity/);
    const newest = await safeguard(['explain', 'word', '--server', s.mirror.url], { cwd });
    assert.match(newest.stdout, /^word 1\.0\.0\nIt is promoted\./);
  });

  it('writes Markdown, in which nothing from outside is markup', async (t) => {
    const s = await stage(t, {
      policy: '[[blocklist.crates]]\nname = "word"\nreason = "see <b>here</b> [x](y)"',
    });
    s.publish('word', '1.0.0', { pubtime: '2020-01-01T00:00:00Z' });
    const args = ['explain', 'word@1.0.0', '--server', s.mirror.url, '--format', 'markdown'];
    const { code, stdout } = await safeguard(args, { cwd: folder(t) });
    assert.equal(code, 1);
    assert.match(stdout, /^# word 1\.0\.0\n\nIt is \*\*blocked\*\*/);
    assert.ok(stdout.includes('see \\<b\\>here\\</b\\> \\[x\\](y)'), stdout);
  });

  it('records what it judged by, so that the verdict can be made again', async (t) => {
    const s = await stage(t, { policy: '[cooldown]\nrelease = "5d"' });
    s.publish('word', '1.0.0', { pubtime: null });
    const cwd = folder(t);
    const { stdout } = await safeguard(
      ['explain', 'word@1.0.0', '--server', s.mirror.url, '--format', 'json'],
      { cwd },
    );
    writeFileSync(join(cwd, 'word.json'), stdout);
    const again = await safeguard(['verdict', 'replay', 'word.json'], { cwd });
    assert.deepEqual([again.code, /the same verdict, hold/.test(again.stdout)], [0, true], again.stdout);
    writeFileSync(
      join(cwd, 'word.json'),
      stdout.replace('"no-pubtime"', '"published"').replace('release = \\"5d\\"', 'release = \\"1d\\"'),
    );
    const altered = await safeguard(['verdict', 'replay', 'word.json'], { cwd });
    assert.equal(altered.code, 1);
    assert.match(altered.stdout, /policy reads differently/);
  });

  it('needs no server where it is told what to judge by', async (t) => {
    const s = await stage(t);
    s.publish('word', '1.0.0', { pubtime: '2020-01-01T00:00:00Z' });
    s.publish('word', '1.0.1', { pubtime: '2020-02-01T00:00:00Z' });
    const cwd = folder(t);
    const args = [
      'explain',
      'word@1.0.0',
      '--upstream',
      s.upstream.indexUrl,
      '--advisory-db',
      advisories(t, '>= 1.0.1'),
    ];
    const { code, stdout } = await safeguard(args, { cwd });
    assert.equal(code, 1, stdout);
    assert.match(stdout, /deny · vulnerability: .*RUSTSEC-2026-0002/);
    assert.match(stdout, /RUSTSEC-2026-0002: fixed in 1\.0\.1, which may be used\./);
  });

  it('says where the fix is itself still held, until when, and the ways out', async (t) => {
    const s = await stage(t);
    s.publish('word', '1.0.0', { pubtime: '2020-01-01T00:00:00Z' });
    await s.index('word');
    const mirror = await s.restart({ advisoryDatabases: [advisories(t, '>= 1.0.1')] });
    await mirror.tick();
    s.publish('word', '1.0.1', { pubtime: s.clock.iso() });
    await s.pass('10m');
    const { stdout } = await safeguard(['explain', 'word@1.0.0', '--server', mirror.url], { cwd: folder(t) });
    assert.match(
      stdout,
      /RUSTSEC-2026-0002: fixed in 1\.0\.1, which is held until 2026-08-04 .*; wait for it, waive/,
    );
  });

  it('speaks of a name that no registry has: what it resembles, whose it is', async (t) => {
    const s = await stage(t, { policy: '[dependency-confusion]\nprefixes = ["acme-"]' });
    const ask = (name: string) => safeguard(['explain', name, '--server', s.mirror.url], { cwd: folder(t) });
    const near = await ask('serde_jsn');
    assert.equal(near.code, 1);
    assert.match(near.stdout, /No such release is in the registry\.[\s\S]*serde_json with a letter left out/);
    assert.match((await ask('acme-login')).stdout, /the prefix acme- is the organisation’s own/);
  });
});
