import { matches, tryParseRequirement } from '../../cargo/requirement.ts';
import { comparePrecedence, tryParseVersion, type Version } from '../../cargo/version.ts';
import { operators } from './operators.ts';
import { int, type Overload, overload } from './overload.ts';
import {
  fromMilliseconds,
  quoted,
  readDuration,
  readTimestamp,
  sayDurationSeconds,
  sayTimestamp,
  toDate,
  wholeUnits,
} from './time.ts';
import { type Duration, Failure, keysOf, type Result, spend, type Timestamp, type Value } from './value.ts';

const sizes = (['function', 'method'] as const).flatMap((form) => [
  overload<[string]>(form, 'size', ['string'], 'int', (text, meter) => {
    spend(meter, text.length >> 2);
    return BigInt([...text].length);
  }),
  overload<[readonly Value[]]>(form, 'size', ['list'], 'int', (list) => BigInt(list.length)),
  overload<[Value]>(form, 'size', ['map'], 'int', (map, meter) => {
    const { length } = keysOf(map);
    spend(meter, length >> 2);
    return BigInt(length);
  }),
]);

function textTest(name: string, test: (text: string, part: string) => boolean): Overload {
  return overload<[string, string]>('method', name, ['string', 'string'], 'bool', (text, part, meter) => {
    // Searching can cost the product of the lengths.
    spend(meter, (text.length >> 6) + Math.ceil((text.length * part.length) / 1024));
    return test(text, part);
  });
}

const conversions: readonly Overload[] = [
  overload<[Value]>('function', 'dyn', ['any'], 'any', (value) => value),
  overload<[bigint]>('function', 'int', ['int'], 'int', (value) => value),
  overload<[number]>('function', 'int', ['double'], 'int', (value) =>
    Math.abs(value) < 2 ** 63
      ? BigInt(Math.trunc(value))
      : new Failure(`${value} is no whole number of 64 bits`),
  ),
  overload<[string]>('function', 'int', ['string'], 'int', (text) =>
    /^-?\d{1,19}$/.test(text) ? int(BigInt(text)) : new Failure(`${quoted(text)} is no whole number`),
  ),
  overload<[Timestamp]>('function', 'int', ['timestamp'], 'int', (value) =>
    BigInt(Math.floor(toDate(value).getTime() / 1000)),
  ),
  overload<[number]>('function', 'double', ['double'], 'double', (value) => value),
  overload<[bigint]>('function', 'double', ['int'], 'double', (value) => Number(value)),
  overload<[string]>('function', 'double', ['string'], 'double', (text) =>
    /^[-+]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][-+]?\d{1,4})?$/.test(text)
      ? Number(text)
      : new Failure(`${quoted(text)} is no number`),
  ),
  overload<[string]>('function', 'string', ['string'], 'string', (value) => value),
  ...(['bool', 'int', 'double'] as const).map((kind) =>
    overload<[bigint | number | boolean]>('function', 'string', [kind], 'string', (value) => String(value)),
  ),
  overload<[Timestamp]>('function', 'string', ['timestamp'], 'string', (value) => sayTimestamp(value)),
  overload<[Duration]>('function', 'string', ['duration'], 'string', (value) => sayDurationSeconds(value)),
];

const times: readonly Overload[] = [
  overload<[string]>(
    'function',
    'timestamp',
    ['string'],
    'timestamp',
    (text) => readTimestamp(text),
    readTimestamp,
  ),
  overload<[string]>(
    'function',
    'duration',
    ['string'],
    'duration',
    (text) => readDuration(text),
    readDuration,
  ),
  ...(['int', 'double'] as const).map((kind) =>
    overload<[bigint | number]>('function', 'time', [kind], 'timestamp', (value) => fromMilliseconds(value)),
  ),
  ...(
    [
      ['getFullYear', (date) => date.getUTCFullYear()],
      ['getMonth', (date) => date.getUTCMonth()],
      ['getDate', (date) => date.getUTCDate()],
      ['getDayOfMonth', (date) => date.getUTCDate() - 1],
      ['getDayOfWeek', (date) => date.getUTCDay()],
      ['getHours', (date) => date.getUTCHours()],
      ['getMinutes', (date) => date.getUTCMinutes()],
      ['getSeconds', (date) => date.getUTCSeconds()],
    ] as readonly [string, (date: Date) => number][]
  ).map(([name, get]) =>
    overload<[Timestamp]>('method', name, ['timestamp'], 'int', (value) => BigInt(get(toDate(value)))),
  ),
  ...(
    [
      ['getHours', 'h'],
      ['getMinutes', 'm'],
      ['getSeconds', 's'],
    ] as const
  ).map(([name, unit]) =>
    overload<[Duration]>('method', name, ['duration'], 'int', (value) => wholeUnits(value, unit)),
  ),
];

function version(text: string): Version | Failure {
  return tryParseVersion(text) ?? new Failure(`${quoted(text)} is no version`);
}

function requirementProblem(text: string): Result {
  return tryParseRequirement(text) === undefined
    ? new Failure(`${quoted(text)} is no version requirement`)
    : true;
}

function versionProblem(text: string): Result {
  const parsed = version(text);
  return parsed instanceof Failure ? parsed : true;
}

const versions: readonly Overload[] = [
  overload<[string, string]>(
    'function',
    'version_at_least',
    ['string', 'string'],
    'bool',
    (text, least) => {
      const [a, b] = [version(text), version(least)];
      if (a instanceof Failure) return a;
      return b instanceof Failure ? b : comparePrecedence(a, b) >= 0;
    },
    versionProblem,
  ),
  overload<[string, string]>(
    'function',
    'matches_requirement',
    ['string', 'string'],
    'bool',
    (text, wanted) => {
      const parsed = version(text);
      if (parsed instanceof Failure) return parsed;
      const requirement = tryParseRequirement(wanted);
      return requirement === undefined ? requirementProblem(wanted) : matches(requirement, parsed);
    },
    requirementProblem,
  ),
];

/** Everything that an expression can call, by name. `matches`, whose pattern is compiled once, is the compiler's. */
export const overloads: ReadonlyMap<string, readonly Overload[]> = Map.groupBy(
  [
    ...operators,
    ...sizes,
    textTest('contains', (text, part) => text.includes(part)),
    textTest('startsWith', (text, part) => text.startsWith(part)),
    textTest('endsWith', (text, part) => text.endsWith(part)),
    ...conversions,
    ...times,
    ...versions,
  ],
  ({ name }) => name,
);
