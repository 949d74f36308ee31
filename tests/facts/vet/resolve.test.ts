import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerOf, appWith, type Texts } from '../../support/vet-texts.ts';

const full = (crate: string, version: string, criteria = 'safe-to-deploy') =>
  `[[audits.${crate}]]\ncriteria = "${criteria}"\nversion = "${version}"\n`;
const delta = (crate: string, span: string, criteria = 'safe-to-deploy') =>
  `[[audits.${crate}]]\ncriteria = "${criteria}"\ndelta = "${span}"\n`;
const violation = (crate: string, range: string, criteria = 'safe-to-deploy') =>
  `[[audits.${crate}]]\ncriteria = "${criteria}"\nviolation = "${range}"\n`;
const exemption = (crate: string, version: string, criteria = 'safe-to-deploy') =>
  `[[exemptions.${crate}]]\nversion = "${version}"\ncriteria = "${criteria}"\n`;
const publisher = (who: string, when: string) =>
  `[[publisher.a]]\nversion = "1.0.0"\nwhen = "${when}"\n${who}\n`;
const wildcard = (who: string, table = 'wildcard-audits') =>
  `[[${table}.a]]\ncriteria = "safe-to-deploy"\n${who}\nstart = "2023-01-01"\nend = "2024-01-01"\n`;

const commit = '0123456789abcdef0123456789abcdef01234567';
const missing = 'fail: a 1.0.0 safe-to-deploy';

