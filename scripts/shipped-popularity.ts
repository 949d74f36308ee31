/**
 * Writes src/facts/popularity/shipped-names.json: `node scripts/shipped-popularity.ts [FILE]`, FILE holding one crate
 * name a line, the most used first. What is shipped was counted in August 2026 over the lockfiles of 83 applications
 * (`../shared/data/popular-crates.txt`): bare names and their order, facts that nobody holds rights in.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const from = process.argv[2] ?? join(root, '..', 'shared', 'data', 'popular-crates.txt');
const names = readFileSync(from, 'utf8')
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => /^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(line));
const list = {
  about: 'Crate names, the most depended-on first; made by scripts/shipped-popularity.ts.',
  source: 'Counted over the lockfiles of 83 applications published on the public registry.',
  licence: 'CC0-1.0: a list of names, counted by this project.',
  found: '2026-08-21T00:00:00Z',
  names: [...new Set(names)],
};
writeFileSync(
  join(root, 'src', 'facts', 'popularity', 'shipped-names.json'),
  `${JSON.stringify(list, null, 2)}\n`,
);
console.log(`${list.names.length} names`);
