import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readAuditsFile, readForeignAuditsFile } from '../../../src/facts/vet/audits-file.ts';
import { checkImports, checkPolicies, checkStore } from '../../../src/facts/vet/check.ts';
import { readConfigFile } from '../../../src/facts/vet/config-file.ts';
import { readImportsFile, readRegistryFile } from '../../../src/facts/vet/imports-file.ts';
import { renewals } from '../../../src/facts/vet/renewals.ts';
import { readStore } from '../../../src/facts/vet/store.ts';
import type { Problem } from '../../../src/facts/vet/toml-file.ts';
import { compareVetVersions, parseVetVersion } from '../../../src/facts/vet/version.ts';
import { answerOf, appWith, fileTexts, storeOf, version } from '../../support/vet-texts.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const says = (problems: readonly Problem[]) => problems.map(({ line, message }) => `${line}: ${message}`);
const source = (text: string) => ({ file: 'f.toml', text });

describe('versions', () => {
  const good = ['1.2.3', '1.2.3-rc.1+b', `1.2.3@git:${commit}`];
  const bad = [
    '1.2',
    '1.2.3@hg:x',
    '1.2.3@git:123',
    `1.2.3@git:${commit}0`,
    `1.2.3@git:${'g'.repeat(40)}`,
    '',
  ];
  for (const text of good) it(text, () => assert.equal(parseVetVersion(text)?.text, text));
  for (const text of bad) it(`not ${text}`, () => assert.equal(parseVetVersion(text), undefined));
  it('spaces around the @ are no part of it', () =>
    assert.equal(parseVetVersion(`1.2.3 @ git:${commit}`)?.text, `1.2.3@git:${commit}`));
  it('a commit comes after the release of its version', () =>
    assert.ok(compareVetVersions(version('1.2.3'), version(`1.2.3@git:${commit}`)) < 0));
});

describe('audits.toml', () => {
  const broken: [name: string, text: string, problem: string][] = [
    ['no TOML', '[[audits.a]\n', '1: '],
    [
      'no version',
      '\n[[audits.a]]\ncriteria = "x"\nversion = "1"\n',
      '2: audits.a.0.version: `1` is not a version',
    ],
    [
      'a delta without a start',
      '[[audits.a]]\nversion = "1.0.0"\n\n[[audits.a]]\ndelta = "1.0.0"\n',
      '4: audits.a.1.delta: `1.0.0` is not of the form `VERSION -> VERSION`',
    ],
    [
      'two kinds at once',
      '[[audits.a]]\nversion = "1.0.0"\nviolation = "*"\n',
      '1: audits.a.0: needs one of',
    ],
    ['no kind', '[[audits.a]]\ncriteria = "x"\n', '1: audits.a.0: needs one of'],
    ['an unknown key', '[[audits.a]]\nversion = "1.0.0"\nwhoo = "x"\n', '1: audits.a.0: Unrecognized key'],
    [
      'no such day',
      '[[trusted.a]]\ncriteria = "x"\nuser-id = 1\nstart = "2023-02-30"\nend = "2024-01-01"\n',
      '1: trusted.a.0.start: `2023-02-30` is not a day',
    ],
    [
      'nobody to trust',
      '[[trusted.a]]\ncriteria = "x"\nstart = "2023-02-03"\nend = "2024-01-01"\n',
      '1: trusted.a.0: needs `user-id` or `trusted-publisher`',
    ],
  ];
  for (const [name, text, problem] of broken) {
    it(`${name}: one's own file is named and left out`, () => {
      const { value, problems } = readAuditsFile(source(text));
      assert.equal(value, undefined);
      assert.equal(problems.length, 1);
      assert.ok(says(problems)[0]?.startsWith(problem), says(problems)[0]);
    });
  }

  it('of a file that others publish, only the broken entry is left out', () => {
    const text =
      '[[audits.a]]\ncriteria = "safe-to-run"\nversion = "one"\n' +
      '[[audits.a]]\ncriteria = "safe-to-run"\nversion = "1.0.0"\n' +
      '[[audits.a]]\ncriteria = "safe-to-run"\nversion = "2.0.0"\nimportable = false\n' +
      '[criteria.c]\nimplies = 1\n';
    const { value, problems } = readForeignAuditsFile(source(text));
    assert.deepEqual(
      value?.audits.get('a')?.map(({ line }) => line),
      [4],
    );
    assert.deepEqual(
      says(problems).map((each) => each.replace(/: [^:]*$/, '')),
      ['11: criteria.c is left out', '1: audits.a.0 is left out'],
    );
  });
});

