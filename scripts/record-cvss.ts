/**
 * Scores a sample of CVSS vectors with Red Hat's `cvss` (PyPI), in a throw-away environment of Python, and writes down
 * the scores: `node scripts/record-cvss.ts`. tests/facts/advisories/cvss.test.ts compares, without Python.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const recordedScores = join(import.meta.dirname, '../tests/fixtures/cvss-scores.json');

const release = 'cvss==3.6';

type Metric = readonly [name: string, values: string];

const base3: readonly Metric[] = [
  ['AV', 'NALP'],
  ['AC', 'LH'],
  ['PR', 'NLH'],
  ['UI', 'NR'],
  ['S', 'UC'],
  ['C', 'HLN'],
  ['I', 'HLN'],
  ['A', 'HLN'],
];
const temporal3: readonly Metric[] = [
  ['E', 'XHFPU'],
  ['RL', 'XUWTO'],
  ['RC', 'XCRU'],
];
const base4: readonly Metric[] = [
  ['AV', 'NALP'],
  ['AC', 'LH'],
  ['AT', 'NP'],
  ['PR', 'NLH'],
  ['UI', 'NPA'],
  ['VC', 'HLN'],
  ['VI', 'HLN'],
  ['VA', 'HLN'],
  ['SC', 'HLN'],
  ['SI', 'HLN'],
  ['SA', 'HLN'],
];
const rest4: readonly Metric[] = [
  ['E', 'XAPU'],
  ['CR', 'XHML'],
  ['IR', 'XHML'],
  ['AR', 'XHML'],
  ['MAV', 'XNALP'],
  ['MAC', 'XLH'],
  ['MAT', 'XNP'],
  ['MPR', 'XNLH'],
  ['MUI', 'XNPA'],
  ['MVC', 'XHLN'],
  ['MVI', 'XHLN'],
  ['MVA', 'XHLN'],
  ['MSC', 'XHLN'],
  ['MSI', 'XSHLN'],
  ['MSA', 'XSHLN'],
];

/** The same sample every time. */
function* sample(count: number): Generator<string> {
  let state = 20_300_105;
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const pick = (metrics: readonly Metric[]) =>
    metrics.map(([name, values]) => `/${name}:${values.charAt(next(values.length))}`).join('');
  for (let i = 0; i < count; i++) {
    yield `CVSS:3.0${pick(base3)}`;
    yield `CVSS:3.1${pick(base3)}`;
    yield `CVSS:3.1${pick(base3)}${pick(temporal3)}`;
    yield `CVSS:4.0${pick(base4)}`;
    yield `CVSS:4.0${pick(base4)}`;
    yield `CVSS:4.0${pick(base4)}${pick(rest4)}`;
  }
}

const program = `
import json, sys
from cvss import CVSS3, CVSS4
score = lambda v: CVSS4(v).base_score if v.startswith("CVSS:4") else float(CVSS3(v).temporal_score)
print(json.dumps([[v, float(score(v))] for v in json.load(sys.stdin)]))
`;

if (import.meta.main) {
  const folder = mkdtempSync(join(tmpdir(), 'safeguard-cvss-'));
  try {
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
    execFileSync(join(folder, 'bin/pip'), ['install', '--quiet', release], { stdio: 'inherit' });
    const input = JSON.stringify([...new Set(sample(Number(process.argv[2] ?? 100)))]);
    const output = execFileSync(join(folder, 'bin/python'), ['-c', program], {
      input,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    const scores = JSON.parse(output) as [string, number][];
    const recorded = { peer: release, scores: Object.fromEntries(scores) };
    writeFileSync(recordedScores, `${JSON.stringify(recorded, null, 2)}\n`);
    console.log(`${scores.length} vectors`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
