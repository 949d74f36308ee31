/** What a project's policy lets in, and nothing in its lockfile needs. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSourceId } from '../../src/cargo/source-id.ts';
import { unusedEntries } from '../../src/policy/unused-entries.ts';

const locked = [
  { name: 'app', version: '0.1.0', source: undefined },
  {
    name: 'ring',
    version: '0.17.8',
    source: parseSourceId('registry+https://github.com/rust-lang/crates.io-index'),
  },
  {
    name: 'viagit',
    version: '0.1.0',
    source: parseSourceId(`git+https://host.example/a/viagit#${'0'.repeat(40)}`),
  },
];

const waiver = (crate: string, version = '*') =>
  `[[waiver]]\nrule = "license"\ncrate = "${crate}"\nversion = "${version}"\nreason = "x"\nby = "A"\nexpires = "2027-01-01"\n`;

describe('an entry that allows something', () => {
  for (const [text, unused] of [
    [waiver('ring'), []],
    [waiver('.cargo/config.toml'), []],
    [waiver('gone'), ['1: The waiver of license for gone *']],
    [`${waiver('ring')}${waiver('ring', '<0.17')}`, ['8: The waiver of license for ring <0.17']],
    [
      '[license]\nexceptions = [{ name = "gone", allow = ["MIT"] }]',
      ['2: The entry for gone in `exceptions` of [license]'],
    ],
    ['[license]\nexceptions = [{ name = "ring", version = "0.17", allow = ["MIT"] }]', []],
    ['[typosquat]\nallow = ["ring", "gone"]', ['2: gone in `allow` of [typosquat]']],
    [
      '[duplicate-versions]\nskip = [{ name = "gone" }]',
      ['2: The entry for gone in `skip` of [duplicate-versions]'],
    ],
    [
      '[banned]\ncrates = [\n  { name = "x", wrappers = ["ring"] },\n  { name = "y", wrappers = ["ring", "gone"] },\n]',
      ['4: gone in `wrappers` of the ban of y'],
    ],
    [
      '[source]\nregistries = ["crates.io", "https://gone.example/"]\ngit = ["https://host.example/a/", "https://gone.example/b"]',
      [
        '2: https://gone.example/ in `registries` of [source]',
        '3: https://gone.example/b in `git` of [source]',
      ],
    ],
  ] as const)
    it(`in ${text.replaceAll('\n', ' ')}`, () => {
      assert.deepEqual(
        unusedEntries({ file: 'safeguard.toml', text }, locked).map(({ what, line }) => `${line}: ${what}`),
        unused,
      );
    });
});
