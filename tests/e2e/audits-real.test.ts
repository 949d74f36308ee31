/** What organisations and reviewers really publish, through the server's own door; without ../shared/data it is skipped. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { CrevFact } from '../../src/facts/crev/fact.ts';
import type { Fact } from '../../src/facts/fact.ts';
import type { VetFact } from '../../src/facts/vet/fact.ts';
import { stage } from '../support/stage.ts';

const data = join(import.meta.dirname, '../../../shared/data');
const dpc = 'FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE';

describe('real audits and proofs', { skip: existsSync(data) ? false : 'there is no ../shared/data' }, () => {
  it('are all read, say who certified what, and are counted', async (t) => {
    const vet = join(data, 'vet');
    const files = readdirSync(vet).filter((file) => file.endsWith('.toml') && file !== 'registry.toml');
    const imports = files.map(
      (file) => `[audits.imports.${file.replace('.toml', '')}]\nurl = ${JSON.stringify(join(vet, file))}`,
    );
    const own = JSON.stringify(join(vet, 'stores/wasmtime'));
    const proofs = JSON.stringify(['dpc', 'kornelski'].map((name) => join(data, 'crev', name)));
    const s = await stage(t, {
      config: `[audits]\nown = ${own}\n${imports.join('\n')}\n[crev]\nproofs = ${proofs}\nids = ["${dpc}"]\n`,
    });
    s.publish('serde', '1.0.163', { pubtime: '2020-01-01T00:00:00Z' });
    s.publish('log', '0.4.6', { pubtime: '2020-01-01T00:00:00Z' });
    await s.mirror.tick();
    const log = await s.mirror.server.store.log({ limit: 1000 });
    const updates = log.filter(({ event }) => event === 'feed-updated').map(({ details }) => details ?? {});
    assert.equal(updates.length, files.length + 3);
    const count = (noun: string) => updates.reduce((sum, each) => sum + Number(each[noun] ?? 0), 0);
    t.diagnostic(`${count('audits')} audits, ${count('proofs')} proofs, ${count('skipped')} skipped`);
    assert.ok(count('audits') > 10_000 && count('proofs') > 700);
    const factsOf = async (name: string) => {
      const answer = await s.mirror.call(`/api/v1/explain/${name}`);
      const explained = (await answer.json()) as {
        case: { facts: { vet: Fact<VetFact>; crev: Fact<CrevFact> } };
      };
      return explained.case.facts;
    };
    const serde = await factsOf('serde/1.0.163');
    assert.ok(serde.vet.kind === 'known' && serde.crev.kind === 'known');
    // Three organisations, each a stretch of the way.
    const [met] = serde.vet.value.met;
    assert.equal(met?.criterion, 'safe-to-run');
    assert.deepEqual(met?.organisations, ['google', 'isrg', 'zcash']);
    assert.equal(met?.steps.length, 9);
    // A file that could not be read would have a name in there.
    assert.deepEqual([serde.vet.value.missing, serde.crev.value.missing], [undefined, undefined]);
    const log046 = await factsOf('log/0.4.6');
    assert.ok(log046.crev.kind === 'known', JSON.stringify(log046.crev));
    assert.ok(log046.crev.value.reviews.length > 0, JSON.stringify(log046.crev));
  });
});
