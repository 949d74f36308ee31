/** What is well known resembles nothing that would be a trap; what was a trap still does. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shippedNames } from '../../../src/facts/popularity/shipped.ts';
import { typosquatFact } from '../../../src/facts/typosquat/fact.ts';
import { knownNames } from '../../../src/facts/typosquat/names.ts';
import { Namespace } from '../../../src/facts/typosquat/namespace.ts';

const namespace = new Namespace(knownNames({}));
const resembled = (name: string) => {
  const fact = typosquatFact(namespace, { name }, 'test', 0);
  return fact.kind === 'known' ? fact.value.resembles.map(({ crate }) => crate) : [];
};

describe('a name', () => {
  it('of a much used crate resembles no other', () => {
    assert.deepEqual(
      shippedNames.filter((name) => resembled(name).length > 0),
      [],
    );
  });

  for (const [name, crate] of [
    ['proc-macro1', 'proc-macro2'],
    ['serd', 'serde'],
    ['tokoi', 'tokio'],
    ['rustdecimal', 'rust_decimal'],
    ['once-cel', 'once_cell'],
  ] as const)
    it(`${name} resembles ${crate}`, () => {
      assert.ok(resembled(name).includes(crate));
    });
});
