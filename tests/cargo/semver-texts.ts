import fc from 'fast-check';

/** Numbers at the edges: zero, leading zeros, 2^53, 2^64 and around. */
const number = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 3 }).map(String) },
  { weight: 2, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '00',
      '01',
      '007',
      '9007199254740993',
      '18446744073709551615',
      '18446744073709551616',
    ),
  },
);
const identifier = fc.oneof(
  fc.constantFrom(
    '0',
    '1',
    '2',
    '10',
    '00',
    '01',
    '001',
    'alpha',
    'beta',
    'rc',
    'rc1',
    '-',
    '--',
    '0a',
    'a-b',
    'Z',
  ),
  fc.string({ unit: fc.constantFrom(...'019aZ-'), minLength: 1, maxLength: 4 }),
);
const identifiers = fc.array(identifier, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));
const junk = fc.constantFrom(
  '',
  ' ',
  '.',
  '-',
  '+',
  'v',
  '=',
  'x',
  '*',
  ',',
  '\t',
  '\n',
  'é',
  '\u0661',
  '_',
  '..',
  '1',
);

/** A version that parses. */
export const validVersion: fc.Arbitrary<string> = fc
  .tuple(
    fc.tuple(validNumber(), validNumber(), validNumber()).map((parts) => parts.join('.')),
    fc.option(
      identifiers.map((text) => text.replace(/(^|\.)0+(?=[0-9]+(?:\.|$))/g, '$1')),
      { freq: 2, nil: undefined },
    ),
    fc.option(identifiers, { freq: 3, nil: undefined }),
  )
  .map(
    ([core, pre, build]) =>
      core + (pre === undefined ? '' : `-${pre}`) + (build === undefined ? '' : `+${build}`),
  );

/** A version, or nearly. */
export const versionLike: fc.Arbitrary<string> = fc.oneof(
  validVersion,
  fc
    .tuple(fc.array(number, { minLength: 1, maxLength: 4 }), fc.option(identifiers), fc.option(identifiers))
    .map(
      ([core, pre, build]) =>
        core.join('.') + (pre === null ? '' : `-${pre}`) + (build === null ? '' : `+${build}`),
    ),
  fc
    .tuple(validVersion, junk, fc.nat(12))
    .map(([text, extra, at]) => text.slice(0, at) + extra + text.slice(at)),
  fc.string({ unit: fc.constantFrom(...'01.-+a '), maxLength: 9 }),
);

/** Versions close to each other and to the small numbers of `requirementLike`, so that bounds are met. */
export const nearVersion: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 3, maxLength: 3 }).map((parts) => parts.join('.')),
    fc.constantFrom('', '', '-0', '-1', '-alpha', '-alpha.1', '-rc', '-rc1', '-beta'),
    fc.constantFrom('', '', '', '+1', '+b'),
  )
  .map((parts) => parts.join(''));

/** A requirement, or nearly. */
export const requirementLike: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: comparators(4) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(comparators(3), junk, fc.nat(12))
      .map(([t, j, at]) => t.slice(0, at) + j + t.slice(at)),
  },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'012.-+a,*xX=<>~^ '), maxLength: 9 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('*', ' * ', 'x', 'X', '*, 1', '1, *', '*.1', '1.x.x', '1.*.1', '', ' ', ','),
  },
);

/** One or two bounds near `nearVersion`, so that many match. */
export const nearRequirement: fc.Arbitrary<string> = fc
  .array(
    fc
      .tuple(fc.constantFrom('', '^', '~', '=', '>', '>=', '<', '<='), nearVersion, fc.nat(3))
      .map(([op, version, cut]) => op + (cut === 0 ? version : version.split('.').slice(0, cut).join('.'))),
    { minLength: 1, maxLength: 2 },
  )
  .map((bounds) => bounds.join(', '));

function validNumber(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 3 }).map(String) },
    { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String) },
  );
}

function comparators(max: number): fc.Arbitrary<string> {
  const part = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 0, max: 3 }).map(String) },
    { weight: 1, arbitrary: number },
  );
  const wild = fc.oneof(
    { weight: 5, arbitrary: part },
    { weight: 1, arbitrary: fc.constantFrom('*', 'x', 'X') },
  );
  const tail = fc.oneof(
    nearVersion.map((text) => text.replace(/^[0-9.]+/, '')),
    fc.constantFrom('-', '+', '-01', '+01', '-a..b'),
  );
  const bound = fc
    .tuple(
      fc.constantFrom('', '', '^', '~', '=', '>', '>=', '<', '<='),
      fc.constantFrom('', '', ' ', '  '),
      fc.tuple(part, fc.array(wild, { maxLength: 2 })).map(([first, rest]) => [first, ...rest].join('.')),
      fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 1, arbitrary: tail }),
    )
    .map((parts) => parts.join(''));
  const bounds = fc.array(bound, { minLength: 1, maxLength: max });
  return fc.tuple(bounds, fc.constantFrom(',', ', ', ' , ')).map(([list, comma]) => list.join(comma));
}
