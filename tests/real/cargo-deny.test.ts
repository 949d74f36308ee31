/**
 * cargo-deny's `licenses`, `bans` and `sources` against our rules, on the crates that the lockfiles of the corpus pin.
 * Every policy is written twice. Needs the registry; part of `./test --all`.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'smol-toml';
import { manifestOf, readCrateArchive } from '../../src/cargo/crate-archive.ts';
import { type LockedPackage, parseLockfile } from '../../src/cargo/lockfile.ts';
import { termsOf, termText } from '../../src/facts/license/expression.ts';
import { type LicenseFact, licenseFact, readLicense } from '../../src/facts/license/release.ts';
import type { Facts } from '../../src/facts/map.ts';
import { type PlaceFact, placeFact } from '../../src/facts/place.ts';
import { sourceFact } from '../../src/facts/source.ts';
import { readingOf } from '../../src/policy/license-reading.ts';
import type { Rule } from '../../src/policy/rule.ts';
import { allowed } from '../../src/policy/rules/allowed.ts';
import { banned } from '../../src/policy/rules/banned.ts';
import { duplicateVersions } from '../../src/policy/rules/duplicate-versions.ts';
import { license } from '../../src/policy/rules/license.ts';
import { source } from '../../src/policy/rules/source.ts';
import { type DenyErrors, type DenyList, denyErrors, denyList, denyVersion } from '../support/cargo-deny.ts';
import { corpus, corpusFolder } from '../support/corpus.ts';
import { peer } from '../support/peers.ts';
import { type DenyPolicy, denyPolicies } from './cargo-deny-policies.ts';

const run = promisify(execFile);
const crates = corpus();
const rules: Readonly<Record<string, Rule>> = { license, banned, allowed, source, duplicateVersions };

/** Differences that are meant, by `policy: package`, with the reason. */
const argued: Readonly<Record<string, string>> = {};

describe('cargo-deny', {
  skip: crates.length === 0 ? 'no corpus at ../shared/data' : false,
  timeout: 60 * 60_000,
}, () => {
  let program = '';
  let judged = 0;
  before(async () => {
    program = await peer('cargo-deny', denyVersion);
  });

  for (const { name, version } of crates) {
    it(`${name} ${version}`, async (t) => {
      const folder = await corpusFolder({ name, version });
      if (!(await fetched(folder))) return t.skip('cargo cannot fetch what its lockfile pins');
      const packages = parseLockfile(readFileSync(join(folder, 'Cargo.lock'), 'utf8')).packages;
      const listed = await denyList({
        program,
        folder,
        published: true,
        config: denyPolicies[0]?.deny ?? '',
      });
      const subjects = packages.filter((one) => one.source !== undefined && listed.has(idOf(one)));
      assert.ok(subjects.length > 5);
      const facts = factsOf(subjects, packages);
      const different = subjects.flatMap((one) => compareTerms(one, listed));
      await Promise.all(
        denyPolicies.map(async (policy) => {
          const config = policy.deny;
          const errors = await denyErrors({ program, folder, config, published: true }, [
            'licenses',
            'bans',
            'sources',
          ]);
          for (const one of subjects) different.push(...compare(policy, one, facts.get(one) ?? {}, errors));
          judged += subjects.length;
        }),
      );
      assert.deepEqual(
        different.filter((line) => argued[line] === undefined),
        [],
      );
    });
  }

  it('has compared enough to mean something', () => assert.ok(judged > 10_000, String(judged)));
});

/** One line for each rule that sees a package otherwise than cargo-deny. */
function compare(policy: DenyPolicy, one: LockedPackage, facts: Facts, errors: DenyErrors): string[] {
  return Object.entries(rules).flatMap(([name, rule]) => {
    const settings = rule.settings.parse(parse(policy.ours[name as keyof DenyPolicy['ours']] ?? ''));
    const subject = { registry: '', crate: one.name, version: one.version, checksum: one.checksum ?? '' };
    const findings = rule.evaluate({ context: 'release', subject, facts, now: 0 }, settings);
    const ours = findings.some(({ effect }) => effect !== 'warn');
    const codes = errors.get(idOf(one)) ?? new Set();
    const theirs = (codesOf[name] ?? []).some((code) => codes.has(code));
    if (ours === theirs) return [];
    const why = findings.map(({ message }) => message).join(' ');
    return [`${policy.name}: ${name}: ${idOf(one)}: ${ours ? `ours only: ${why}` : 'cargo-deny only'}`];
  });
}

