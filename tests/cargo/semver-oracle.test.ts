import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  matches,
  parseRequirement,
  requirementText,
  tryParseRequirement,
} from '../../src/cargo/requirement.ts';
import {
  comparePrecedence,
  compareVersions,
  parseVersion,
  tryParseVersion,
} from '../../src/cargo/version.ts';
import { buildOracle, type Request } from '../support/rust-oracle.ts';
import { nearRequirement, nearVersion, requirementLike, validVersion, versionLike } from './semver-texts.ts';

const oracle = buildOracle(join(import.meta.dirname, 'oracle'), 'semver-oracle');
const skip = oracle.kind === 'absent' ? oracle.reason : false;
const ask = (requests: readonly Request[]) => (oracle.kind === 'ready' ? oracle.ask(requests) : []);
const sample = <T>(arbitrary: fc.Arbitrary<T>, count: number, seed: number) =>
  fc.sample(arbitrary, { numRuns: count, seed });

/** Both sides' answers, compared in one go so that a failure shows the request. */
function agree(requests: readonly Request[], ours: (request: Request) => string): void {
  const answers = ask(requests);
  const differing = requests.flatMap((request, i) => {
    const [own, real] = [ours(request), answers[i]];
    return own === real ? [] : [{ request, own, real }];
  });
  assert.deepEqual(differing.slice(0, 10), [], `${differing.length} of ${requests.length} differ`);
}

const shownVersion = (text: string) => {
  const version = tryParseVersion(text);
  return version === undefined ? 'err' : `ok ${version.text}`;
};
const shownRequirement = (text: string) => {
  const requirement = tryParseRequirement(text);
  return requirement === undefined ? 'err' : `ok ${requirementText(requirement)}`;
};

test('versions parse as in the semver crate', { skip }, () => {
  const texts = sample(versionLike, 20_000, 1);
  agree(
    texts.map((text) => ['version', text]),
    ([, text = '']) => shownVersion(text),
  );
});

test('versions order as in the semver crate', { skip }, () => {
  const pairs = [
    ...sample(fc.tuple(validVersion, validVersion), 15_000, 2),
    ...sample(fc.tuple(nearVersion, nearVersion), 5_000, 3),
  ];
  agree(
    pairs.map(([a, b]) => ['compare', a, b]),
    ([, a = '', b = '']) => {
      const [left, right] = [parseVersion(a), parseVersion(b)];
      return `${compareVersions(left, right)} ${comparePrecedence(left, right)}`;
    },
  );
});

test('requirements parse and print as in the semver crate', { skip }, () => {
  const many = [31, 32, 33].map((count) => Array(count).fill('1').join(','));
  const texts = [...sample(requirementLike, 20_000, 4), ...many];
  agree(
    texts.map((text) => ['requirement', text]),
    ([, text = '']) => shownRequirement(text),
  );
});

test('requirements match as in the semver crate', { skip }, () => {
  const pairs = sample(
    fc.tuple(
      fc.oneof(requirementLike, nearRequirement),
      fc.oneof({ weight: 5, arbitrary: nearVersion }, { weight: 1, arbitrary: validVersion }),
    ),
    120_000,
    5,
  ).filter(([requirement]) => tryParseRequirement(requirement) !== undefined);
  assert.ok(pairs.length > 40_000, `only ${pairs.length} requirements parse`);
  const met = pairs.filter(([requirement, version]) =>
    matches(parseRequirement(requirement), parseVersion(version)),
  );
  assert.ok(met.length > 4_000, `only ${met.length} pairs match`);
  agree(
    pairs.map(([requirement, version]) => ['matches', requirement, version]),
    ([, requirement = '', version = '']) =>
      String(matches(parseRequirement(requirement), parseVersion(version))),
  );
});

const advisories = join(import.meta.dirname, '../../../shared/data/advisory-db/crates');
const noData = existsSync(advisories) ? skip : 'the advisory database is not at ../shared/data';

test('requirements of real advisories read as in the semver crate', { skip: noData }, () => {
  const files = globSync('*/*.md', { cwd: advisories });
  const texts = files.flatMap((file) => quotedLists(readFileSync(join(advisories, file), 'utf8')));
  const requirements = [...new Set(texts)];
  assert.ok(requirements.length > 500, `only ${requirements.length} requirements`);
  agree(
    requirements.map((text) => ['requirement', text]),
    ([, text = '']) => shownRequirement(text),
  );
  const versions = [
    ...new Set(requirements.flatMap((text) => text.match(/[0-9]+\.[0-9]+\.[0-9]+(?:-[a-z0-9.]+)?/g) ?? [])),
  ];
  const pairs = requirements
    .flatMap((requirement, i) =>
      versions
        .slice(i % 97)
        .filter((_, j) => j % 97 === 0)
        .map((version) => ['matches', requirement, version] as const),
    )
    .filter(
      ([, requirement, version]) =>
        tryParseRequirement(requirement) !== undefined && tryParseVersion(version) !== undefined,
    );
  agree(pairs, ([, requirement = '', version = '']) =>
    String(matches(parseRequirement(requirement), parseVersion(version))),
  );
});

/** Every string of `patched`, `unaffected` and the like: enough of TOML for a test. */
function quotedLists(advisory: string): readonly string[] {
  const lists = advisory.match(/^(?:patched|unaffected|"[\w:]+") *= *\[[^\]]*\]/gm) ?? [];
  return lists.flatMap((list) =>
    [...list.slice(list.indexOf('[')).matchAll(/"([^"]*)"/g)].map(([, text = '']) => text),
  );
}
