/** A check that asks the registry itself, in a project whose cargo goes through a mirror where somebody decided. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { safeguard } from '../cli/support.ts';
import { stage } from '../support/stage.ts';

it('says where what people decided counts, and it does there', async (t) => {
  const s = await stage(t);
  const old = { pubtime: '2020-01-01T00:00:00Z' };
  s.publish('parts', '1.0.0', old);
  const buildScript = 'fn main() { let _ = std::net::TcpStream::connect("downloads.invalid:80"); }';
  s.publish('parts', '1.1.0', { ...old, buildScript });
  const source = 'registry+https://github.com/rust-lang/crates.io-index';
  const checksum = JSON.parse(s.upstream.lines('parts').toString().split('\n')[1] ?? '{}').cksum;
  const project = s.project({
    dependencies: { parts: '=1.1.0' },
    lockfile: `version = 4\n\n[[package]]\nname = "app"\nversion = "0.1.0"\ndependencies = ["parts"]\n\n[[package]]\nname = "parts"\nversion = "1.1.0"\nsource = "${source}"\nchecksum = "${checksum}"\n`,
  });
  const check = (...more: readonly string[]) =>
    safeguard(['check', '--upstream', s.upstream.indexUrl, ...more], {
      cwd: project.dir,
      env: { CARGO_HOME: project.cargoHome, XDG_CACHE_HOME: `${project.dir}/cache` },
    });
  assert.equal((await s.download('parts', '1.1.0')).status, 403);
  assert.equal((await s.act('approve', { crate: 'parts', version: '1.1.0', reason: 'read' })).status, 200);
  const alone = await check();
  assert.equal(alone.code, 2, alone.stdout + alone.stderr);
  const named = /^Note: in this folder cargo goes through \S+, .* with (--server \S+) it goes/m.exec(
    alone.stderr,
  );
  assert.ok(named?.[1]?.endsWith(s.mirror.url), alone.stderr);
  const there = await check(...(named?.[1] ?? '').split(' '));
  assert.equal(there.code, 0, there.stdout + there.stderr);
  assert.doesNotMatch(there.stderr, /cargo goes through/);
  const data = await check('--format', 'json');
  assert.doesNotMatch(data.stderr, /cargo goes through/);
});
