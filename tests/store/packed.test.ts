import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { ascending } from '../../src/store/inventory/packed.ts';

const numbers = fc
  .uniqueArray(fc.oneof(fc.nat(300), fc.maxSafeNat()), { maxLength: 60 })
  .map((list) => list.toSorted((a, b) => a - b));

it('numbers that were packed come back', () => {
  fc.assert(fc.property(numbers, (one) => assert.deepEqual(ascending.decode(ascending.encode(one)), one)));
  // Close ones take a byte each.
  assert.equal(Buffer.from(String(ascending.encode([5, 6, 9, 100])), 'base64').length, 4);
});

for (const [what, value] of [
  ['text that ends within a number', Buffer.from([5, 130]).toString('base64')],
  ['a number that JavaScript cannot hold', Buffer.from([...Array(8).fill(255), 127]).toString('base64')],
  ['no text', 5],
] as const)
  it(`${what} is refused`, () => assert.throws(() => ascending.decode(value)));

it('numbers that do not ascend, or are none, are not packed', () => {
  for (const list of [[2, 1], [1.5], [-1]]) assert.throws(() => ascending.encode(list));
});
