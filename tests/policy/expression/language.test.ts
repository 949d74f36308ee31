import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compileExpression, limits } from '../../../src/policy/expression/compile.ts';
import { ExpressionError } from '../../../src/policy/expression/syntax.ts';
import { readDuration, readTimestamp, sayTimestamp } from '../../../src/policy/expression/time.ts';
import type { Type } from '../../../src/policy/expression/type.ts';
import { Failure, type Result, Timestamp, type Value } from '../../../src/policy/expression/value.ts';

const types = new Map<string, Type>([
  ['name', { kind: 'string' }],
  ['now', { kind: 'timestamp' }],
  ['json', { kind: 'any' }],
  ['r', { kind: 'record', what: 'fact', fields: new Map<string, Type>([['age', { kind: 'any' }]]) }],
]);
const now = readTimestamp('2026-08-20T07:15:00Z') as Timestamp;

function run(text: string, json: unknown = null) {
  const values = new Map<string, Result>([
    ['name', 'proc-macro1'],
    ['now', now],
    ['json', json as Value],
    ['r', new Map<string, Result>([['age', new Failure('age is unknown: down')]])],
  ]);
  return compileExpression(text, types).evaluate(values);
}

function answer(text: string, json?: unknown): boolean | string {
  const outcome = run(text, json);
  return outcome.kind === 'known' ? outcome.value : outcome.reason;
}

describe('an expression over JSON', () => {
  const json = {
    n: 3,
    x: 1.5,
    none: null,
    list: [1, 2, 3],
    owners: [{ login: 'alice', since: 5 }, { login: 'bob' }],
    map: { 'a-b': 1 },
  };
  const cases: [text: string, result: boolean | string][] = [
    ['json.n == 3 && json.n == 3.0 && json.n > 2 && json.n <= 3.5', true],
    ['json.n + 1 == 4.0 && json.n / 2 == 1.5 && 2 * json.x == 3', true],
    ['json.none == null && !has(json.gone) && !has(json.list) == false', true],
    ['json.none != 1', true],
    ['json["map"]["a-b"] == 1 && "a-b" in json.map && !("c" in json.map)', true],
    ['json.list[0] == 1 && json.list[json.n - 1] == 3 && 2 in json.list', true],
    ['json.list.map(x, x * 2) == [2, 4, 6] && json.list.filter(x, x > 1) == [2, 3]', true],
    ['json.list.map(x, x > 1, x * 2) == [4, 6] && size(json.list) == 3 && json.list.size() == 3', true],
    ['json.owners.exists(o, o.login == "bob") && !json.owners.all(o, has(o.since))', true],
    ['json.owners.exists_one(o, has(o.since)) && json.map.exists(k, k == "a-b")', true],
    ['json.owners.map(o, json.list.exists(n, n == o.since)) == []', 'there is no o.since'],
    ['json.owners.exists(o, o.since == 5)', true],
    ['json.owners.exists(o, o.since == 6)', 'there is no o.since'],
    ['json.gone == 1', 'there is no json.gone'],
    ['json.gone == 1 || true', true],
    ['json.gone == 1 && false', false],
    ['json.owners.login == "x"', 'there is no json.owners.login'],
    ['json.list[7] == 1', 'there is no such item in json.list'],
    ['json.n.contains("3")', 'contains is given double and string'],
    ['json.n', 'double stands where a bool is needed'],
    ['r.age.value > 3', 'age is unknown: down'],
    ['has(r.age.value)', 'age is unknown: down'],
    ['has(r.age)', false],
    ['1 / 0 == 1', 'it divides by zero'],
    ['9223372036854775807 + 1 == 0', 'a whole number is larger than 64 bits'],
    ['name.startsWith("proc-") && name.endsWith("1") && name.contains("-m") && name.size() == 11', true],
    ['name.matches("^proc-macro[0-9]$") && !name.matches("^macro")', true],
    ['version_at_least("1.2.3", "1.2.3") && !version_at_least("1.2.3-rc.1", "1.2.3")', true],
    ['version_at_least("1.2.3+build", "1.2.3") && version_at_least("0.10.0", "0.9.9")', true],
    ['version_at_least(name, "1.0.0")', '"proc-macro1" is no version'],
    ['matches_requirement("1.9.0", "^1.2") && !matches_requirement("2.0.0", "1.2")', true],
    ['matches_requirement("1.0.0", name)', '"proc-macro1" is no version requirement'],
    ['now == timestamp("2026-08-20T09:15:00+02:00") && now == time(1787210100000)', true],
    ['now - time(1787210100000 - 3600000) == duration("1h") && now + duration("1d") > now', true],
    [
      'now.getFullYear() == 2026 && now.getMonth() == 7 && now.getDate() == 20 && now.getDayOfWeek() == 4',
      true,
    ],
    ['now.getHours() == 7 && now.getMinutes() == 15 && duration("90m").getHours() == 1', true],
    [
      'string(now) == "2026-08-20T07:15:00Z" && string(duration("90m")) == "5400s" && string(1.5) == "1.5"',
      true,
    ],
    ['int("12") == 12 && int(2.9) == 2 && double("1e3") == 1000.0', true],
    ['true ? json.n == 3 : json.gone == 1', true],
    ['// why\njson.n == 3 // because', true],
    ['{"a": 1}.a == 1 && {1: "x"}[1] == "x" && {"a": 1, "b": [2]} == {"b": [2], "a": 1.0}', true],
    [`'\\u0061\\x62\\103\\n' == "abC\\n" && r"\\d" == '\\\\d' && """a"b""" == 'a"b'`, true],
  ];
  for (const [text, result] of cases) it(text, () => assert.equal(answer(text, json), result));
});

