import assert from 'node:assert/strict';
import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'smol-toml';
import { environment, fakeServer, folder, run, safeguard } from './support.ts';

const server = 'http://127.0.0.1:9';
const index = 'sparse+http://127.0.0.1:9/index/';
const init = ['init', '--server', server];
const manifest =
  '[package]\nname = "p"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nabcd = "1"\n[workspace]\n';
const project = { 'Cargo.toml': manifest, 'src/lib.rs': '' };
const config = '.cargo/config.toml';
const read = (dir: string, file = config) => readFileSync(join(dir, file), 'utf8');

test('writes the lines that cargo needs, says so, and the second time has nothing to do', async (t) => {
  const cwd = folder(t, project);
  const first = await safeguard(init, { cwd });
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /^Wrote .*config\.toml:\n +1 \+ \[source\.crates-io\]\n/);
  assert.deepEqual(structuredClone(parse(read(cwd))), {
    source: { 'crates-io': { 'replace-with': 'safeguard' } },
    registries: { safeguard: { index } },
  });
  const text = read(cwd);
  const second = await safeguard(init, { cwd });
  assert.deepEqual([second.code, second.stdout], [0, `Already set: ${join(cwd, config)}\n`]);
  assert.equal(read(cwd), text);
  assert.deepEqual(readdirSync(join(cwd, '.cargo')), ['config.toml'], 'nothing is left behind');
});

test('real cargo reads what was written, and goes there', async (t) => {
  const { url, seen } = await fakeServer(t, () => ({ status: 404, body: '' }));
  const cwd = folder(t, { ...project, [config]: '[build]\njobs = 1\n' });
  await safeguard(['init', '--server', url], { cwd });
  const get = ['-Z', 'unstable-options', 'config', 'get', '--format', 'json-value'];
  const shown = await run('cargo', [...get, 'source'], { cwd, env: { RUSTC_BOOTSTRAP: '1' } });
  assert.deepEqual(JSON.parse(shown.stdout), {
    'crates-io': { 'replace-with': 'safeguard' },
  });
  await run('cargo', ['fetch'], { cwd });
  assert.equal(seen[0]?.path, '/index/config.json');
  seen.length = 0;
  await run('cargo', ['info', '--registry', 'safeguard', 'abcd'], { cwd });
  assert.equal(seen[0]?.path, '/index/config.json');
});

test('--global writes into the home folder, which `cargo install` reads', async (t) => {
  const { url, seen } = await fakeServer(t, () => ({ status: 404, body: '' }));
  const cwd = folder(t);
  const { code, stdout } = await safeguard(['init', '--global', '--server', url], { cwd });
  assert.equal(code, 0);
  assert.match(stdout, /Wrote .*cargo-home\/config\.toml/);
  await run('cargo', ['install', 'abcd'], { cwd });
  assert.equal(seen[0]?.path, '/index/config.json');
});

test('--dry-run changes nothing', async (t) => {
  const cwd = folder(t, project);
  const { code, stdout } = await safeguard([...init, '--dry-run'], { cwd });
  assert.equal(code, 0);
  assert.match(stdout, /^Would change .*\n +1 \+ \[source\.crates-io\]/);
  assert.ok(!existsSync(join(cwd, '.cargo')));
});

test('in a folder of a workspace, the workspace is meant', async (t) => {
  const cwd = folder(t, { ...project, 'Cargo.lock': '', 'member/Cargo.toml': '[package]\nname = "m"\n' });
  await safeguard(init, { cwd: join(cwd, 'member') });
  assert.ok(existsSync(join(cwd, config)));
});

test('the old name of the file is used where it is there', async (t) => {
  const cwd = folder(t, { ...project, '.cargo/config': '# mine\n' });
  await safeguard(init, { cwd });
  assert.deepEqual(readdirSync(join(cwd, '.cargo')), ['config']);
  assert.match(read(cwd, '.cargo/config'), /^# mine\n\n\[source\.crates-io\]/);
});

test('a link stays a link, a mode stays a mode', async (t) => {
  const cwd = folder(t, { ...project, 'dotfiles/cargo.toml': '# mine\n', '.cargo/.keep': '' });
  chmodSync(join(cwd, 'dotfiles/cargo.toml'), 0o640);
  symlinkSync('../dotfiles/cargo.toml', join(cwd, config));
  const { code } = await safeguard(init, { cwd });
  assert.equal(code, 0);
  assert.ok(lstatSync(join(cwd, config)).isSymbolicLink());
  assert.match(read(cwd, 'dotfiles/cargo.toml'), /replace-with/);
  assert.equal(statSync(join(cwd, 'dotfiles/cargo.toml')).mode & 0o777, 0o640);
});

test('a link to a file that is not there yet is written through', async (t) => {
  const cwd = folder(t, { ...project, 'dotfiles/.keep': '', '.cargo/.keep': '' });
  symlinkSync('../dotfiles/cargo.toml', join(cwd, config));
  await safeguard(init, { cwd });
  assert.ok(lstatSync(join(cwd, config)).isSymbolicLink());
  assert.match(read(cwd, 'dotfiles/cargo.toml'), /replace-with/);
});

const vendored =
  '# by cargo vendor\n[source.crates-io]\nreplace-with = "vendored-sources" # keep\n\n[source.vendored-sources]\ndirectory = "vendor"\n';

test('another replacement is named and left alone; --force replaces that value only', async (t) => {
  const cwd = folder(t, { ...project, [config]: vendored });
  const refused = await safeguard(init, { cwd });
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /already has source\.crates-io\.replace-with = "vendored-sources", which is .*vendor/,
  );
  assert.match(refused.stderr, /--force/);
  assert.equal(read(cwd), vendored);
  const forced = await safeguard([...init, '--force'], { cwd });
  assert.equal(forced.code, 0);
  assert.match(
    forced.stdout,
    / 3 - replace-with = "vendored-sources" # keep\n +3 \+ replace-with = "safeguard" # keep\n/,
  );
  assert.ok(read(cwd).startsWith(vendored.replace('"vendored-sources"', '"safeguard"')));
});

