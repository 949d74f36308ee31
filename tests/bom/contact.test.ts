import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { contactOf, isEmail } from '../../src/bom/contact.ts';
import { cyclonedxJson } from '../../src/bom/cyclonedx/json.ts';
import { sampleBom } from '../samples/bom.ts';
import { jsonProblem } from '../support/bom-judges.ts';

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
    ['Example <root@localhost>', { name: 'Example <root@localhost>' }],
    ['Example <a@example.c>', { name: 'Example <a@example.c>' }],
  ] as const;
  for (const [text, contact] of cases) assert.deepEqual(contactOf(text), contact, text);
});

it('the official validator takes every address that is taken for one here', async () => {
  const piece = fc.constantFrom(
    'a',
    'B',
    '7',
    '-',
    '_',
    '.',
    '+',
    "'",
    'é',
    'п',
    '/',
    '~',
    'com',
    'x'.repeat(40),
  );
  const word = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''));
  const domain = fc
    .tuple(word, fc.constantFrom('.org', '.7', '.x', '', '.é-', '.example'))
    .map((parts) => parts.join(''));
  const address = fc.tuple(word, domain).map(([local, at]) => `${local}@${at}`);
  const taken = fc.sample(address, 3000).filter(isEmail);
  assert.ok(taken.length > 100, `${taken.length}`);
  const bom = sampleBom();
  const json = cyclonedxJson({ ...bom, subject: { ...bom.subject, authors: taken } }, '1.7');
  const problem = await jsonProblem(json, '1.7');
  const index = /authors\/(\d+)/.exec(problem ?? '')?.[1];
  assert.equal(problem, undefined, index === undefined ? problem : taken[Number(index)]);
});
