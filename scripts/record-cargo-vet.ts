/**
 * Asks cargo-vet about invented stores and writes its answers into tests/fixtures/vet/, for the tests that run without
 * it: `node scripts/record-cargo-vet.ts`. Builds cargo-vet once.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { peer } from '../tests/support/peers.ts';
import { vetCase } from '../tests/support/vet-cases.ts';
import { askAbout, cargoVetVersion } from '../tests/support/vet-oracle.ts';

const target = join(import.meta.dirname, '../tests/fixtures/vet/answers.json');
const seed = 1;
const count = 40;

const program = await peer('cargo-vet', cargoVetVersion);
const answers = [];
for (const each of fc.sample(vetCase, { seed, numRuns: count })) {
  const { packages, store, answer } = await askAbout(each, program);
  answers.push({
    packages: packages.map(({ version, ...rest }) => ({ ...rest, version: version.text })),
    store,
    answer,
  });
}
mkdirSync(dirname(target), { recursive: true });
// One answer a line, so that a change shows as a change of that answer.
const lines = answers.map((each) => JSON.stringify(each)).join(',\n');
writeFileSync(target, `{"cargoVet":"${cargoVetVersion}","seed":${seed},"answers":[\n${lines}\n]}\n`);
console.log(`${answers.length} answers of cargo-vet ${cargoVetVersion} in ${target}`);
