import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { cargoPlace, readHierarchy } from '../../src/cli/cargo-config/hierarchy.ts';
import { resolveCratesIo } from '../../src/cli/cargo-config/source.ts';
import { CliError } from '../../src/cli/shared/error.ts';
import { environment, fakeServer, folder, run } from './support.ts';

// Where cargo goes, as we read its configuration, and as the real cargo then does it.

/** `AT` stands for the address of a server; each source has a path of its own there. */
const to = (name: string, registry: string) =>
  `[source.crates-io]\nreplace-with = "${name}"\n[source.${name}]\nregistry = "sparse+AT/${registry}/"\n`;

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** A path on the server, or one of our other kinds. */
  readonly goes: `/${string}/` | 'direct' | 'elsewhere' | 'broken';
}

const cases: readonly Case[] = [
  { name: 'no configuration', files: {}, goes: 'direct' },
  {
    name: 'a source nobody uses',
    files: { 'p/.cargo/config.toml': '[source.a]\nregistry = "sparse+AT/a/"\n' },
    goes: 'direct',
  },
  { name: 'the project', files: { 'p/.cargo/config.toml': to('a', 'a') }, goes: '/a/' },
  { name: 'the old name of the file', files: { 'p/.cargo/config': to('a', 'a') }, goes: '/a/' },
  {
    name: 'both names: the old one alone counts',
    files: { 'p/.cargo/config': to('a', 'old'), 'p/.cargo/config.toml': to('a', 'new') },
    goes: '/old/',
  },
  { name: 'a folder above', files: { '.cargo/config.toml': to('a', 'above') }, goes: '/above/' },
  {
    name: 'the nearer folder wins',
    files: { '.cargo/config.toml': to('a', 'above'), 'p/.cargo/config.toml': to('b', 'near') },
    goes: '/near/',
  },
  { name: 'the home folder', files: { 'cargo-home/config.toml': to('a', 'home') }, goes: '/home/' },
  {
    name: 'the project over the home folder',
    files: { 'cargo-home/config.toml': to('a', 'home'), 'p/.cargo/config.toml': to('a', 'near') },
    goes: '/near/',
  },
  {
    name: 'half of it here, half of it there',
    files: {
      'p/.cargo/config.toml': '[source]\ncrates-io = { replace-with = "a" }\n',
      'cargo-home/config.toml': 'source.a.registry = "sparse+AT/home/"\n',
    },
    goes: '/home/',
  },
  {
    name: 'a chain',
    files: {
      'p/.cargo/config.toml': `${to('a', 'a')}replace-with = "b"\n[source.b]\nregistry = "sparse+AT/b/"\n`,
    },
    goes: '/b/',
  },
  {
    name: 'a circle',
    files: { 'p/.cargo/config.toml': `${to('a', 'a')}replace-with = "crates-io"\n` },
    goes: 'broken',
  },
  {
    name: 'a registry of [registries]',
    files: {
      'p/.cargo/config.toml':
        '[source.crates-io]\nreplace-with = "a"\n[registries.a]\nindex = "sparse+AT/r/"\n',
    },
    goes: '/r/',
  },
  {
    name: 'a registry of the environment',
    files: { 'p/.cargo/config.toml': '[source.crates-io]\nreplace-with = "my-a"\n' },
    env: { CARGO_REGISTRIES_MY_A_INDEX: 'sparse+AT/env/' },
    goes: '/env/',
  },
  {
    name: 'the environment says nothing about sources',
    files: { 'p/.cargo/config.toml': to('a', 'file') },
    env: { CARGO_SOURCE_A_REGISTRY: 'sparse+AT/env/' },
    goes: '/file/',
  },
  {
    name: 'a name that is nowhere',
    files: { 'p/.cargo/config.toml': '[source.crates-io]\nreplace-with = "a"\n' },
    goes: 'broken',
  },
  {
    name: 'a vendored folder',
    files: {
      'p/.cargo/config.toml': '[source.crates-io]\nreplace-with = "v"\n[source.v]\ndirectory = "vendor"\n',
      'p/vendor/.keep': '',
    },
    goes: 'elsewhere',
  },
  {
    name: 'two places for one source',
    files: { 'p/.cargo/config.toml': `${to('a', 'a')}directory = "v"\n` },
    goes: 'broken',
  },
  { name: 'no place', files: { 'p/.cargo/config.toml': '[source.a]\n' }, goes: 'broken' },
  {
    name: 'two names for one place',
    files: { 'p/.cargo/config.toml': `${to('a', 'a')}[source.b]\nregistry = "sparse+AT/a/"\n` },
    goes: 'broken',
  },
  {
    name: 'no slash at the end',
    files: { 'p/.cargo/config.toml': to('a', 'a').replace('/a/', '/a') },
    goes: 'broken',
  },
  {
    name: 'a number for a name, above',
    files: { 'p/.cargo/config.toml': to('a', 'a'), '.cargo/config.toml': 'source = 3\n' },
    goes: 'broken',
  },
  {
    name: 'an included file, a later one over an earlier, and the file itself over both',
    files: {
      'p/.cargo/config.toml':
        'include = ["one.toml", "two.toml", { path = "none.toml", optional = true }]\n[source.c]\nregistry = "sparse+AT/c/"\n',
      'p/.cargo/one.toml': to('a', 'one'),
      'p/.cargo/two.toml': to('b', 'two').replace('replace-with = "b"', 'replace-with = "c"'),
    },
    goes: '/c/',
  },
  {
    name: 'an included file that is not there',
    files: { 'p/.cargo/config.toml': 'include = ["none.toml"]\n' },
    goes: 'broken',
  },
];

for (const { name, files, env = {}, goes } of cases) {
  test(`where cargo goes: ${name}`, async (t) => {
    const { url, seen } = await fakeServer(t, () => ({ status: 404, body: '' }));
    const at = (texts: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, text.replaceAll('AT', url)]));
    const root = folder(t, {
      'p/Cargo.toml':
        '[package]\nname = "p"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nabcd = "1"\n[workspace]\n',
      'p/src/lib.rs': '',
      ...at(files),
    });
    const cwd = join(root, 'p');
    const variables = { ...environment(root, at(env)), https_proxy: 'http://127.0.0.1:1' };

    const { stderr } = await run('cargo', ['fetch'], { cwd, env: variables });
    assert.equal(kindOf(stderr, seen[0]?.path), goes, `cargo: ${stderr}`);
    assert.equal(await ours(cwd, variables, url), goes);
  });
}

function kindOf(stderr: string, asked: string | undefined): string {
  if (asked !== undefined) return asked.replace(/config\.json$/, '');
  if (stderr.includes('Updating crates.io index')) return 'direct';
  return stderr.includes('directory source') ? 'elsewhere' : 'broken';
}

async function ours(cwd: string, env: Record<string, string>, url: string): Promise<string> {
  try {
    const route = resolveCratesIo(await readHierarchy(cargoPlace(cwd, env)), env);
    return route.kind === 'registry' ? route.index.replace(`sparse+${url}`, '') : route.kind;
  } catch (error) {
    assert.ok(error instanceof CliError);
    return 'broken';
  }
}