describe('an expression that is wrong whatever the facts', () => {
  const cases: [text: string, message: string, at: number][] = [
    ['', 'expected a value, found the end', 0],
    ['name ==', 'expected a value, found the end', 7],
    ['name == "a', 'the string does not end', 8],
    ['name == "a" name', 'expected the end, found name', 12],
    ['(name == "a"', 'expected ), found the end', 12],
    ['name # 1', '"#" has no meaning here', 5],
    ['for == 1', 'for is a reserved word', 0],
    ['nam == "a"', 'there is no variable nam; there are name, now, json, r', 0],
    ['r.agge.known', 'there is no fact agge; there are age', 2],
    ['r["agge"] == 1', 'there is no fact agge; there are age', 1],
    ['has(r.agge)', 'there is no fact agge; there are age', 0],
    ['has(name)', 'has() takes one field, such as has(facts.age.value.published)', 0],
    ['name.first == "a"', 'string has no field first', 5],
    ['name[0] == "a"', 'string has no items', 4],
    ['[1]["a"] == 1', 'an item of a list is named by an int, not by string', 3],
    ['name', 'the whole expression is string, not bool', 0],
    ['size(name)', 'the whole expression is int, not bool', 0],
    ['name && true', 'one side of && is string, not bool', 0],
    ['!name', 'it says !string; there is !bool', 0],
    ['name ? true : false', 'what stands before ? is string, not bool', 0],
    ['true ? 1 : "a"', 'the branches of ?: are int and string', 5],
    ['name == 1', 'string and int are never equal', 5],
    ['name in [1, 2]', 'string and int are never equal', 5],
    ['frobnicate(name)', 'there is no function frobnicate', 0],
    ['name.frobnicate()', 'there is no method frobnicate', 5],
    ['contains(name, "a")', 'contains is asked of a value, as in crate.contains(…)', 0],
    ['name.duration() == now', 'duration is a function, as in duration(…)', 5],
    ['name.contains(1)', 'it says string.contains(int); there is string.contains(string)', 5],
    ['now - 1 == now', 'it says timestamp - int', 4],
    ['name.matches("(")', 'the pattern is refused: error parsing regexp: missing closing )', 13],
    [
      'name.matches("(?=a)")',
      'the pattern is refused: error parsing regexp: invalid or unsupported Perl syntax',
      13,
    ],
    ['name.matches(name)', 'the pattern of matches() is written out', 5],
    ['name.matches("(a{100}){11}")', 'the pattern is refused: ', 13],
    ['duration("3 parsecs") == duration("0")', '"3 parsecs" is no duration such as "720h" or "30d"', 9],
    ['now > timestamp("yesterday")', '"yesterday" is no RFC 3339 time', 16],
    ['version_at_least(name, "1.2")', '"1.2" is no version', 23],
    ['matches_requirement(name, "^^1")', '"^^1" is no version requirement', 26],
    ['json.exists(1, true)', 'exists() takes a name for the item and an expression over it', 5],
    ['json.exists(x, "a")', 'what exists() asks is string, not bool', 5],
    ['json.exists(x, x == 1) && x', 'there is no variable x; there are name, now, json, r', 26],
    ['json.all(a, a.all(b, b.all(c, c)))', 'all() stands inside 2 others', 23],
    ['name.all(a, true)', 'string has no items', 5],
    ['1u == 1', 'unsigned numbers are not part of it; leave the u away', 0],
    ['b"a" == b"a"', 'bytes are not part of it; write a string', 0],
    ['9223372036854775808 == 1', 'a whole number is at most 9223372036854775807', 0],
    [`${'('.repeat(50)}true${')'.repeat(50)}`, 'it is nested more than 40 levels deep', 40],
    [`${'!'.repeat(100)}true`, 'it is more than 64 levels deep', 0],
    [`true${' '.repeat(limits.length)}`, 'it has 2004 characters; 2000 are allowed', 0],
  ];
  for (const [text, message, at] of cases) {
    it(text.slice(0, 60), () => {
      assert.throws(
        () => compileExpression(text, types),
        (error) => {
          assert.ok(error instanceof ExpressionError);
          assert.ok(error.message.startsWith(message), error.message);
          assert.equal(error.at, at);
          return true;
        },
      );
    });
  }
});

