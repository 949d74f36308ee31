import assert from 'node:assert/strict';
import { it } from 'node:test';
import { payloadsRun } from './cargo-runs.ts';
import { toToml } from './manifest.ts';

const manifest = (name: string, more: Record<string, unknown> = {}) =>
  toToml({ package: { name, version: '0.1.0', edition: '2021' }, ...more });
const payload = 'std::fs::write("payload-marker", "").unwrap();';

it('says of samples of every kind whether their payloads run', async (t) => {
  const samples = [
    { name: 'script', files: { 'Cargo.toml': manifest('script'), 'build.rs': `fn main() { ${payload} }` } },
    {
      name: 'idle',
      files: { 'Cargo.toml': manifest('idle'), 'build.rs': `fn main() { if false { ${payload} } }` },
    },
    { name: 'broken', files: { 'Cargo.toml': manifest('broken'), 'build.rs': `fn main() { ${payload} ` } },
    {
      name: 'macro',
      files: {
        'Cargo.toml': manifest('a-macro', { lib: { 'proc-macro': true } }),
        'src/lib.rs': `use proc_macro::TokenStream; #[proc_macro] pub fn nothing(_: TokenStream) -> TokenStream { ${payload} TokenStream::new() }`,
      },
    },
    {
      name: 'library',
      files: { 'Cargo.toml': manifest('a-library'), 'src/lib.rs': `pub fn go() { other::id(); ${payload} }` },
      used: 'sample::go();',
    },
  ].map((sample) => ({
    ...sample,
    files: {
      'src/lib.rs': '',
      ...sample.files,
      'Cargo.toml': `${sample.files['Cargo.toml']}\n[dependencies]\nother = "1"\n`,
    },
  }));
  const crates = {
    other: {
      'Cargo.toml': toToml({ package: { name: 'other', version: '1.2.0' } }),
      'src/lib.rs': 'pub fn id() {}',
    },
  };
  const { names, said } = await payloadsRun(samples, { crates }, t);
  assert.deepEqual([...names].sort(), ['library', 'macro', 'script'], said);
});
