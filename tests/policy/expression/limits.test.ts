import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileExpression, limits, type Outcome } from '../../../src/policy/expression/compile.ts';
import { fromMilliseconds } from '../../../src/policy/expression/time.ts';
import type { Type } from '../../../src/policy/expression/type.ts';
import type { Result, Value } from '../../../src/policy/expression/value.ts';

const types = new Map<string, Type>([
  ['now', { kind: 'timestamp' }],
  ['json', { kind: 'any' }],
]);

function run(text: string, json: unknown): Outcome {
  const values = new Map<string, Result>([
    ['now', fromMilliseconds(0)],
    ['json', json as Value],
  ]);
  return compileExpression(text, types).evaluate(values);
}

function answer(text: string, json: unknown): boolean | string {
  const outcome = run(text, json);
  return outcome.kind === 'known' ? outcome.value : outcome.reason;
}

describe('what an expression costs', () => {
  const items = Array.from({ length: 1000 }, (_, a) => ({ a, s: 'x'.repeat(100) }));
  const map = Object.fromEntries(items.map((item, i) => [`k${i}`, item]));
  const json = { l: items, m: map, n: structuredClone(map), big: 'xy'.repeat(50_000) };

  const fine: readonly string[] = [
    'json.l.exists(x, x.a == 999)',
    'size(json.l.filter(x, x.a % 2 == 0)) > 10 || json.l.all(x, x.s.matches("^x+$"))',
    'json.l.exists(x, json.l[0].s == x.s && x.a == 999)',
  ];
  for (const text of fine)
    it(`is little for ${text}`, () => assert.ok(run(text, json).steps < limits.steps / 2));

  // Each takes work that grows with the product of sizes; none may get further than its steps.
  const hostile: readonly string[] = [
    'json.l.exists(x, json.l.exists(y, x.a == y.a + 0.5))',
    'json.l.exists(x, json.l.exists(y, y.gone == 1))',
    'json.l.exists(x, json.m == json.n && false)',
    'json.l.exists(x, json.l + json.l == json.l)',
    'json.l.exists(x, json.l.map(y, json.big + y.s).exists(z, z == json.big))',
    'json.l.exists(x, json.big.contains("xyxyxyxyxyxyxyxyxyxyxyxyxyxx"))',
    'json.l.exists(x, json.big.matches("(x|.)*x.{20}$"))',
    'json.l.exists(x, json.big.matches("(x|xx)+y{900}z$"))',
    'json.l.exists(x, json.big < json.big + "x" && false)',
    'json.l.exists(x, size(json.big) == 1)',
    'json.l.exists(x, json.m.exists(k, false))',
    'json.l.exists(x, x.a + 0.5 in json.l)',
    'json.l.exists(x, json.l.exists(y, version_at_least(x.s, x.s)))',
    `json.l.exists(x, json.l.exists(y, duration("${'1h'.repeat(60)}") == duration("0")))`,
    `json.l.exists(x, json.l.exists(y, string(now) == ${'"x"'}))`,
    `[json.big]${'.map(a, a + a)'.repeat(30)} == [json.big]`,
  ];
  for (const text of hostile) {
    it(`is cut off for ${text.slice(0, 70)}`, () =>
      assert.equal(answer(text, json), `it takes more than ${limits.steps} steps`));
  }

  it('is the same wherever it is counted', () => {
    for (const text of [...fine, ...hostile]) assert.deepEqual(run(text, json), run(text, json));
  });

  it('does not recurse with the facts', () => {
    const deep = (): unknown => JSON.parse('['.repeat(5000) + ']'.repeat(5000));
    assert.equal(answer('json.a == json.b', { a: deep(), b: deep() }), false);
  });
});
