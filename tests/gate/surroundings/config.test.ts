import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { BuildSetting } from '../../../src/facts/surroundings.ts';
import { configChanges } from '../../../src/gate/surroundings/cargo-config.ts';
import { surroundingChanges } from '../../../src/gate/surroundings/surroundings.ts';
import { sideOf } from './sides.ts';

const file = '.cargo/config.toml';
type Files = Readonly<Record<string, string>>;

function settings(before: Files | undefined, after: Files): readonly BuildSetting[] {
  const changes = configChanges(before === undefined ? undefined : sideOf(before), sideOf(after));
  return changes.filter((change) => change.kind === 'setting');
}

const brief = (found: readonly BuildSetting[]) =>
  found.map(({ file: at, line, topic, key, difference }) => `${at}:${line} ${difference} ${topic} ${key}`);

describe('keys that decide a build', () => {
  for (const [toml, ...found] of [
    ['[build]\nrustc = "x"', '2 program build.rustc'],
    ['build.rustc-wrapper = "sccache"', '1 program build.rustc-wrapper'],
    ['build = { jobs = 2, rustc-workspace-wrapper = "x" }', '1 program build.rustc-workspace-wrapper'],
    ['[build]\nrustdoc = "x"', '2 program build.rustdoc'],
    [
      '[target.x86_64-unknown-linux-gnu]\nlinker = "clang"',
      '2 program target.x86_64-unknown-linux-gnu.linker',
    ],
    ["[target.'cfg(unix)']\nrunner = 'x'", '2 program target."cfg(unix)".runner'],
    ['[host]\nlinker = "x"', '2 program host.linker'],
    ['[target.x.ssl]\nrustc-link-lib = ["ssl"]', '1 flags target.x.ssl'],
    ['[build]\nrustflags = ["-C", "target-cpu=native"]', '2 flags build.rustflags'],
    ['[build]\nrustflags = "-Clinker=./x"', '2 program build.rustflags'],
    ['[build]\nrustflags = ["-C", "link-arg=-fuse-ld=./x"]', '2 program build.rustflags'],
    ['[build]\nrustflags = ["-Zcodegen-backend=./x.so"]', '2 program build.rustflags'],
    ['[build]\nrustdocflags = ["--cfg", "docs"]', '2 flags build.rustdocflags'],
    ['[profile.dev]\nrustflags = ["-g"]', '2 flags profile.dev.rustflags'],
    ['[env]\nRUST_LOG = "debug"\nCOLUMNS = "80"'],
    ['[env]\nLD_PRELOAD = "x.so"', '2 environment env.LD_PRELOAD'],
    ['env.Path = { value = "x", force = true }', '1 environment env.Path'],
    [
      '[env]\nCC_x86_64_unknown_linux_gnu = "x"\nRUSTC_BOOTSTRAP = "1"',
      '2 environment env.CC_x86_64_unknown_linux_gnu',
      '3 environment env.RUSTC_BOOTSTRAP',
    ],
    ['[registries.mine]\nindex = "sparse+https://r.example/"', '2 registry registries.mine.index'],
    ['[registry]\ndefault = "mine"', '2 registry registry.default'],
    ['[registry]\ntoken = "t"', '2 credentials registry.token'],
    [
      '[registry]\nglobal-credential-providers = ["./x"]',
      '2 credentials registry.global-credential-providers',
    ],
    ['[registries.m]\ncredential-provider = ["./x"]', '2 credentials registries.m.credential-provider'],
    ['[credential-alias]\nx = ["./x"]', '2 credentials credential-alias.x'],
    ['[net]\ngit-fetch-with-cli = true\nretry = 5', '2 git-client net.git-fetch-with-cli'],
    ['[net]\ngit-fetch-with-cli = false'],
    ['[http]\nproxy = "http://p.example"\ntimeout = 9', '2 network http.proxy'],
    ['[http]\ncheck-revoke = false', '2 network http.check-revoke'],
    ['[http]\ncheck-revoke = true'],
    ['[http]\ncainfo = "ca.pem"', '2 network http.cainfo'],
    ['[http]\nssl-version.min = "tlsv1.0"', '2 network http.ssl-version'],
    ['[net.ssh]\nknown-hosts = ["x"]', '2 network net.ssh.known-hosts'],
    ['[unstable]\nbuild-std = ["core"]\nmtime-on-use = false', '2 unstable unstable.build-std'],
    ['[alias]\nxtask = "run -p xtask --"\ndeny = "run -p fake"', '3 alias alias.deny'],
    ['paths = ["../fork"]', '1 path-override paths'],
    ['[term]\ncolor = "never"\n[build]\njobs = 4\ntarget-dir = "t"'],
    ['[build]\n"rustc" = "x"', '2 program build.rustc'],
    ['# [build]\nx = """\n[build]\nrustc = "fake"\n"""\n[build]\nrustc = "x"', '7 program build.rustc'],
  ] as const) {
    it(JSON.stringify(toml), () => {
      const expected = (difference: string) =>
        found.map((each) => `${file}:${each.replace(' ', ` ${difference} `)}`);
      assert.deepEqual(brief(settings(undefined, { [file]: toml })), expected('present'));
      assert.deepEqual(brief(settings({}, { [file]: toml })), expected('added'));
      assert.deepEqual(brief(settings({ [file]: toml }, { [file]: `\n${toml}` })), []);
    });
  }

  it('does not tell secrets', () => {
    const [token] = settings({ [file]: 'registry.token = "old"' }, { [file]: 'registry.token = "new"' });
    assert.deepEqual([token?.before, token?.after], ['a secret', 'a secret']);
    const [proxy] = settings(undefined, { [file]: 'http.proxy = "http://u:secret@p.example:8"' });
    assert.equal(proxy?.after, '`"http://…@p.example:8"`');
  });
});

