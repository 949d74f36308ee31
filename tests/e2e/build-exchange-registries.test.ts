/** The session of a build fetches from the mirror's other registries, too, by the names that the lockfile has. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { environment, safeguard } from '../cli/support.ts';
import { cargoProject } from '../support/cargo.ts';
import { makeCrate } from '../support/crate.ts';
import { unsealed } from '../support/sealed.ts';
import { stage } from '../support/stage.ts';
import { startUpstream } from '../support/upstream.ts';

test('crates of a registry beside crates.io come by the same session', { skip: unsealed }, async (t) => {
  const second = await startUpstream();
  t.after(() => second.close());
  const pubtime = '2020-01-01T00:00:00Z';
  second.publish(makeCrate({ name: 'inner', version: '1.0.0' }), { pubtime });
  const s = await stage(t, { config: 'auth-required = true\n', others: { second: second.indexUrl } });
  s.publish('word', '1.0.0', { pubtime });
  const index = `sparse+${s.mirror.url}/registries/second/index/`;
  const project = cargoProject(
    { dependencies: { word: '1', inner: { version: '1', registry: 'second' } } },
    t,
  );
  const config = `[registries.second]\nindex = "${index}"\ncredential-provider = "cargo:token"\n`;
  mkdirSync(join(project.dir, '.cargo'), { recursive: true });
  writeFileSync(join(project.dir, '.cargo/config.toml'), config);
  const env = { ...environment(project.dir), CARGO_HOME: project.cargoHome, HOME: project.cargoHome };
  const init = await safeguard(['init', '--server', s.mirror.url], { cwd: project.dir, env });
  assert.equal(init.code, 0, init.stderr);
  const make = async (name: string, role: string) => {
    const body = { name, role };
    const made = await s.mirror.call('/api/v1/tokens', { method: 'POST', body, token: s.mirror.token() });
    return ((await made.json()) as { token: string }).token;
  };
  const reader = await make('dev', 'reader');
  const locked = await project.run(['generate-lockfile'], {
    CARGO_REGISTRIES_SAFEGUARD_TOKEN: reader,
    CARGO_REGISTRIES_SECOND_TOKEN: reader,
  });
  assert.equal(locked.code, 0, locked.stderr);
  const built = await safeguard(['build', '--exchange', '--server', s.mirror.url, '--', 'cargo', 'build'], {
    cwd: project.dir,
    env: { ...env, SAFEGUARD_BUILD_KEY: await make('nightly', 'build') },
  });
  assert.ok(built.code === 0 || built.code === 2, built.stderr);
  assert.match(built.stderr, /^compile .* 3 packages$/m);
});
