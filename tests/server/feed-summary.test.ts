import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadPolicy } from '../../src/policy/policy.ts';
import { loadConfig } from '../../src/server/config.ts';
import { feedPlans } from '../../src/server/feed-plans.ts';
import { feedSummary } from '../../src/server/feed-summary.ts';
import { reviewer } from '../support/crev-proofs.ts';

/** The lines on audits and proofs, when `serve` starts with these files. */
function summary(config: string, policy = ''): string[] {
  const settings = loadConfig({ file: 'server.toml', text: config });
  const { audits, proofs, exploited } = feedPlans({ data: '/nowhere', config: settings, clock: () => 0 });
  const names = {
    advisories: ['db'],
    audits: audits.plans.map(({ name }) => name),
    proofs: proofs.plans.map(({ name }) => name),
    exploited: exploited.plans.map(({ name }) => name),
  };
  return feedSummary(names, loadPolicy({ file: 'p.toml', text: policy }), settings).slice(1);
}

describe('what serve says of audits', () => {
  const mozilla = '[audits.imports.mozilla]\nurl = "/srv/mozilla.toml"\n';
  const cases: [what: string, config: string, policy: string, lines: string[]][] = [
    ['nothing is set up', '', '', []],
    [
      'one organisation that only warns',
      mozilla,
      '',
      ['cargo-vet audits from mozilla: /srv/mozilla.toml; none of them counts as a yes'],
    ],
    [
      'one whose yes counts',
      mozilla,
      '[audits]\norganisations = ["mozilla"]\nanswers = ["typosquat"]',
      ['cargo-vet audits from mozilla: /srv/mozilla.toml; a yes of mozilla counts, which answers typosquat'],
    ],
    [
      'one that the policy counts on and nobody reads',
      '',
      '[audits]\norganisations = ["google"]',
      ['the policy counts on audits of google, which [audits.imports] does not name'],
    ],
    [
      'proofs and nobody who is trusted',
      '[crev]\nproofs = ["/srv/proofs"]',
      '',
      ['crev proofs from /srv/proofs; no id is trusted, so that none of them counts ([crev] ids)'],
    ],
    [
      'proofs',
      `[crev]\nproofs = ["/srv/proofs"]\nids = ["${reviewer('me').id}"]`,
      '',
      ['crev proofs from /srv/proofs; they count from medium trust on, beginning at one id'],
    ],
    [
      'a list of exploited vulnerabilities',
      '[exploited]\nfeeds = ["https://me:secret@kev.example/kev.json", "/srv/kev.json"]',
      '',
      ['exploited vulnerabilities as https://kev.example/kev.json, /srv/kev.json lists them'],
    ],
    [
      'a password',
      '[audits.imports.m]\nurl = "https://user:secret@audits.example/a.toml"',
      '',
      ['cargo-vet audits from m: https://audits.example/a.toml; none of them counts as a yes'],
    ],
  ];
  for (const [what, config, policy, lines] of cases) {
    it(what, () => assert.deepEqual(summary(config, policy), lines));
  }

  const wrong: [config: string, reason: RegExp][] = [
    ['[audits.imports.own]\nurl = "/a.toml"', /takes the name of your own audits/],
    ['[audits.imports.mozilla]', /has no `url`, and there is no `list`/],
    ['[crev]\nids = ["me"]', /expected a crev id/],
    ['[crev]\nproofs = ["ftp://x.example"]', /is no place of crev proofs/],
    ['[audits]\nimport = 1', /unknown key/],
    ['[exploited]\nfeeds = ["ftp://kev.example/kev.json"]', /expected a file or an http\(s\) address/],
  ];
  for (const [config, reason] of wrong) {
    it(`${config.replaceAll('\n', ' ')} is refused`, () => assert.throws(() => summary(config), reason));
  }
});
