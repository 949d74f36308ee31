import { int, type Overload, overload, type Run } from './overload.ts';
import { duration, timestamp } from './time.ts';
import { type Duration, equals, Failure, hasKey, spend, type Timestamp, type Value } from './value.ts';

type Sides = readonly [bigint | number, bigint | number];

/** Arithmetic on two ints is exact and never wraps; where one side is a double, so is the result (CEL would refuse the mix). */
function arithmetic(
  name: string,
  whole: (a: bigint, b: bigint) => bigint | Failure,
  real: (a: number, b: number) => number,
): Overload[] {
  const mixed: Run<Sides> = (a, b) => real(Number(a), Number(b));
  return [
    overload<[bigint, bigint]>('operator', name, ['int', 'int'], 'int', (a, b) => int(whole(a, b))),
    overload<Sides>('operator', name, ['double', 'double'], 'double', mixed),
    overload<Sides>('operator', name, ['int', 'double'], 'double', mixed),
    overload<Sides>('operator', name, ['double', 'int'], 'double', mixed),
  ];
}

function comparison(name: string, holds: (order: number) => boolean): Overload[] {
  const order = (a: bigint | number | string | boolean, b: typeof a) =>
    a < b ? -1 : a > b ? 1 : a >= b ? 0 : Number.NaN;
  const numbers = (['int', 'double'] as const).flatMap((left) =>
    (['int', 'double'] as const).map((right) =>
      // An int beside a double is compared as a double, as CEL's conformance tests have it.
      overload<Sides>('operator', name, [left, right], 'bool', (a, b) =>
        holds(typeof a === typeof b ? order(a, b) : order(Number(a), Number(b))),
      ),
    ),
  );
  return [
    ...numbers,
    overload<[boolean, boolean]>('operator', name, ['bool', 'bool'], 'bool', (a, b) => holds(order(a, b))),
    overload<[string, string]>('operator', name, ['string', 'string'], 'bool', (a, b, meter) => {
      spend(meter, Math.min(a.length, b.length) >> 6);
      return holds(order(a, b));
    }),
    ...(['timestamp', 'duration'] as const).map((kind) =>
      overload<[Timestamp, Timestamp]>('operator', name, [kind, kind], 'bool', (a, b) =>
        holds(order(a.nanos, b.nanos)),
      ),
    ),
  ];
}

export const operators: readonly Overload[] = [
  overload<[boolean]>('operator', '!', ['bool'], 'bool', (a) => !a),
  overload<[bigint]>('operator', '-', ['int'], 'int', (a) => int(-a)),
  overload<[number]>('operator', '-', ['double'], 'double', (a) => -a),
  ...arithmetic(
    '+',
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  ...arithmetic(
    '-',
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  ...arithmetic(
    '*',
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  ...arithmetic(
    '/',
    (a, b) => (b === 0n ? new Failure('it divides by zero') : a / b),
    (a, b) => a / b,
  ),
  overload<[bigint, bigint]>('operator', '%', ['int', 'int'], 'int', (a, b) =>
    b === 0n ? new Failure('it divides by zero') : a % b,
  ),
  overload<[string, string]>('operator', '+', ['string', 'string'], 'string', (a, b, meter) => {
    spend(meter, (a.length + b.length) >> 4);
    return a + b;
  }),
  overload<[readonly Value[], readonly Value[]]>('operator', '+', ['list', 'list'], 'list', (a, b, meter) => {
    spend(meter, (a.length + b.length) >> 2);
    return [...a, ...b];
  }),
  overload<[Duration, Duration]>('operator', '+', ['duration', 'duration'], 'duration', (a, b) =>
    duration(a.nanos + b.nanos),
  ),
  overload<[Timestamp, Duration]>('operator', '+', ['timestamp', 'duration'], 'timestamp', (a, b) =>
    timestamp(a.nanos + b.nanos),
  ),
  overload<[Duration, Timestamp]>('operator', '+', ['duration', 'timestamp'], 'timestamp', (a, b) =>
    timestamp(a.nanos + b.nanos),
  ),
  overload<[Duration, Duration]>('operator', '-', ['duration', 'duration'], 'duration', (a, b) =>
    duration(a.nanos - b.nanos),
  ),
  overload<[Timestamp, Duration]>('operator', '-', ['timestamp', 'duration'], 'timestamp', (a, b) =>
    timestamp(a.nanos - b.nanos),
  ),
  overload<[Timestamp, Timestamp]>('operator', '-', ['timestamp', 'timestamp'], 'duration', (a, b) =>
    duration(a.nanos - b.nanos),
  ),
  overload<[Value, Value]>('operator', '==', ['any', 'any'], 'bool', (a, b, meter) => equals(a, b, meter)),
  overload<[Value, Value]>('operator', '!=', ['any', 'any'], 'bool', (a, b, meter) => !equals(a, b, meter)),
  ...comparison('<', (order) => order < 0),
  ...comparison('<=', (order) => order <= 0),
  ...comparison('>', (order) => order > 0),
  ...comparison('>=', (order) => order >= 0),
  overload<[Value, readonly Value[]]>('operator', 'in', ['any', 'list'], 'bool', (a, list, meter) =>
    list.some((item) => equals(item, a, meter)),
  ),
  overload<[Value, Value]>('operator', 'in', ['any', 'map'], 'bool', (a, map) => hasKey(map, a)),
];