describe('where crates come from', () => {
  const mirror =
    '[source.crates-io]\nreplace-with = "m"\n[source.m]\nregistry = "sparse+https://m.example/"\n';
  const vendor = '[source.crates-io]\nreplace-with = "v"\n[source.v]\ndirectory = "vendor"\n';
  for (const [name, before, after, found] of [
    ['a mirror', '', mirror, [['added', 4, undefined, 'registry `"sparse+https://m.example/"`']]],
    ['the same', mirror, `\n${mirror}`, []],
    [
      'another name for the same',
      mirror,
      mirror.replaceAll('m"', 'n"').replace('.m]', '.n]').replace('example/n"', 'example/"'),
      [],
    ],
    [
      'another place',
      mirror,
      mirror.replace('m.example', 'evil.example'),
      [['changed', 4, 'registry `"sparse+https://m.example/"`', 'registry `"sparse+https://evil.example/"`']],
    ],
    ['no longer', mirror, '[term]\n', [['removed', 4, 'registry `"sparse+https://m.example/"`', undefined]]],
    [
      'a folder',
      mirror,
      vendor,
      [['changed', 4, 'registry `"sparse+https://m.example/"`', 'directory `"vendor"`']],
    ],
    [
      'by way of another',
      mirror,
      `${mirror}replace-with = "x"\n[source.x]\nlocal-registry = "l"\n`,
      [
        ['changed', 7, 'registry `"sparse+https://m.example/"`', 'local registry `"l"`'],
        ['added', 7, undefined, 'local registry `"l"`'],
      ],
    ],
    [
      'a registry by its name',
      '',
      '[source.crates-io]\nreplace-with = "r"\n[registries.r]\nindex = "sparse+https://r.example/"\n',
      [['added', 4, undefined, 'registry `"sparse+https://r.example/"`']],
    ],
    [
      'in a circle',
      '',
      '[source.crates-io]\nreplace-with = "a"\n[source.a]\nreplace-with = "crates-io"\n',
      [
        ['added', 2, undefined, 'elsewhere `"a"`'],
        ['added', 4, undefined, 'elsewhere `"crates-io"`'],
      ],
    ],
    [
      'crates.io moved',
      '',
      '[source.crates-io]\nregistry = "https://evil.example"\n',
      [['added', 2, undefined, 'registry `"https://evil.example"`']],
    ],
  ] as const) {
    it(name, () => {
      const sources = settings({ [file]: before }, { [file]: after }).filter(
        ({ topic }) => topic === 'source',
      );
      assert.deepEqual(
        sources.map((each) => [each.difference, each.line, each.before, each.after]),
        found,
      );
    });
  }
});

