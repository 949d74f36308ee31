import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseLockfile } from '../../../src/cargo/lockfile.ts';
import { partedSources } from '../../../src/gate/graphs/parted.ts';

const [first, second] = ['1'.repeat(40), '2'.repeat(40)];

function parted(...packages: readonly (readonly [name: string, source: string])[]) {
  const text = packages.map(
    ([name, source]) => `[[package]]\nname = "${name}"\nversion = "1.0.0"\nsource = "${source}"\n`,
  );
  return partedSources(parseLockfile(`version = 4\n\n${text.join('\n')}`)).map(
    ({ packages, commit, first, line }) => `${packages.join(', ')}: ${commit[0]}, not ${first} (${line})`,
  );
}

it('several commits of one git source are told, with the one that cargo takes', () => {
  const git = 'git+https://git.example/r';
  const table: [expected: string[], ...packages: [string, string][]][] = [
    [[], ['a', `${git}#${first}`], ['b', `${git}#${first}`]],
    [['a 1.0.0, b 1.0.0: 2, not a 1.0.0 (4)'], ['a', `${git}#${first}`], ['b', `${git}#${second}`]],
    [['a 1.0.0, b 1.0.0: 1, not a 1.0.0 (4)'], ['a', `${git}.git#${second}`], ['b', `${git}#${first}`]],
    [[], ['a', `${git}?branch=x#${first}`], ['b', `${git}#${second}`]],
    [[], ['a', `${git}?rev=11#${first}`], ['b', `${git}?rev=22#${second}`]],
    [
      ['a 1.0.0, b 1.0.0: 2, not a 1.0.0 (4)'],
      ['a', `${git}?tag=x#${first}`],
      ['b', `${git}?tag=x#${second}`],
    ],
    [[], ['a', `${git}#${first}`], ['b', `${git}2#${second}`]],
  ];
  for (const [expected, ...packages] of table)
    assert.deepEqual(parted(...packages), expected, String(packages));
});
