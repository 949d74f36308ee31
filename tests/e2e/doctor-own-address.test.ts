/** `doctor` takes the mirror's own address as a registry for what it is, however it is written and wherever it is configured. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { folder, safeguard } from '../cli/support.ts';
import { type Stage, stage } from '../support/stage.ts';
import { startUpstream } from '../support/upstream.ts';

interface Checked {
  readonly id: string;
  readonly status: string;
  readonly message: string;
}

async function doctor(cwd: string, server: string, env: Record<string, string> = {}) {
  const ran = await safeguard(['doctor', '--format', 'json', '--server', server], { cwd, env });
  assert.equal(ran.stderr, '');
  const { checks } = JSON.parse(ran.stdout) as { checks: readonly Checked[] };
  return (id: string) => checks.find((check) => check.id === id);
}

const locked = (source: string) =>
  `version = 4\n\n[[package]]\nname = "word"\nversion = "1.0.0"\nsource = "${source}"\n`;
const local = (url: string) => url.replace('127.0.0.1', 'localhost');

async function servers(t: TestContext, config = ''): Promise<Stage> {
  const corp = await startUpstream();
  t.after(() => corp.close());
  return await stage(t, { others: { corp: corp.indexUrl }, config });
}

describe('doctor, where the mirror is a registry by name', () => {
  it('takes a lockfile of cargo’s own for one that goes through the mirror, however it is named', async (t) => {
    const s = await servers(t);
    s.publish('word', '1.0.0');
    const project = s.project({ dependencies: { word: { version: '1', registry: 'safeguard' } } });
    const made = await project.run(['generate-lockfile']);
    assert.equal(made.code, 0, made.stderr);
    assert.match(await project.lockfile(), /source = "sparse\+http:/);
    for (const server of [
      s.mirror.url,
      `${s.mirror.url}/`,
      local(s.mirror.url),
      s.mirror.cargoUrl,
      s.mirror.url.replace('http://', ''),
    ]) {
      const of = await doctor(project.dir, server, { CARGO_HOME: project.cargoHome });
      assert.equal(of('lockfile')?.status, 'ok', `${server}: ${of('lockfile')?.message}`);
      assert.equal(of('route')?.status, 'ok', `${server}: ${of('route')?.message}`);
    }
  });

  it('knows it by each of its addresses, and another place as another place', async (t) => {
    const s = await servers(t, 'public-url = "https://crates.corp.test/mirror/"');
    const { url } = s.mirror;
    const corp = 'sparse+https://kellnr.corp.test/api/v1/crates/';
    const replaced = (to: string) =>
      `[source.kellnr]\nregistry = "${corp}"\nreplace-with = "own"\n[source.own]\nregistry = "${to}"\n`;
    for (const [source, config, is] of [
      [`sparse+${url}/index/`, '', 'ok'],
      [`sparse+${local(url)}/index/`, '', 'ok'],
      [`sparse+${url.replace('127.0.0.1', '[::1]')}/index/`, '', 'ok'],
      [`sparse+${url.replace('http', 'HTTP')}/index/`, '', 'ok'],
      [`sparse+${url}/registries/corp/index/`, '', 'ok'],
      ['sparse+https://crates.corp.test/mirror/index/', '', 'ok'],
      ['sparse+https://crates.corp.test/mirror/registries/corp/index/', '', 'ok'],
      [corp, replaced(`sparse+${url}/registries/corp/index/`), 'ok'],
      ['registry+https://git.corp.test/index', replaced(`sparse+${url}/index/`), 'warning'],
      [
        'registry+https://git.corp.test/index',
        replaced(`sparse+${url}/index/`).replace(corp, 'https://git.corp.test/index'),
        'ok',
      ],
      [corp, '', 'warning'],
      [corp, replaced('sparse+https://elsewhere.test/index/'), 'warning'],
      [corp, 'source = 3\n', 'warning'],
      ['sparse+https://crates.corp.test/index/', '', 'warning'],
      ['sparse+http://crates.corp.test/mirror/index/', '', 'warning'],
      [`sparse+${url.replace(/\d+$/, '1')}/index/`, '', 'warning'],
      [`sparse+${url}/elsewhere/index/`, '', 'warning'],
      [`sparse+${url}/registries/a/b/index/`, '', 'warning'],
      [`registry+${url}/index/`, '', 'warning'],
      [`git+${url}/index/#0123456789012345678901234567890123456789`, '', 'warning'],
    ] as const) {
      const cwd = folder(t, { 'Cargo.lock': locked(source), '.cargo/config.toml': config });
      const of = await doctor(cwd, url);
      assert.equal(of('lockfile')?.status, is, `${source}: ${of('lockfile')?.message}`);
    }
  });
});

describe('doctor, where the mirror takes the place of crates.io', () => {
  it('sees it, in the project or in cargo’s home, as a source or as a registry', async (t) => {
    const s = await servers(t, 'public-url = "https://crates.corp.test/mirror/"');
    const { url } = s.mirror;
    const source = (index: string) =>
      `[source.crates-io]\nreplace-with = "own"\n[source.own]\nregistry = "${index}"\n`;
    const registry = (index: string) =>
      `[source.crates-io]\nreplace-with = "own"\n[registries.own]\nindex = "${index}"\n`;
    for (const [config, is] of [
      [source(`sparse+${url}/index/`), 'ok'],
      [source(`sparse+${local(url)}/index/`), 'ok'],
      [registry(`sparse+${local(url)}/index/`), 'ok'],
      [source(`sparse+${url}/registries/upstream/index/`), 'ok'],
      [registry('sparse+https://crates.corp.test/mirror/index/'), 'ok'],
      [source(`sparse+${url.replace(/\d+$/, '1')}/index/`), 'problem'],
      [source(`sparse+${url}/index`), 'problem'],
      [registry('sparse+https://crates.corp.test/index/'), 'problem'],
    ] as const) {
      const here = await doctor(folder(t, { '.cargo/config.toml': config }), url);
      assert.equal(here('route')?.status, is, `${config}: ${here('route')?.message}`);
      const home = folder(t);
      mkdirSync(join(home, 'cargo'));
      writeFileSync(join(home, 'cargo/config.toml'), config);
      const there = await doctor(folder(t), url, { CARGO_HOME: join(home, 'cargo') });
      assert.equal(there('route')?.status, is, `${config}: ${there('route')?.message}`);
      const install = there('cargo-install')?.status;
      assert.equal(install, is === 'ok' ? 'ok' : 'warning', config);
    }
  });
});