describe('any text', () => {
  const word = fc.constantFrom(
    ...[
      'json',
      'name',
      'now',
      'r',
      '.',
      '.',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '?',
      '==',
      '<',
      '+',
      '-',
      '!',
      '&&',
      '||',
    ],
    ...[
      'in',
      'has',
      'exists',
      'map',
      'x',
      '1',
      '2.5',
      '"a"',
      "'",
      '"""',
      'true',
      'null',
      'size',
      'matches',
      'duration',
      '\\',
      '\n',
      '//',
    ],
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 40 }).map((words) => words.join(' ')),
  );

  it('is refused with an ExpressionError or gives an outcome', () => {
    fc.assert(
      fc.property(text, fc.jsonValue(), (expression, json) => {
        try {
          assert.ok(['known', 'failed'].includes(run(expression, json).kind));
        } catch (error) {
          assert.ok(error instanceof ExpressionError, String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('times', () => {
  it('are read and written alike', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -62_135_596_800_000_000_000n, max: 253_402_300_799_999_999_999n }),
        (nanos) => {
          const read = readTimestamp(sayTimestamp(new Timestamp(nanos)));
          assert.ok(read instanceof Timestamp);
          assert.equal(read.nanos, nanos);
        },
      ),
    );
  });

  const durations: [text: string, nanos: bigint | undefined][] = [
    ['0', 0n],
    ['1h30m', 5_400_000_000_000n],
    ['-1.5s', -1_500_000_000n],
    ['30d', 2_592_000_000_000_000n],
    ['.5ms', 500_000n],
    ['', undefined],
    ['1', undefined],
    ['h', undefined],
    ['1 h', undefined],
    ['1h\n', undefined],
    ['106752d', undefined],
  ];
  for (const [text, nanos] of durations) {
    it(`reads ${JSON.stringify(text)}`, () => {
      const read = readDuration(text);
      assert.equal(read instanceof Failure ? undefined : read.nanos, nanos);
    });
  }
});
