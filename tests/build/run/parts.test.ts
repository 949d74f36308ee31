import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BuildError } from '../../../src/build/error.ts';
import { homeSettings } from '../../../src/build/run/cargo-settings.ts';
import { passedVariables } from '../../../src/build/run/environment.ts';
import { withoutRemotes } from '../../../src/build/run/git-config.ts';
import { layOutSource } from '../../../src/build/run/layout.ts';
import { packageOfId, readMessage } from '../../../src/build/run/messages.ts';
import { memoryFiles } from '../../../src/gate/project/memory-files.ts';

const filesOf = (texts: Readonly<Record<string, string>>) =>
  memoryFiles({ root: '/', texts: new Map(Object.entries(texts)), others: [] });

describe('variables of a build', () => {
  for (const [name, passes] of [
    ['RUSTFLAGS', true],
    ['CARGO_PROFILE_RELEASE_LTO', true],
    ['CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER', true],
    ['CC_x86_64_unknown_linux_musl', true],
    ['OPENSSL_STATIC', true],
    ['PKG_CONFIG_PATH', true],
    ['SOURCE_DATE_EPOCH', true],
    ['CARGO_TARGET_DIR', false],
    ['CARGO_BUILD_RUSTC_WRAPPER', false],
    ['CARGO_REGISTRY_TOKEN', false],
    ['CARGO_REGISTRIES_X_TOKEN', false],
    ['AWS_SECRET_ACCESS_KEY', false],
    ['GITHUB_TOKEN', false],
    ['LD_PRELOAD', false],
    ['RUSTC_BOOTSTRAP', false],
    ['HOME', false],
    ['PATH', false],
  ] as const)
    it(`${name}: ${passes ? 'passes' : 'stays out'}`, () => {
      assert.equal(name in passedVariables({ [name]: 'x' }), passes);
    });

  it('lets others in that are asked for, and never a secret', () => {
    const secrets = ['API_TOKEN', 'npm_token', 'GITHUBTOKEN', 'DEPLOY_KEY', 'SIGNING_KEYS', 'KEY', 'apikey'];
    const more = ['Client_Secret', 'DB_PASSWORD', 'PGPASSWD', 'AWS_CREDENTIALS_FILE', 'ACCESS_KEY_ID'];
    const names = [...secrets, ...more, 'OPENSSL_DIR', 'KEYBOARD', 'MONKEY_DIR', 'OTHER'];
    const all = Object.fromEntries(names.map((name) => [name, 'x']));
    const asked = names.filter((name) => name !== 'OTHER');
    assert.deepEqual(Object.keys(passedVariables(all, asked)), ['KEYBOARD', 'MONKEY_DIR', 'OPENSSL_DIR']);
  });
});

describe('the source of a build', () => {
  it('lies where no folder of this machine shows', () => {
    const { mounts, at } = layOutSource('/home/a/app', []);
    assert.deepEqual(mounts, [{ kind: 'read', from: '/home/a/app', at: '/build/source' }]);
    assert.equal(at('/home/a/app/x/Cargo.toml'), '/build/source/x/Cargo.toml');
  });

  it('is as far from its neighbours as outside, and shows no other', () => {
    const { mounts } = layOutSource('/home/a/code/app', ['/home/a/lib/x']);
    assert.deepEqual(
      mounts.map(({ at }) => at),
      ['/build/source/code/app', '/build/source/lib/x', '/home/a/lib/x'],
    );
  });
});

describe('what cargo says', () => {
  for (const [id, name, version] of [
    ['registry+https://github.com/rust-lang/crates.io-index#libc@0.2.191', 'libc', '0.2.191'],
    ['path+file:///build/source#probe@0.1.0', 'probe', '0.1.0'],
    ['path+file:///build/source/probe#0.1.0', 'probe', '0.1.0'],
    ['git+https://host.invalid/x/y.git?rev=abc#0.3.0', 'y', '0.3.0'],
    [
      'registry+https://github.com/rust-lang/crates.io-index#zstd-sys@2.0.16+zstd.1.5.7',
      'zstd-sys',
      '2.0.16+zstd.1.5.7',
    ],
    ['libc 0.2.191 (registry+https://github.com/rust-lang/crates.io-index)', 'libc', '0.2.191'],
    ['probe 0.1.0 (path+file:///build/a folder)', 'probe', '0.1.0'],
    ['y 0.3.0 (git+https://host.invalid/x/y.git?rev=abc#0123)', 'y', '0.3.0'],
  ] as const)
    it(id, () => assert.deepEqual(packageOfId(id), { id, name, version }));

  it('is passed over where it is nothing of the kind', () => {
    for (const line of ['', 'text', '{', '{"reason":"build-finished","success":true}', 'null'])
      assert.equal(readMessage(line), undefined);
  });
});

describe('settings', () => {
  it('of git reach a build without remotes, headers and programs', () => {
    const text = `[core]
	repositoryformatversion = 0
	sshCommand = x
[http "https://host.invalid/"]
	extraheader = AUTHORIZATION: basic abc
[remote "origin"]
	url = https://token@host.invalid/x
[extensions]
	objectformat = sha256
`;
    assert.equal(
      withoutRemotes(text).trim(),
      '[core]\n\trepositoryformatversion = 0\n[extensions]\n\tobjectformat = sha256',
    );
  });

  it('of cargo’s home reach a build without tokens', () => {
    const files = filesOf({
      'home/.cargo/config.toml':
        '[registries.corp]\nindex = "sparse+https://host.invalid/"\ntoken = "abc"\n[registry]\ntoken = "def"\nglobal-credential-providers = ["x"]\n[http]\nproxy = "user:pw@host"\n[build]\njobs = 2\n',
    });
    const [setting] = homeSettings(files, '/code/app', '/code/app', '/home/.cargo');
    assert.equal(setting?.path, 'config.toml');
    assert.doesNotMatch(setting?.text ?? '', /abc|def|pw|credential/);
    assert.match(setting?.text ?? '', /index = "sparse\+https:\/\/host\.invalid\/"/);
    assert.match(setting?.text ?? '', /jobs = 2/);
  });

  it('that lie between the project and the root are refused', () => {
    const files = filesOf({ 'code/.cargo/config.toml': '[build]\njobs = 2\n' });
    assert.throws(
      () => homeSettings(files, '/code/app', '/code/app', '/home/.cargo'),
      (error) => error instanceof BuildError && error.code === 'build/outside',
    );
  });
});
