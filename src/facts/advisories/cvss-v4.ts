/** Metrics of a vector by abbreviation, e.g. `AV` → `N`. */
export type Metrics = ReadonlyMap<string, string>;

/**
 * Scores CVSS 4.0 (specification section 8): a vector belongs to a macrovector, whose score is looked up, and loses
 * a share of the distance to the next lower macrovectors by how far it is from the worst vector of its own.
 * `undefined` where a base metric is missing or a value is none of its metric's.
 */
export function scoreV4(metrics: Metrics): number | undefined {
  const level = levelsOf(metrics);
  if (level === undefined) return undefined;
  const harmless = ['VC', 'VI', 'VA', 'SC', 'SI', 'SA'].every((name) => level(name) === noImpact(name));
  if (harmless) return 0;
  const own = classify(level);
  const score = lookUp(own) ?? 0;
  const losses = steps(own, level).flatMap(({ next, share }) => {
    const lower = next.map(lookUp).filter((found) => found !== undefined);
    return lower.length === 0 ? [] : [(score - Math.max(...lower)) * share];
  });
  const mean = losses.length === 0 ? 0 : losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  return Math.round((Math.min(10, Math.max(0, score - mean)) + 1e-6) * 10) / 10;
}

/** The equivalence classes of a vector; 3 and 6 depend on one another and count as one. */
interface MacroVector {
  readonly eq1: number;
  readonly eq2: number;
  readonly eq36: Eq36;
  readonly eq4: number;
  readonly eq5: number;
}

type Eq36 = '00' | '01' | '10' | '11' | '21';

/** How far a metric's value is from its worst, in steps. */
type Level = (metric: string) => number;

/** Values from the worst on. For subsequent systems `S` (safety) is worse than `H`. */
const values: Readonly<Record<string, string>> = {
  AV: 'NALP',
  AC: 'LH',
  AT: 'NP',
  PR: 'NLH',
  UI: 'NPA',
  VC: 'HLN',
  VI: 'HLN',
  VA: 'HLN',
  SC: '-HLN',
  SI: 'SHLN',
  SA: 'SHLN',
};
/** Threat and requirements: `X`, not defined, is the worst. */
const optional: Readonly<Record<string, string>> = { E: 'APU', CR: 'HML', IR: 'HML', AR: 'HML' };
const supplemental: Readonly<Record<string, readonly string[]>> = {
  S: ['X', 'N', 'P'],
  AU: ['X', 'N', 'Y'],
  R: ['X', 'A', 'U', 'I'],
  V: ['X', 'D', 'C'],
  RE: ['X', 'L', 'M', 'H'],
  U: ['X', 'Clear', 'Green', 'Amber', 'Red'],
};

function noImpact(metric: string): number {
  return (values[metric] ?? '').indexOf('N');
}

function levelsOf(metrics: Metrics): Level | undefined {
  const levels = new Map<string, number>();
  const known = new Set(Object.keys(supplemental));
  for (const [name, order] of Object.entries(values)) {
    const base = metrics.get(name);
    const modified = metrics.get(`M${name}`) ?? 'X';
    // Only the modified metrics know "safety".
    if (base === undefined || base === 'S' || base === '-' || !isOneOf(base, order)) return undefined;
    if (modified !== 'X' && (modified === '-' || !isOneOf(modified, order))) return undefined;
    levels.set(name, order.indexOf(modified === 'X' ? base : modified));
    known.add(name).add(`M${name}`);
  }
  for (const [name, order] of Object.entries(optional)) {
    const value = metrics.get(name) ?? 'X';
    if (value !== 'X' && !isOneOf(value, order)) return undefined;
    levels.set(name, value === 'X' ? 0 : order.indexOf(value));
    known.add(name);
  }
  for (const [name, value] of metrics) {
    if (!known.has(name) || supplemental[name]?.includes(value) === false) return undefined;
  }
  return (metric) => levels.get(metric) ?? 0;
}

function isOneOf(value: string, order: string): boolean {
  return value.length === 1 && order.includes(value);
}

/** Tables 24 to 29 of the specification. */
function classify(level: Level): MacroVector {
  const [av, pr, ui] = [level('AV'), level('PR'), level('UI')];
  const [vc, vi, va] = [level('VC'), level('VI'), level('VA')];
  const [sc, si, sa] = [level('SC'), level('SI'), level('SA')];
  const anyOpen = av === 0 || pr === 0 || ui === 0;
  const eq3 = vc === 0 && vi === 0 ? 0 : vc === 0 || vi === 0 || va === 0 ? 1 : 2;
  const eq6 =
    (vc === 0 && level('CR') === 0) || (vi === 0 && level('IR') === 0) || (va === 0 && level('AR') === 0)
      ? 0
      : 1;
  return {
    eq1: av + pr + ui === 0 ? 0 : anyOpen && av !== 3 ? 1 : 2,
    eq2: level('AC') + level('AT') === 0 ? 0 : 1,
    eq36: `${eq3}${eq6}` as Eq36,
    eq4: si === 0 || sa === 0 ? 0 : sc === 1 || si === 1 || sa === 1 ? 1 : 2,
    eq5: level('E'),
  };
}