describe('what is broken makes fewer crates pass, never more', () => {
  const audit = '[[audits.a]]\ncriteria = "safe-to-deploy"\nversion = "1.0.0"\n';
  it('one of several organisations', () => {
    const { store, problems } = readStore(fileTexts({ live: { x: audit, y: '[[' } }));
    assert.deepEqual(
      problems.map(({ file }) => file),
      ['y.toml'],
    );
    assert.deepEqual(
      store.sources.map(({ organisation }) => organisation),
      ['x', 'own'],
    );
  });
  it('criteria that imply themselves', () => {
    const circle = '[criteria.c]\nimplies = "d"\n[criteria.d]\nimplies = "c"\n';
    const { store, problems } = readStore(fileTexts({ audits: circle + audit, live: { x: circle + audit } }));
    assert.equal(problems.length, 2);
    assert.deepEqual(
      store.sources.map(({ audits }) => audits.audits.size),
      [0],
    );
  });
  it("another organisation that is called as one's own", () => {
    const { store, problems } = readStore(fileTexts({ live: { own: audit } }));
    assert.equal(problems.length, 1);
    assert.deepEqual(
      store.sources.map(({ audits }) => audits.audits.size),
      [0],
    );
  });
  it('a mixture of policies', () => {
    const { problems } = readConfigFile(source('[policy.a]\n[policy."a:1.0.0"]\n'));
    assert.deepEqual(says(problems), ['0: policy: `a` has policies with and without a version']);
  });
});

describe('imports through the criteria map', () => {
  const theirs = (criteria: string) =>
    `[criteria.deep]\nimplies = ["safe-to-deploy", "fuzzed"]\n[criteria.fuzzed]\ndescription = "d"\n` +
    `[[audits.a]]\ncriteria = ${criteria}\nversion = "1.0.0"\n`;
  const config = (map: string) => `[imports.x]\nurl = "https://x.invalid"\n${map}`;
  const cases: [name: string, criteria: string, map: string, answer: string][] = [
    ['built-in criteria are the same everywhere', '"safe-to-deploy"', '', 'success'],
    ['theirs that imply them are worked out on their side', '"deep"', '', 'success'],
    ['theirs that nobody mapped count for nothing', '"fuzzed"', '', 'fail'],
    ['mapped', '"fuzzed"', 'criteria-map = { fuzzed = "safe-to-deploy" }', 'success'],
    ['mapped to nothing', '"safe-to-deploy"', 'criteria-map = { safe-to-deploy = [] }', 'fail'],
    ['mapped to less', '"deep"', 'criteria-map = { safe-to-deploy = "safe-to-run" }', 'fail'],
    ['unknown even to them', '["nonsense"]', '', 'fail'],
    ['excluded', '"safe-to-deploy"', 'exclude = ["a"]', 'fail'],
  ];
  for (const [name, criteria, map, answer] of cases) {
    it(name, () => {
      const texts = { config: config(map), live: { x: theirs(criteria) } };
      assert.equal(answerOf(appWith('a 1.0.0'), texts).split(':')[0], answer);
    });
  }
});

