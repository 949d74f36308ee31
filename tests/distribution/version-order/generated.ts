import fc from 'fast-check';

export type Kind = 'deb' | 'rpm' | 'apk';

const pick = (...texts: readonly string[]) => fc.constantFrom(...texts);
const number = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 12 }).map(String) },
  pick('00', '007', '010', '20260831', '9223372036854775807'),
);
const some = (each: fc.Arbitrary<string>, max: number) =>
  fc.array(each, { maxLength: max }).map((parts) => parts.join(''));
const maybe = (each: fc.Arbitrary<string>) => fc.oneof({ weight: 2, arbitrary: fc.constant('') }, each);
const joined = (...parts: readonly fc.Arbitrary<string>[]) =>
  fc.tuple(...parts).map((texts) => texts.join(''));

const epoch = maybe(fc.integer({ min: 0, max: 3 }).map((n) => `${n}:`));
const debPart = fc.oneof(number, pick('.', '+', '~', 'a', 'b', 'Z', 'dfsg', 'rc', '~~', '+deb12u'));
const rpmPart = fc.oneof(number, pick('.', '_', '~', '^', '+', 'a', 'B', 'rc', 'git', '.el9', '^^'));
const suffix = joined(
  pick('_alpha', '_beta', '_pre', '_rc', '_cvs', '_svn', '_git', '_hg', '_p'),
  maybe(number),
);

/** Versions that a packaging system's tool takes. */
export const versions: Readonly<Record<Kind, fc.Arbitrary<string>>> = {
  deb: joined(
    epoch,
    number,
    some(debPart, 5),
    maybe(pick('-rc', '-0')),
    maybe(joined(pick('-'), number, some(debPart, 3))),
  ),
  rpm: joined(
    epoch,
    fc.oneof(number, pick('a', 'rc')),
    some(rpmPart, 5),
    maybe(joined(pick('-'), number, some(rpmPart, 3))),
  ),
  apk: joined(
    number,
    some(joined(pick('.'), number), 3),
    maybe(pick('a', 'b', 'z')),
    some(suffix, 2),
    maybe(pick('~0', '~1f', '~abc0')),
    maybe(joined(pick('-r'), number)),
  ),
};

/** Pairs of versions of which many differ little: by what is put behind, or by one place. */
export function pairsOf(
  kind: Kind,
  isVersion: (text: string) => boolean,
  count: number,
): readonly (readonly [string, string])[] {
  const one = versions[kind];
  const near = fc.tuple(one, one, fc.nat()).map(([a, b, n]): readonly [string, string] => {
    const at = n % (a.length + 1);
    return [a, a.slice(0, at) + b.slice(Math.min(at, b.length))];
  });
  // apk counts in 64 bits.
  const isFine = (text: string) => isVersion(text) && !(kind === 'apk' && /\d{20}/.test(text));
  const pairs = fc.oneof(near, fc.tuple(one, one)).filter((pair) => pair.every(isFine));
  return fc.sample(pairs, { numRuns: count, seed: 20261129 });
}