const codesOf: Readonly<Record<string, readonly string[]>> = {
  license: ['rejected', 'unlicensed'],
  banned: ['banned'],
  allowed: ['not-allowed'],
  source: ['source-not-allowed'],
  duplicateVersions: ['duplicate'],
};

/** The facts of every package, as a gate that sees the same graph would have them. */
function factsOf(
  subjects: readonly LockedPackage[],
  all: readonly LockedPackage[],
): ReadonlyMap<LockedPackage, Facts> {
  const graph = [...subjects, ...all.filter((one) => one.source === undefined)];
  const dependents = new Map<LockedPackage, string[]>();
  for (const { name, dependencies } of graph) {
    for (const index of dependencies) {
      const on = all[index];
      if (on !== undefined) dependents.set(on, [...(dependents.get(on) ?? []), name]);
    }
  }
  const versions = Map.groupBy(graph, ({ name }) => name);
  const placeOf = (one: LockedPackage): PlaceFact => ({
    dependents: dependents.get(one) ?? [],
    kinds: ['normal'],
    siblings: (versions.get(one.name) ?? [])
      .filter((other) => other !== one)
      .map((other) => ({ version: other.version, dependents: dependents.get(other) ?? [] })),
  });
  return new Map(
    subjects.map((one) => [
      one,
      {
        license: licenseFact(licenseOf(one), 0),
        source: sourceFact({ source: one.source, line: one.line }, 0),
        place: placeFact(placeOf(one), 0),
      },
    ]),
  );
}

/** Which licences a package has, whatever a policy makes of them. */
function compareTerms(one: LockedPackage, listed: DenyList): string[] {
  const ours = termsFor(licenseOf(one), one);
  const theirs = (listed.get(idOf(one)) ?? []).join(', ');
  return ours === theirs ? [] : [`list: ${idOf(one)}: ${ours || 'none'}; cargo-deny: ${theirs || 'none'}`];
}

/** The terms of the licence that we would judge, in cargo-deny's spelling. */
function termsFor(fact: LicenseFact, { name, version }: LockedPackage): string {
  const subject = { registry: '', crate: name, version, checksum: '' };
  const { license: found } = readingOf(fact, subject, { clarify: [], confidence: 0.8 });
  return found === undefined ? '' : [...new Set(termsOf(found.expression).map(termText))].join(', ');
}

const licenses = new Map<string, LicenseFact>();

function licenseOf(one: LockedPackage): LicenseFact {
  const earlier = licenses.get(idOf(one));
  if (earlier !== undefined) return earlier;
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), '.cargo');
  const [path] = globSync(join(cargoHome, 'registry', 'cache', '*', `${one.name}-${one.version}.crate`));
  assert.ok(path !== undefined, `cargo has no ${idOf(one)}`);
  const { files } = readCrateArchive(readFileSync(path));
  const fact = readLicense(files, manifestOf({ files }));
  licenses.set(idOf(one), fact);
  return fact;
}

/** Fetches what a lockfile pins, once; `false` where the registry no longer has it. */
async function fetched(folder: string): Promise<boolean> {
  const mark = join(folder, '.fetched');
  if (existsSync(mark)) return true;
  try {
    await run('cargo', ['fetch', '--locked', '--manifest-path', join(folder, 'Cargo.toml')], {
      cwd: homedir(),
    });
    writeFileSync(mark, '');
    return true;
  } catch {
    return false;
  }
}

function idOf({ name, version }: Pick<LockedPackage, 'name' | 'version'>): string {
  return `${name} ${version}`;
}