describe('levels', () => {
  const wrapper = (program: string) => `[build]\nrustc-wrapper = "${program}"\n`;
  it('the old name counts where both are there', () => {
    const both = { '.cargo/config': wrapper('a'), [file]: wrapper('b') };
    assert.deepEqual(brief(settings({ [file]: wrapper('b') }, both)), [
      '.cargo/config:2 changed program build.rustc-wrapper',
    ]);
  });
  it('a level below goes before those above', () => {
    const [found] = settings(
      { [file]: wrapper('a') },
      { [file]: wrapper('a'), 'sub/dir/.cargo/config.toml': wrapper('b') },
    );
    assert.deepEqual([found?.file, found?.covers], ['sub/dir/.cargo/config.toml', [file]]);
  });
  it('a source that is replaced above and defined below', () => {
    const above = '[source.crates-io]\nreplace-with = "m"\n[source.m]\nregistry = "https://m.example"\n';
    const below = '[source.m]\nregistry = "https://evil.example"\n';
    const found = settings({ [file]: above }, { [file]: above, 'sub/.cargo/config.toml': below });
    assert.deepEqual(brief(found), ['sub/.cargo/config.toml:2 changed source source.crates-io']);
  });
  it('what is included counts, weaker than what includes it, the last one first', () => {
    const files = {
      [file]:
        'include = ["one.toml", { path = "two.toml", optional = true }, "gone.toml", "../../out.toml"]\nbuild.rustc = "x"',
      '.cargo/one.toml': `${wrapper('one')}rustc = "y"\nrustdoc = "z"`,
      '.cargo/two.toml': `include = "one.toml"\n${wrapper('two')}`,
    };
    assert.deepEqual(brief(settings(undefined, files)), [
      '.cargo/config.toml:2 present program build.rustc',
      '.cargo/two.toml:3 present program build.rustc-wrapper',
      '.cargo/one.toml:4 present program build.rustdoc',
    ]);
    const unread = configChanges(undefined, sideOf(files)).filter(({ kind }) => kind === 'unreadable');
    assert.deepEqual(
      unread.map((item) => ('reason' in item ? `${item.file}:${item.line} ${item.reason}` : '')),
      [
        '.cargo/config.toml:1 it includes "../../out.toml", which lies outside of the project',
        '.cargo/config.toml:1 it includes "gone.toml", which is not there',
      ],
    );
  });
  it('a file that cannot be read is told', () => {
    const bad = { [file]: '[build\n', 'a/.cargo/config': Buffer.from([0xff]) };
    const found = configChanges(sideOf({}), sideOf(bad));
    assert.deepEqual(
      found.map(({ kind, file: at, line }) => [kind, at, line]),
      [
        ['unreadable', file, 1],
        ['unreadable', 'a/.cargo/config', 1],
      ],
    );
    assert.deepEqual(configChanges(sideOf(bad), sideOf(bad)), []);
  });
});

describe('any text', () => {
  const pieces = fc.constantFrom(
    ...'[build]\n~rustc="x"\n~[source.crates-io]\n~replace-with="m"\n~[source.m]\n~registry="https://x"\n~[patch.crates-io]\n~a={path="b"}\n~[env]\n~PATH="x"\n~[package]\nname="p"\n~build=~"x.rs"\n~[lib]\nproc-macro=true\n~[toolchain]\n~channel="nightly"\n~nightly~{~}~[~]~"~\u0000~__proto__~.~=~[replace]\n~"a:1.0.0"={git="u"}\n~include=["config.toml"]\n~[[a]]\n'.split(
      '~',
    ),
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 20 }).map((all) => all.join('')),
  );
  it('is compared to its end, is equal to itself, and points inside', () => {
    const names = [file, '.cargo/config', 'Cargo.toml', 'rust-toolchain', 'rust-toolchain.toml', 'build.rs'];
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names), text),
        fc.dictionary(fc.constantFrom(...names), text),
        (a, b) => {
          assert.equal(surroundingChanges(sideOf(a), sideOf(a)).size, 0);
          for (const before of [undefined, sideOf(a)]) {
            for (const { file: at, line, difference } of [
              ...surroundingChanges(before, sideOf(b)).values(),
            ].flat()) {
              const text = (difference === 'removed' ? a[at] : b[at]) ?? '';
              assert.ok(line >= 1 && line <= text.split('\n').length, `${at}:${line}`);
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
