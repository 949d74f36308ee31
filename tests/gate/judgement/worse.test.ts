/** When a finding on what was there before matters more after a change. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseLockfile } from '../../../src/cargo/lockfile.ts';
import { graphOf } from '../../../src/gate/diff/graph.ts';
import { diffLockfiles } from '../../../src/gate/diff/packages.ts';
import type { FeatureChange } from '../../../src/gate/graphs/delta.ts';
import { worseIn } from '../../../src/gate/judgement/worse.ts';
import type { Finding } from '../../../src/policy/finding.ts';
import { type Locked, lockedApp, lockfileText } from '../../support/lockfile.ts';

const on = (subject: string, more: Partial<Finding> = {}): Finding => ({
  rule: 'vulnerability',
  effect: 'deny',
  subject,
  message: 'It lets others in.',
  evidence: { advisory: 'RUSTSEC-2026-0001' },
  next: 'Use another.',
  ...more,
});

const pkg = (name: string, version: string, ...dependencies: readonly string[]): Locked => ({
  name,
  version,
  checksum: 'ab'.repeat(32),
  dependencies,
});

interface Case {
  readonly name: string;
  readonly before: readonly Locked[];
  readonly after: readonly Locked[];
  readonly features?: readonly Partial<FeatureChange>[];
  readonly finding?: Partial<Finding>;
  readonly found?: readonly Partial<Finding>[];
  readonly worse: string | undefined;
}

const bad = pkg('bad', '1.0.0');
const user = pkg('user', '1.0.0', 'bad');
const waived = { by: 'Dana', reason: 'not reached', expires: '2026-12-01' };

const cases: readonly Case[] = [
  {
    name: 'nothing where another package moves',
    before: [lockedApp('other', 'user'), user, bad, pkg('other', '1.0.0')],
    after: [lockedApp('other', 'user'), user, bad, pkg('other', '1.0.1')],
    worse: undefined,
  },
  {
    name: 'who comes in and needs it',
    before: [lockedApp('user'), user, bad],
    after: [lockedApp('newcomer', 'user'), user, bad, pkg('newcomer', '2.0.0', 'bad')],
    worse: 'newcomer 2.0.0 needs it from now on, too',
  },
  {
    name: 'who moves and begins to need it',
    before: [lockedApp('user', 'other'), user, bad, pkg('other', '1.0.0')],
    after: [lockedApp('user', 'other'), user, bad, pkg('other', '1.1.0', 'bad')],
    worse: 'other 1.1.0 needs it from now on, too',
  },
  {
    name: 'the project itself, which begins to need it',
    before: [lockedApp('user'), user, bad],
    after: [lockedApp('bad', 'user'), user, bad],
    worse: 'app 0.1.0 needs it from now on, too',
  },
  {
    name: 'a user that moves and needed it already',
    before: [lockedApp('user'), user, bad],
    after: [lockedApp('user'), pkg('user', '1.0.1', 'bad'), bad],
    worse: undefined,
  },
  {
    name: 'one that moves with its user and stays bad',
    before: [lockedApp('user'), user, bad],
    after: [lockedApp('user'), pkg('user', '1.0.1', 'bad'), pkg('bad', '1.0.1')],
    found: [{}],
    worse: undefined,
  },
  {
    name: 'a waiver that was for the version before',
    before: [lockedApp('user'), user, bad],
    after: [lockedApp('user'), user, pkg('bad', '1.0.1')],
    found: [{ waived }],
    worse: 'what excepts it of 1.0.0 is not about 1.0.1',
  },
  {
    name: 'nothing of what is waived still',
    before: [lockedApp('user'), user, bad],
    after: [lockedApp('newcomer', 'user'), user, bad, pkg('newcomer', '2.0.0', 'bad')],
    finding: { waived },
    worse: undefined,
  },
  {
    name: 'features that are switched on',
    before: [lockedApp('user'), user, bad],
    after: [lockedApp('user'), user, bad],
    features: [{ gained: ['std', 'tls'] }, { gained: ['std'] }],
    worse: 'it is built with +std +tls from now on',
  },
  {
    name: 'another target that has it',
    before: [lockedApp('user'), user, bad],
    after: [lockedApp('user'), user, bad],
    features: [{ built: 'now', gained: [] }],
    worse: 'more of what is built has it',
  },
  {
    name: 'not what is switched off',
    before: [lockedApp('user'), user, bad],
    after: [lockedApp('user'), user, bad],
    features: [{ built: 'no longer', gained: [], lost: ['std'] }],
    worse: undefined,
  },
  {
    name: 'many who come in, the first of them by name',
    before: [lockedApp('user'), user, bad],
    after: [lockedApp('user'), user, bad, ...['a', 'b', 'c', 'd'].map((name) => pkg(name, '1.0.0', 'bad'))],
    worse: 'a 1.0.0, b 1.0.0, c 1.0.0 and 1 more need it from now on, too',
  },
];

describe('what was there before gets worse by', () => {
  for (const { name, before, after, features = [], finding = {}, found = [], worse } of cases)
    it(name, () => {
      const [old, now] = [parseLockfile(lockfileText(...before)), parseLockfile(lockfileText(...after))];
      const graph = graphOf(now);
      const say = worseIn({
        survey: { graph, before: graphOf(old), changes: diffLockfiles(old, now).changes },
        features: (one) => (one.name === 'bad' ? (features as readonly FeatureChange[]) : []),
        foundBefore: ({ name, version }) => found.map((each) => on(`${name}@${version}`, each)),
      });
      const subject = graph.packages.find((one) => one.name === 'bad');
      assert.ok(subject);
      assert.equal(say(subject, on(`bad@${subject.version}`, finding)), worse);
    });
});