/** For each class: the macrovectors one step lower, and the share of the way to them that the vector has gone. */
function steps(own: MacroVector, level: Level): readonly { next: readonly MacroVector[]; share: number }[] {
  const sum = (names: string) => names.split(' ').reduce((total, name) => total + level(name), 0);
  const { eq1, eq2, eq36, eq4, eq5 } = own;
  const share = (names: string, { worst, depth }: Extent) => (sum(names) - worst) / depth;
  return [
    { next: [{ ...own, eq1: eq1 + 1 }], share: share('AV PR UI', extents.eq1[eq1] ?? point) },
    { next: [{ ...own, eq2: eq2 + 1 }], share: share('AC AT', extents.eq2[eq2] ?? point) },
    {
      next: lowerEq36[eq36].map((lower) => ({ ...own, eq36: lower })),
      share: share('VC VI VA CR IR AR', extents.eq36[eq36]),
    },
    { next: [{ ...own, eq4: eq4 + 1 }], share: share('SC SI SA', extents.eq4[eq4] ?? point) },
    { next: [{ ...own, eq5: eq5 + 1 }], share: 0 },
  ];
}

/**
 * `worst`: the steps that the worst vectors of a class are down already (all of a class are equally far, so that a
 * sum of steps is a distance); `depth`: how many steps the class has (specification, table 30).
 */
interface Extent {
  readonly worst: number;
  readonly depth: number;
}

const point: Extent = { worst: 0, depth: 1 };
const extent = (worst: number, depth: number): Extent => ({ worst, depth });
const extents = {
  eq1: [extent(0, 1), extent(1, 4), extent(3, 5)],
  eq2: [extent(0, 1), extent(1, 2)],
  eq36: {
    '00': extent(0, 7),
    '01': extent(3, 6),
    '10': extent(1, 8),
    '11': extent(3, 8),
    '21': extent(3, 10),
  },
  eq4: [extent(1, 6), extent(3, 5), extent(6, 4)],
} as const;

const lowerEq36: Readonly<Record<Eq36, readonly Eq36[]>> = {
  '00': ['01', '10'],
  '01': ['11'],
  '10': ['11'],
  '11': ['21'],
  '21': [],
};
const eq36Order: readonly Eq36[] = ['00', '01', '10', '11', '21'];

function lookUp({ eq1, eq2, eq36, eq4, eq5 }: MacroVector): number | undefined {
  if (eq2 > 1 || eq4 > 2 || eq5 > 2) return undefined;
  const tenths = scores[((eq1 * 2 + eq2) * 5 + eq36Order.indexOf(eq36)) * 9 + eq4 * 3 + eq5];
  return tenths === undefined ? undefined : tenths / 10;
}

/**
 * FIRST's scores of the 270 macrovectors, in tenths. A block for each EQ1 and EQ2, a line for each EQ3 with EQ6
 * (00, 01, 10, 11, 21), in it EQ4 and EQ5.
 */
const scores: readonly number[] = `
100 98 95 100 93 91 93 89 81
99 95 92 96 87 81 90 80 68
98 95 90 93 89 81 88 78 69
95 92 84 92 81 65 80 70 48
92 82 72 79 69 50 69 55 27

99 95 92 95 90 84 92 82 72
97 92 85 91 83 71 81 71 53
95 92 85 92 80 70 84 71 50
93 85 73 82 72 59 70 52 30
86 75 52 71 52 29 63 29 17

98 94 91 94 86 77 87 74 63
95 87 81 89 74 64 75 63 49
94 88 76 86 74 59 72 57 52
89 77 67 76 58 50 57 52 25
83 70 54 65 58 26 53 21 13

95 88 76 90 75 61 77 68 52
90 76 70 77 62 53 66 59 30
89 76 62 74 57 47 61 57 24
78 67 58 59 57 23 52 29 16
71 59 30 58 26 15 23 13 6

93 86 75 86 74 56 70 52 40
87 72 58 74 61 34 54 40 22
85 74 62 72 55 46 53 34 19
75 55 51 57 41 19 36 19 8
64 51 20 47 21 11 24 9 4

88 73 60 73 59 41 54 45 20
75 53 50 55 40 20 43 22 11
75 58 40 61 48 20 46 17 8
55 45 21 51 18 9 18 7 2
53 24 14 24 12 5 10 3 1
`
  .trim()
  .split(/\s+/)
  .map(Number);
