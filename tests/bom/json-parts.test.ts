import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { jsonParts } from '../../src/bom/json-parts.ts';

it('its parts are what JSON.stringify says, whatever is in them and however deep', () => {
  const value = fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue()), fc.constant(undefined));
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), fc.constantFrom('', '  ', '\t'), (object, indent) => {
      assert.equal([...jsonParts(object, indent)].join(''), JSON.stringify(object, null, indent));
    }),
  );
});

it('an iterator is a list', () => {
  const parts = jsonParts({ list: ['a\n', { b: [1] }].values(), none: [].values() }, '  ');
  assert.equal([...parts].join(''), JSON.stringify({ list: ['a\n', { b: [1] }], none: [] }, null, '  '));
});
