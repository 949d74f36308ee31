/** Values that lead to too many others to look at: that they were not followed is said, whoever runs the code. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isGrave } from '../../src/policy/shapes.ts';
import { reviewHelper } from '../../src/rust/library.ts';
import { packageSource } from '../../src/rust/package-source.ts';
import { toToml } from '../support/manifest.ts';
import { assertReach, reviewOf, roles } from './reach.ts';

const count = 400;
/** Each leads to three others. */
const head = Array.from({ length: count }, (_, i) => {
  const next = `f${i + 1}(x) + &f${i + 1}(x) + &f${(i * 7 + 3) % count}(x)`;
  return `fn f${i}(x: &str) -> String { ${i + 1 < count ? next : 'x.into()'} }`;
}).join('\n');
const body = Array.from({ length: 80 }, (_, i) => `std::process::Command::new(f${i}("a")).status();`).join(
  '\n',
);
const says = ['opaque: too complex: where its values come from'];

describe('values that lead to too many others', () => {
  for (const role of roles)
    it(`are said to be unread, in a ${role}`, () => assertReach({ how: '', head, body, says }, role));

  for (const role of ['macro', 'library'] as const)
    it(`are said to be unread in a text that is read as code, in a ${role}`, () => {
      const text = JSON.stringify(head + body);
      assertReach(
        { how: '', body: `let t: proc_macro2::TokenStream = ${text}.parse().unwrap();`, says },
        role,
      );
    });

  it('are said to be unread where a script calls the library', () => {
    const manifest = toToml({ package: { name: 'a', version: '1.0.0' } });
    const files: Readonly<Record<string, string>> = { 'src/lib.rs': `${head}\npub fn run() { ${body} }` };
    const review = reviewHelper(packageSource(manifest, (path) => files[path]));
    assert.ok(review?.shapes.includes(says[0] ?? ''));
  });

  it('are asked about where the library runs at build time', () => {
    const { shapes } = reviewOf({ how: '', head, body, says: [] }, 'library');
    assert.ok(shapes.some((shape) => shape === says[0] && isGrave(shape, 'helper')));
  });
});
