import assert from 'node:assert/strict';
import { it } from 'node:test';
import { contactOf } from '../../src/bom/contact.ts';

it('an author is a name, an address, or both', () => {
  const cases = [
    ['Example Team <team@example.org>', { name: 'Example Team', email: 'team@example.org' }],
    ['<team@example.org>', { email: 'team@example.org' }],
    ['team@example.org', { email: 'team@example.org' }],
    ['The Example Developers', { name: 'The Example Developers' }],
    ['https://example.org/security', { name: 'https://example.org/security' }],
    // No address that a schema takes: it stays what it is, a text.
    ['Example <team at example.org>', { name: 'Example <team at example.org>' }],
    ['Example <@example>', { name: 'Example <@example>' }],
  ] as const;
  for (const [text, contact] of cases) assert.deepEqual(contactOf(text), contact, text);
});