for (const { name, files, says } of [
  {
    name: 'a broken file',
    files: { [config]: '[source\n' },
    says: /config\.toml:1:\d+: .*\n.*nothing was changed/,
  },
  {
    name: 'a file that is not UTF-8',
    files: { [config]: Buffer.from('# caf\u00e9', 'latin1') as unknown as string },
    says: /is not UTF-8/,
  },
  {
    name: 'a [source.safeguard] of another kind',
    files: { [config]: '[source.safeguard]\ndirectory = "vendor"\n' },
    says: /of another kind: it sets `directory`/,
  },
  {
    name: 'an older address',
    files: { [config]: '[source.safeguard]\nregistry = "sparse+http://old/index/"\n' },
    says: /already has source\.safeguard\.registry = "sparse\+http:\/\/old\/index\/"/,
  },
  {
    name: 'two sources that are the same registry, in another file',
    files: {
      'cargo-home/config.toml': `[source.corp]\nregistry = "${index}"\n[source.old]\nregistry = "${index}"\n`,
    },
    says: /cargo would refuse its configuration: .*are the same registry/,
  },
]) {
  test(`refuses and changes nothing: ${name}`, async (t) => {
    const cwd = folder(t, { ...project, ...files });
    const before = existsSync(join(cwd, config)) ? readFileSync(join(cwd, config)) : undefined;
    const { code, stderr } = await safeguard(init, { cwd });
    assert.equal(code, 1, stderr);
    assert.match(stderr, says);
    assert.deepEqual(existsSync(join(cwd, config)) ? readFileSync(join(cwd, config)) : undefined, before);
  });
}

test('a source of another name with the same address is no hindrance, to cargo neither', async (t) => {
  const { url, seen } = await fakeServer(t, () => ({ status: 404, body: '' }));
  const other = `[source.corp]\nregistry = "sparse+${url}/index/"\n`;
  const cwd = folder(t, { ...project, 'cargo-home/config.toml': other });
  assert.equal((await safeguard(['init', '--server', url], { cwd })).code, 0);
  seen.length = 0;
  await run('cargo', ['fetch'], { cwd });
  assert.equal(seen[0]?.path, '/index/config.json');
});

for (const { name, args, files, env, says } of [
  {
    name: 'a nearer file sends cargo elsewhere',
    args: ['--global'],
    files: {
      [config]: '[source.crates-io]\nreplace-with = "x"\n[source.x]\nregistry = "sparse+http://x/"\n',
    },
    env: {},
    says: /Warning: in this folder .* sends it to sparse\+http:\/\/x\//,
  },
  {
    name: 'a nearer file vendors',
    args: ['--global'],
    files: { [config]: vendored },
    env: {},
    says: /Warning: in this folder .* replaces crates\.io by directory vendor/,
  },
  {
    name: 'a variable gives the registry another index',
    args: [],
    files: {},
    env: { CARGO_REGISTRIES_SAFEGUARD_INDEX: 'sparse+http://y/' },
    says: /Warning: the variable CARGO_REGISTRIES_SAFEGUARD_INDEX gives/,
  },
]) {
  test(`warns: ${name}`, async (t) => {
    const cwd = folder(t, { ...project, ...files });
    const { code, stderr } = await safeguard([...init, ...args], {
      cwd,
      env: { ...environment(cwd), ...env },
    });
    assert.equal(code, 0);
    assert.match(stderr, says);
  });
}

test('--cargo makes `cargo safeguard` work, with cargo itself', async (t) => {
  const cwd = folder(t, project);
  const wrote = await safeguard(['init', '--cargo'], { cwd });
  assert.equal(wrote.code, 0, wrote.stderr);
  const file = join(cwd, 'cargo-home', 'bin', 'cargo-safeguard');
  assert.match(wrote.stdout, /^Wrote .*cargo-safeguard\n$/);
  const version = await run('cargo', ['safeguard', '--version'], { cwd });
  assert.equal(version.stdout, (await safeguard(['--version'], { cwd })).stdout);
  const help = await run('cargo', ['help', 'safeguard'], { cwd });
  assert.match(help.stdout, /Usage: safeguard/);
  const check = await run('cargo', ['safeguard', 'check', '--explain', 'no such rule'], { cwd });
  assert.equal(check.code, 64);
  assert.equal((await safeguard(['init', '--cargo'], { cwd })).stdout, `Already set: ${file}\n`);
  assert.ok(!existsSync(join(cwd, config)), 'it does nothing else');
});

test('--cargo leaves a program of somebody else alone, unless it is forced', async (t) => {
  const cwd = folder(t, { 'cargo-home/bin/cargo-safeguard': '#!/bin/sh\necho mine\n' });
  const refused = await safeguard(['init', '--cargo'], { cwd });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /is there, and not from here\n {2}Run it again with --force/);
  assert.equal(read(cwd, 'cargo-home/bin/cargo-safeguard'), '#!/bin/sh\necho mine\n');
  const dry = await safeguard(['init', '--cargo', '--force', '--dry-run'], { cwd });
  assert.match(dry.stdout, /^Would write /);
  assert.equal((await safeguard(['init', '--cargo', '--force'], { cwd })).code, 0);
  assert.match(read(cwd, 'cargo-home/bin/cargo-safeguard'), /exec '.*safeguard' "\$@"/);
});
