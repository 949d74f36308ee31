/** The organisation's own crate names, as the policy says them: who takes one, and who resembles one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stage } from '../support/stage.ts';

const policy = '[dependency-confusion]\nnames = ["acme-billing"]\nprefixes = ["corp-"]\n';
const young = { pubtime: '2026-07-20T00:00:00Z' };

describe('the organisation’s own crates', () => {
  it('are what another’s name may neither be nor resemble, from the policy’s coming into force on', async (t) => {
    const s = await stage(t);
    for (const name of ['acme-biling', 'acme_billing', 'corp-tools', 'acme-other']) {
      s.publish(name, '1.0.0', young);
      await s.index(name);
      assert.equal((await s.release(name, '1.0.0')).state, 'promoted', name);
    }
    await s.restart({ policy });
    await s.mirror.tick();
    const states = async (name: string) => {
      const { state, verdict } = await s.release(name, '1.0.0');
      return [state, verdict.findings.find(({ effect }) => effect !== 'warn')?.rule];
    };
    assert.deepEqual(await states('acme-biling'), ['review', 'typosquat']);
    assert.deepEqual(await states('acme_billing'), ['blocked', 'dependency-confusion']);
    assert.deepEqual(await states('corp-tools'), ['blocked', 'dependency-confusion']);
    assert.deepEqual(await states('acme-other'), ['promoted', undefined]);
    const answer = await s.mirror.call('/api/v1/explain/corp-tools/1.0.0');
    const { case: judged } = (await answer.json()) as { case: { facts: { firstParty: unknown } } };
    assert.deepEqual((judged.facts.firstParty as { value: unknown }).value, {
      claims: [{ kind: 'prefix', value: 'corp-' }],
      atHome: false,
    });
  });
});
