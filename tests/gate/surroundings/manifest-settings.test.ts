import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { surroundingChanges } from '../../../src/gate/surroundings/surroundings.ts';
import { sideOf } from './sides.ts';

const plain = '[package]\nname = "a"\nversion = "0.1.0"\n';

function found(before: string | undefined, after: string, file = 'Cargo.toml'): readonly string[] {
  const side = (text: string) => sideOf({ [file]: text });
  const changes = surroundingChanges(before === undefined ? undefined : side(before), side(after));
  return [...changes.values()]
    .flat()
    .flatMap((change) =>
      change.kind === 'setting'
        ? [`${change.file}:${change.line} ${change.difference} ${change.topic} ${change.key}`]
        : [],
    );
}

describe('a manifest that leads the compiler to programs', () => {
  // Each was seen to reach rustc with cargo 1.95 under RUSTC_BOOTSTRAP.
  for (const [toml, expected] of [
    ['[profile.release]\nrustflags = ["-Clinker=./x"]', '5 added program profile.release.rustflags'],
    ['[profile.dev]\nrustflags = ["--cfg=a"]', '5 added flags profile.dev.rustflags'],
    [
      '[profile.release.build-override]\nrustflags = ["-C", "linker=x"]',
      '5 added program profile.release.build-override.rustflags',
    ],
    [
      '[profile.dev.package."*"]\nrustflags = ["-Clinker=./x"]',
      '5 added program profile.dev.package."*".rustflags',
    ],
    [
      'profile.dev.package.a.codegen-backend = "./x.so"',
      '1 added program profile.dev.package.a.codegen-backend',
    ],
  ] as const)
    it(toml, () => {
      const text = toml.startsWith('profile') ? `${toml}\n${plain}` : `${plain}${toml}\n`;
      const at = expected;
      assert.deepEqual(found(plain, text), [`Cargo.toml:${at}`]);
      assert.deepEqual(
        found(plain, text, 'crates/a/Cargo.toml'),
        [`crates/a/Cargo.toml:${at}`],
        'whichever manifest is built by itself',
      );
      assert.deepEqual(found(text, `# moved\n${text}`), []);
    });

  it('what is unstable in it', () => {
    assert.deepEqual(found(plain, `cargo-features = ["profile-rustflags"]\n${plain}`), [
      'Cargo.toml:1 added unstable cargo-features',
    ]);
    assert.deepEqual(found(plain, `${plain}metabuild = ["b"]\n`), [
      'Cargo.toml:4 added program package.metabuild',
    ]);
  });

  it('and not what a profile otherwise says', () => {
    assert.deepEqual(
      found(plain, `${plain}[profile.release]\nlto = true\n[profile.dev.package.a]\nopt-level = 2\n`),
      [],
    );
  });
});
