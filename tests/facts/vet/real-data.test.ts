/** What organisations really publish; where ../shared/data is not there, nothing is read. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readForeignAuditsFile } from '../../../src/facts/vet/audits-file.ts';
import { checkStore } from '../../../src/facts/vet/check.ts';
import { vetFact } from '../../../src/facts/vet/fact.ts';
import { readRegistryFile } from '../../../src/facts/vet/imports-file.ts';
import { readStore } from '../../../src/facts/vet/store.ts';

const folder = join(import.meta.dirname, '../../../../shared/data/vet');
const read = (file: string) => ({ file, text: readFileSync(join(folder, file), 'utf8') });

describe('real audits', { skip: existsSync(folder) ? false : 'there is no ../shared/data' }, () => {
  const published = () =>
    readdirSync(folder).filter((file) => file.endsWith('.toml') && file !== 'registry.toml');

  it('every published file is read, and every entry but five that are no versions', () => {
    const skipped: string[] = [];
    let audits = 0;
    for (const file of published()) {
      const { value, problems } = readForeignAuditsFile(read(file));
      assert.ok(value, file);
      audits += [...value.audits.values()].flat().length;
      skipped.push(...problems.map((problem) => `${problem.file}:${problem.line}`));
    }
    assert.ok(audits > 8_000, `${audits}`);
    // Debian's versions, such as `2.0.0~pre.1`: cargo-vet leaves them out too.
    assert.deepEqual(
      skipped.map((each) => each.split(':')[0]),
      Array(5).fill('debian.toml'),
    );
  });

  it('registry.toml has their names', () => {
    const names = [...(readRegistryFile(read('registry.toml')).value ?? new Map()).keys()];
    assert.ok(names.includes('mozilla') && names.includes('google'));
  });

  for (const name of ['libprio-rs', 'spin', 'wasmtime']) {
    it(`the store of ${name} is sound`, () => {
      const { store, problems } = readStore({
        audits: read(`stores/${name}/audits.toml`),
        config: read(`stores/${name}/config.toml`),
        imports: read(`stores/${name}/imports.lock`),
      });
      assert.deepEqual(problems, []);
      assert.deepEqual(checkStore(store, '2026-08-21'), []);
    });
  }

  it('everything that somebody read in full is certified by them', () => {
    const live = new Map(published().map((file) => [file.replace('.toml', ''), [read(file)]]));
    const { store } = readStore({ live });
    let seen = 0;
    for (const { organisation, audits } of store.sources) {
      for (const [crate, entries] of audits.audits) {
        const full = entries.flatMap(({ what, criteria }) =>
          what.kind === 'full' && criteria.length > 0 ? [what.version] : [],
        );
        const [version] = full.filter(({ commit }) => commit === undefined);
        if (version === undefined) continue;
        const fact = vetFact(store, { crate, version: version.text }, 0);
        assert.ok(fact.kind === 'known');
        const alone = fact.value.met.some(({ organisations }) => organisations.join() === organisation);
        assert.ok(alone, `${organisation} ${crate} ${version.text}`);
        seen++;
      }
    }
    assert.ok(seen > 2_000, `${seen}`);
  });
});