describe('resolve', () => {
  const cases: [name: string, releases: string[], texts: Texts, answer: string][] = [
    ['nothing to audit', [], {}, 'success'],
    ['nobody looked', ['a 1.0.0'], {}, missing],
    ['a full audit', ['a 1.0.0'], { audits: full('a', '1.0.0') }, 'success'],
    ['… of another version', ['a 1.0.0'], { audits: full('a', '1.0.1') }, missing],
    ['… of another crate', ['a 1.0.0'], { audits: full('b', '1.0.0') }, missing],
    ['… of too little', ['a 1.0.0'], { audits: full('a', '1.0.0', 'safe-to-run') }, missing],
    [
      '… which is enough for tests',
      ['a 1.0.0 dev'],
      { audits: full('a', '1.0.0', 'safe-to-run') },
      'success',
    ],
    [
      '… but not for build scripts',
      ['a 1.0.0 build'],
      { audits: full('a', '1.0.0', 'safe-to-run') },
      missing,
    ],
    ['more than is asked', ['a 1.0.0 dev'], { audits: full('a', '1.0.0') }, 'success'],
    [
      'a delta forwards',
      ['a 1.0.0'],
      { audits: full('a', '0.9.0') + delta('a', '0.9.0 -> 1.0.0') },
      'success',
    ],
    [
      'a delta backwards',
      ['a 1.0.0'],
      { audits: full('a', '1.1.0') + delta('a', '1.1.0 -> 1.0.0') },
      'success',
    ],
    ['a delta from nowhere', ['a 1.0.0'], { audits: delta('a', '0.9.0 -> 1.0.0') }, missing],
    [
      'a delta that certifies less',
      ['a 1.0.0'],
      { audits: full('a', '0.9.0') + delta('a', '0.9.0 -> 1.0.0', 'safe-to-run') },
      missing,
    ],
    [
      'deltas in a circle',
      ['a 1.0.0'],
      { audits: delta('a', '0.9.0 -> 1.0.0') + delta('a', '1.0.0 -> 0.9.0') },
      missing,
    ],
    [
      'a delta through a commit',
      ['a 1.0.0'],
      {
        audits:
          full('a', '0.9.0') +
          delta('a', `0.9.0 -> 0.9.1@git:${commit}`) +
          delta('a', `0.9.1@git:${commit} -> 1.0.0`),
      },
      'success',
    ],
    [
      'a commit is not the release of its version',
      ['a 1.0.0'],
      { audits: full('a', `1.0.0@git:${commit}`) },
      missing,
    ],
    ['an exemption', ['a 1.0.0'], { config: exemption('a', '1.0.0') }, 'success'],
    [
      'an exemption as a start',
      ['a 1.0.0'],
      { config: exemption('a', '0.9.0'), audits: delta('a', '0.9.0 -> 1.0.0') },
      'success',
    ],
    [
      'a violation where nothing claims otherwise only fails',
      ['a 1.0.0'],
      { audits: violation('a', '^1') },
      missing,
    ],
    [
      'a violation against an audit',
      ['a 1.0.0'],
      { audits: full('a', '1.0.0') + violation('a', '^1') },
      'violation: a:1.0.0',
    ],
    [
      '… against a delta that only starts there',
      ['a 2.0.0'],
      { audits: delta('a', '1.0.0 -> 2.0.0') + violation('a', '^1') },
      'violation: a:2.0.0',
    ],
    [
      '… against an exemption',
      ['a 1.0.0'],
      { audits: violation('a', '^1'), config: exemption('a', '1.0.0') },
      'violation: a:1.0.0',
    ],
    [
      '… of less than the audit claims',
      ['a 1.0.0'],
      { audits: full('a', '1.0.0') + violation('a', '^1', 'safe-to-run') },
      'violation: a:1.0.0',
    ],
    [
      '… of more than the audit claims',
      ['a 1.0.0 dev'],
      { audits: full('a', '1.0.0', 'safe-to-run') + violation('a', '^1') },
      'success',
    ],
    [
      '… elsewhere in the crate still has to be talked about',
      ['a 2.0.0'],
      { audits: full('a', '2.0.0') + full('a', '1.0.0') + violation('a', '^1') },
      'violation: a:2.0.0',
    ],
    [
      '… in a crate that is not used',
      ['b 1.0.0 dev'],
      { audits: violation('a', '*') },
      'fail: b 1.0.0 safe-to-run',
    ],
    [
      'a wildcard audit of a user',
      ['a 1.0.0'],
      { audits: wildcard('user-id = 1'), imports: publisher('user-id = 1\nuser-login = "x"', '2023-01-01') },
      'success',
    ],
    [
      '… ends before its last day',
      ['a 1.0.0'],
      { audits: wildcard('user-id = 1'), imports: publisher('user-id = 1\nuser-login = "x"', '2024-01-01') },
      missing,
    ],
    [
      '… is not of another user of that name',
      ['a 1.0.0'],
      { audits: wildcard('user-id = 1'), imports: publisher('user-id = 2\nuser-login = "x"', '2023-05-05') },
      missing,
    ],
    [
      'a trusted workflow',
      ['a 1.0.0'],
      {
        audits: wildcard('trusted-publisher = "github:o/r"', 'trusted'),
        imports: publisher('trusted-publisher = "github:o/r"', '2023-12-31'),
      },
      'success',
    ],
    [
      'an unpublished version passes as another',
      ['a 1.0.0'],
      {
        audits: full('a', '0.9.0'),
        imports: '[[unpublished.a]]\nversion = "1.0.0"\naudited_as = "0.9.0"\n',
      },
      'success',
    ],
    [
      'criteria imply others, and those others again',
      ['a 1.0.0'],
      {
        audits: `[criteria.x]\ndescription = "d"\nimplies = "y"\n[criteria.y]\ndescription = "d"\nimplies = ["safe-to-deploy"]\n${full('a', '1.0.0', 'x')}`,
      },
      'success',
    ],
    [
      'a policy demands more',
      ['a 1.0.0'],
      {
        audits: `[criteria.x]\ndescription = "d"\n${full('a', '1.0.0')}`,
        config: '[policy.app]\ncriteria = ["safe-to-deploy", "x"]\n',
      },
      'fail: a 1.0.0 x',
    ],
    ['a policy demands nothing', ['a 1.0.0'], { config: '[policy.app]\ncriteria = []\n' }, 'success'],
    [
      'a policy demands what nobody defined: then nobody can certify it',
      ['a 1.0.0'],
      { audits: full('a', '1.0.0'), config: '[policy.app]\ncriteria = "safe-to-depoly"\n' },
      'fail: a 1.0.0 safe-to-depoly',
    ],
    [
      'a policy for one dependency',
      ['a 1.0.0', 'b 1.0.0'],
      { audits: full('b', '1.0.0'), config: '[policy.app]\ndependency-criteria = { a = [] }\n' },
      'success',
    ],
    [
      'a policy for tests',
      ['a 1.0.0 dev'],
      {
        audits: full('a', '1.0.0', 'safe-to-run'),
        config: '[policy.app]\ndev-criteria = "safe-to-deploy"\n',
      },
      missing,
    ],
    [
      'one’s own crate, judged as a release',
      [],
      { config: '[policy.app]\naudit-as-crates-io = true\n' },
      'fail: app 0.1.0 safe-to-deploy',
    ],
    [
      'imported, from the lockfile',
      ['a 1.0.0'],
      { imports: '[[audits.x.audits.a]]\ncriteria = "safe-to-deploy"\nversion = "1.0.0"\n' },
      'success',
    ],
    ['imported, as published', ['a 1.0.0'], { live: { x: full('a', '1.0.0') } }, 'success'],
    [
      'what is published replaces what was locked',
      ['a 1.0.0'],
      {
        imports: '[[audits.x.audits.a]]\ncriteria = "safe-to-deploy"\nversion = "1.0.0"\n',
        live: { x: full('a', '0.9.0') },
      },
      missing,
    ],
  ];
  for (const [name, releases, texts, answer] of cases) {
    it(name, () => assert.equal(answerOf(appWith(...releases), texts), answer));
  }
});
