/** Every format tells a verdict in the order that the verdict has. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Change, GateFinding, GateVerdict } from '../../src/gate/change.ts';
import { inOrder } from '../../src/gate/order.ts';
import { githubLines } from '../../src/gate/report/github.ts';
import { markdownLines } from '../../src/gate/report/markdown.ts';
import { sarifOf } from '../../src/gate/report/sarif.ts';
import { terminalLines } from '../../src/gate/report/terminal.ts';
import { finding } from '../samples/gate-verdict.ts';

const found = (crate: string, effect: GateFinding['effect'], more: Partial<GateFinding> = {}) =>
  finding({ crate, effect, version: '1.0.0', rule: `rule-of-${crate}`, ...more });
const change = (crate: string, ...findings: readonly GateFinding[]): Change => ({
  kind: 'upgraded',
  ...{ crate, from: '0.9.0', to: '1.0.0', fromSource: 'r', toSource: 'r', why: [], findings },
});

const given: GateVerdict = {
  verdict: 'deny',
  policy: 'ab'.repeat(32),
  changes: [
    change('quiet'),
    change('warned', found('warned', 'warn')),
    { ...change('fixing'), fixes: [{ id: 'RUSTSEC-2026-0001', title: 'A race' }] },
    ...['a', 'b', 'c', 'd', 'e', 'f'].map((name) =>
      change(`like-${name}`, found(`like-${name}`, 'hold', { rule: 'age' })),
    ),
    change('reviewed', found('reviewed', 'warn', { rule: 'mild' }), found('reviewed', 'review')),
    change('excused', found('excused', 'deny', { waived: { by: 'a', reason: 'b', expires: 'c' } })),
    change('denied', found('denied', 'deny')),
    ...['a', 'b', 'c', 'd', 'e', 'f'].map((name) =>
      change(`ban-${name}`, found(`ban-${name}`, 'deny', { rule: 'ban' })),
    ),
  ],
  debt: [
    found('old-warning', 'warn'),
    found('old-denial', 'deny'),
    found('grown', 'warn', { worse: 'denied 1.0.0 needs it from now on, too' }),
  ],
  commands: [],
};

it('a verdict is told strictest first, in each format alike', () => {
  const verdict = inOrder(given);
  const bans = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `ban-${name}`);
  const likes = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `like-${name}`);
  const wanted = ['denied', ...bans, 'reviewed', ...likes, 'fixing', 'warned', 'quiet', 'excused'];
  assert.deepEqual(
    verdict.changes.map(({ crate }) => crate),
    wanted,
  );
  assert.deepEqual(
    verdict.changes.find(({ crate }) => crate === 'reviewed')?.findings.map(({ effect }) => effect),
    ['review', 'warn'],
  );
  assert.deepEqual(
    verdict.debt.map(({ crate }) => crate),
    ['grown', 'old-denial', 'old-warning'],
  );

  // Where each name first stands; what is only counted stands nowhere.
  const order = (text: string, names: readonly string[]) =>
    names.filter((name) => text.includes(name)).sort((a, b) => text.indexOf(a) - text.indexOf(b));
  const about = { file: 'Cargo.lock', comparedWith: 'main' };
  const failing = wanted.slice(0, 1 + bans.length + 1 + likes.length);
  const told = [...failing, 'fixing', 'warned', 'excused', 'grown'];
  const plainly = (_: string, text: string) => text;
  assert.deepEqual(order(terminalLines(verdict, about, plainly).join('\n'), told), told);
  assert.deepEqual(order(markdownLines(verdict, about).join('\n'), told), told);
  const listed = [...failing, 'warned', 'excused', 'grown', 'old-denial', 'old-warning'];
  const subjects = listed.map((name) => `${name} 1.0.0`);
  assert.deepEqual(order(githubLines(verdict).join('\n'), subjects), subjects);
  const { runs } = sarifOf(verdict, '0.1.0', true) as {
    runs: [{ results: { level: string; baselineState: string; properties: { crate: string } }[] }];
  };
  assert.deepEqual([...new Set(runs[0].results.map(({ properties }) => properties.crate))], listed);
  const states = runs[0].results.slice(-3).map(({ level, baselineState }) => `${baselineState} ${level}`);
  assert.deepEqual(states, ['updated warning', 'unchanged note', 'unchanged note']);
  assert.deepEqual(
    githubLines(verdict)
      .slice(-3)
      .map((line) => line.split(' ')[0]),
    ['::warning', '::notice', '::notice'],
  );
});
