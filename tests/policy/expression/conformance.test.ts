/**
 * The Common Expression Language's own conformance tests (@bufbuild/cel-spec), as far as they are about what is part
 * of a custom rule. Each expression is compared with its answer inside the language: `(…) == expected`.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getConformanceSuite } from '@bufbuild/cel-spec/testdata/tests.js';
import { compileExpression } from '../../../src/policy/expression/compile.ts';
import { ExpressionError } from '../../../src/policy/expression/syntax.ts';
import type { Type } from '../../../src/policy/expression/type.ts';
import type { Key, Result, Value } from '../../../src/policy/expression/value.ts';

type Suite = ReturnType<typeof getConformanceSuite>;
type Test = Suite['tests'][number]['original'];
type ProtoValue = NonNullable<Extract<Test['resultMatcher'], { case: 'value' }>['value']>;

const parts = new Set([
  'basic',
  'comparisons',
  'conversions',
  'fields',
  'fp_math',
  'integer_math',
  'lists',
  'logic',
  'macros',
  'parse',
  'plumbing',
  'string',
  'timestamps',
]);

/** Why an expression of the suite is refused: what is left out, and where the checker is the stricter one. */
const leftOut: readonly RegExp[] = [
  /^unsigned numbers are not part of it/,
  /^bytes are not part of it/,
  /^expected .*, found \{$/,
  /^expected a value, found \.$/,
  /^"`" has no meaning here$/,
  /^there is no function (type|bytes|uint|bool|f_unknown)$/,
  /^there is no variable (a|x|int|uint|double|bool|string|bytes|list|map|type|null_type|google);/,
  /^it says (timestamp\((int|timestamp)\)|duration\(duration\));/,
  /^there is no method (getDayOfYear|getMilliseconds)$/,
  /^it says timestamp\.get\w+\(string\);/,
  /^one side of (&&|\|\|) is (string|int), not bool$/,
  /^the branches of \?: are string and int$/,
];

const counts = { agreed: 0, refused: 0 };

function convert({ kind }: ProtoValue): Value | undefined {
  switch (kind.case) {
    case 'nullValue':
      return null;
    case 'boolValue':
    case 'int64Value':
    case 'doubleValue':
    case 'stringValue':
      return kind.value;
    case 'listValue':
      return kind.value.values.map((value) => convert(value) ?? null);
    case 'mapValue':
      return new Map(
        kind.value.entries.map(({ key, value }) => [
          (key === undefined ? '' : convert(key)) as Key,
          (value === undefined ? null : convert(value)) as Value,
        ]),
      );
    default:
      return undefined;
  }
}

function check({ name, expr, bindings, resultMatcher, container, disableMacros }: Test): void {
  if (container !== '' || disableMacros) return;
  const wanted =
    resultMatcher.case === undefined
      ? true
      : resultMatcher.case === 'value'
        ? convert(resultMatcher.value)
        : undefined;
  const fails = resultMatcher.case === 'evalError';
  if (wanted === undefined && !fails) return;
  // What fails, fails whatever it is compared with.
  const values = new Map<string, Result>([['expected', wanted ?? null]]);
  for (const [key, { kind }] of Object.entries(bindings)) {
    const value = kind.case === 'value' ? convert(kind.value) : undefined;
    if (value !== undefined) values.set(key, value);
  }
  const types = new Map<string, Type>([...values.keys()].map((key) => [key, { kind: 'any' }]));
  let outcome: ReturnType<ReturnType<typeof compileExpression>['evaluate']>;
  try {
    outcome = compileExpression(`(${expr}\n) == expected`, types).evaluate(values);
  } catch (error) {
    assert.ok(error instanceof ExpressionError, `${name}: ${error}`);
    if (!fails)
      assert.ok(
        leftOut.some((reason) => reason.test(error.message)),
        `${expr}: ${error.message}`,
      );
    counts.refused++;
    return;
  }
  if (fails) assert.equal(outcome.kind, 'failed', expr);
  else
    assert.deepEqual(
      [outcome.kind, 'value' in outcome && outcome.value],
      ['known', true],
      `${expr}: ${JSON.stringify(outcome)}`,
    );
  counts.agreed++;
}

function all(suite: Suite): readonly Test[] {
  return [...suite.tests.map(({ original }) => original), ...suite.suites.flatMap(all)];
}

describe('CEL’s conformance tests', () => {
  for (const suite of getConformanceSuite().suites.filter(({ name }) => parts.has(name))) {
    it(suite.name, () => {
      for (const test of all(suite)) check(test);
    });
  }

  it('are many', () => assert.ok(counts.agreed > 600, JSON.stringify(counts)));
});
