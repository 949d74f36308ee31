/** Where a registry's answers lead the mirror: never from outside to inside, never from https to http. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Led } from '../support/leading-child.ts';
import { inNamespace } from '../support/namespace.ts';

const addresses = [
  '9.9.9.1/32',
  '9.9.9.2/32',
  '10.1.1.1/32',
  '100.64.0.1/32',
  '169.254.169.254/32',
  'fd00::1/128',
  '2a00::1/128',
];
const led = await inNamespace<Led[]>('leading-child.ts', addresses);

describe('where a registry leads', () => {
  it('was tried', () => assert.ok(led.length > 30));

  for (const { what, status, text, asked, told } of led) {
    if (/^(?:public|private|loopback|https):/.test(what)) {
      it(`${what}: is followed`, () => assert.deepEqual([status, text.length > 100], [200, true]));
      continue;
    }
    it(`${what}: is not followed, and nothing of it is told`, () => {
      assert.equal(asked, 0, 'the inner service was asked');
      assert.equal(status, 502, text);
      assert.match(
        text,
        /leads to an address that is not public|leads from https|redirects to what is no plain/,
      );
      assert.doesNotMatch(text + told, /secret|7000|passwd|127\.|169\.254|fd00|localhost:8000/);
    });
  }
});