describe('checks', () => {
  it('criteria that nobody defined, and wildcard audits without an end', () => {
    const store = storeOf({
      audits:
        '[[audits.a]]\ncriteria = "x"\nversion = "1.0.0"\n' +
        '[[wildcard-audits.a]]\ncriteria = "safe-to-run"\nuser-id = 1\nstart = "2023-01-01"\nend = "2030-01-01"\n',
      config: '[[exemptions.b]]\nversion = "1.0.0"\ncriteria = "y"\n[policy.app]\ncriteria = "z"\n',
    });
    assert.deepEqual(says(checkStore(store, '2026-08-21')), [
      '1: `y` is not a criterion of this store',
      '0: `z` is not a criterion of this store',
      '1: `x` is not a criterion of this store',
      '4: a wildcard audit may end a year from now at most, not on 2030-01-01',
    ]);
  });
  it('imports.lock of another config.toml', () => {
    const config = readConfigFile(source('[imports.x]\nurl = "u"\nexclude = ["a"]\n')).value;
    const lock = (text: string) => readImportsFile(source(text)).value;
    const check = (text: string) => {
      const imports = lock(text);
      assert.ok(config && imports);
      return checkImports(config, imports, 'imports.lock').length;
    };
    assert.equal(check('[audits.x.audits]\n'), 0);
    assert.equal(check('[audits.y.audits]\n'), 1);
    assert.equal(check('[[audits.x.audits.a]]\ncriteria = "c"\nversion = "1.0.0"\n'), 1);
  });
  it('policies that do not fit the graph', () => {
    const policies = (text: string, ...releases: string[]) =>
      checkPolicies(storeOf({ config: text }), appWith(...releases)).map(({ message }) => message);
    assert.deepEqual(policies('[policy.app]\ncriteria = []\n'), []);
    assert.deepEqual(policies('[policy.b]\n'), ['its policy for `b` matches no package']);
    assert.deepEqual(policies('[policy."a:2.0.0"]\n', 'a 1.0.0'), [
      'its policy for `a:2.0.0` matches no package',
    ]);
    assert.deepEqual(policies('[policy.a]\n', 'a 1.0.0'), ['its policy for `a` has to name `a:1.0.0`']);
    assert.deepEqual(
      policies('[policy."a:1.0.0"]\ndependency-criteria = { b = [] }\n', 'a 1.0.0', 'a 2.0.0'),
      ['its policy for `a` has to name `a:2.0.0`'],
    );
  });
});

describe('renewals', () => {
  const wildcard = (end: string, more = '') =>
    `[[wildcard-audits.a]]\ncriteria = "safe-to-run"\nuser-id = 1\nstart = "2023-01-01"\nend = "${end}"\n${more}`;
  const published = (day: string) =>
    `[[publisher.a]]\nversion = "1.0.0"\nwhen = "${day}"\nuser-id = 1\nuser-login = "x"\n`;
  const cases: [name: string, audits: string, imports: string, expected: boolean[]][] = [
    ['far off', wildcard('2026-12-01'), '', []],
    ['within six weeks', wildcard('2026-10-01'), '', [false]],
    ['over', wildcard('2026-08-20'), '', [true]],
    ['not wanted', wildcard('2026-08-20', 'renew = false\n'), '', []],
    ['nothing came out for long', wildcard('2026-08-20'), published('2025-01-01'), []],
    ['something came out lately', wildcard('2026-08-20'), published('2026-08-01'), [true]],
  ];
  for (const [name, audits, imports, expected] of cases) {
    it(name, () => {
      const found = renewals(storeOf({ audits, imports }), '2026-08-21');
      assert.deepEqual(
        found.map(({ expired }) => expired),
        expected,
      );
    });
  }
});

it('registry.toml names where organisations publish', () => {
  const { value } = readRegistryFile(source('[registry.x]\nurl = "u"\n[registry.y]\nurl = ["v", "w"]\n'));
  assert.deepEqual(
    [...(value ?? [])],
    [
      ['x', ['u']],
      ['y', ['v', 'w']],
    ],
  );
});

it('no text makes it throw', () => {
  const good = '[[audits.a]]\ncriteria = "safe-to-run"\nversion = "1.0.0"\n';
  const pieces = fc.oneof(
    fc.string(),
    fc.constantFrom(
      good,
      '[audits]\n',
      '[[audits.a]]\n',
      'a = 1\n',
      '[policy.a]\n',
      '[imports.x]\n',
      '[['.repeat(9_000),
    ),
    fc.nat(good.length).map((length) => good.slice(length)),
  );
  fc.assert(
    fc.property(fc.array(pieces), (parts) => {
      const text = parts.join('');
      const { store } = readStore(
        fileTexts({ audits: text, config: text, imports: text, live: { x: text } }),
      );
      checkStore(store, '2026-08-21');
    }),
  );
});
