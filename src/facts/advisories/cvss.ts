import type { Severity } from './advisory.ts';
import { type Metrics, scoreV4 } from './cvss-v4.ts';

/** What a CVSS vector amounts to. */
export interface CvssScore {
  readonly version: '3.0' | '3.1' | '4.0';
  /** 0.0 to 10.0, in tenths. */
  readonly score: number;
  readonly severity: Severity;
}

/**
 * Scores a vector: CVSS 3 by its base and temporal metrics, CVSS 4 by all that bear on the score. `undefined` for
 * what is no vector of these versions (2.0 has no word for "critical" and no feed here uses it): the caller treats
 * it as unscored.
 */
export function scoreOf(vector: string): CvssScore | undefined {
  const match = /^CVSS:(3\.0|3\.1|4\.0)\/(.+)$/.exec(vector.trim());
  const version = match?.[1] as CvssScore['version'] | undefined;
  const metrics = match?.[2] === undefined ? undefined : readMetrics(match[2]);
  if (version === undefined || metrics === undefined) return undefined;
  const score = version === '4.0' ? scoreV4(metrics) : scoreV3(metrics, version);
  return score === undefined ? undefined : { version, score, severity: severityOf(score) };
}

/** The rating scale that CVSS 3 and 4 share (section 5 and 6 of their specifications). */
export function severityOf(score: number): Severity {
  if (score < 0.1) return 'none';
  if (score < 4) return 'low';
  if (score < 7) return 'medium';
  return score < 9 ? 'high' : 'critical';
}

/** The lowest score of a severity. */
export const lowestScore: Readonly<Record<Severity, number>> = {
  none: 0,
  low: 0.1,
  medium: 4,
  high: 7,
  critical: 9,
};

/** `undefined` where a metric is malformed or there twice. */
function readMetrics(text: string): Metrics | undefined {
  const metrics = new Map<string, string>();
  for (const part of text.split('/')) {
    const match = /^([A-Z]{1,3}):([A-Za-z]+)$/.exec(part);
    if (match?.[1] === undefined || match[2] === undefined || metrics.has(match[1])) return undefined;
    metrics.set(match[1], match[2]);
  }
  return metrics;
}

type Weights = Readonly<Record<string, number>>;

const impactWeights: Weights = { H: 0.56, L: 0.22, N: 0 };
const attackVector: Weights = { N: 0.85, A: 0.62, L: 0.55, P: 0.2 };
const attackComplexity: Weights = { L: 0.77, H: 0.44 };
const privilegesUnchanged: Weights = { N: 0.85, L: 0.62, H: 0.27 };
const privilegesChanged: Weights = { N: 0.85, L: 0.68, H: 0.5 };
const userInteraction: Weights = { N: 0.85, R: 0.62 };
const temporal: Readonly<Record<string, Weights>> = {
  E: { X: 1, H: 1, F: 0.97, P: 0.94, U: 0.91 },
  RL: { X: 1, U: 1, W: 0.97, T: 0.96, O: 0.95 },
  RC: { X: 1, C: 1, R: 0.96, U: 0.92 },
};

/** CVSS 3.1 specification, sections 7.1, 7.2 and 7.4; 3.0 differs in how it rounds. */
function scoreV3(metrics: Metrics, version: '3.0' | '3.1'): number | undefined {
  const weight = (name: string, weights: Weights, otherwise = '') => {
    const value = metrics.get(name) ?? otherwise;
    return Object.hasOwn(weights, value) ? weights[value] : undefined;
  };
  const scope = metrics.get('S');
  if (scope !== 'U' && scope !== 'C') return undefined;
  const changed = scope === 'C';
  const [c, i, a] = [weight('C', impactWeights), weight('I', impactWeights), weight('A', impactWeights)];
  const av = weight('AV', attackVector);
  const ac = weight('AC', attackComplexity);
  const pr = weight('PR', changed ? privilegesChanged : privilegesUnchanged);
  const ui = weight('UI', userInteraction);
  const factors = Object.entries(temporal).map(([name, weights]) => weight(name, weights, 'X'));
  if (c === undefined || i === undefined || a === undefined) return undefined;
  if (av === undefined || ac === undefined || pr === undefined || ui === undefined) return undefined;
  const roundUp = version === '3.0' ? roundUp30 : roundUp31;
  const lost = 1 - (1 - c) * (1 - i) * (1 - a);
  const impact = changed ? 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15 : 6.42 * lost;
  if (impact <= 0) return 0;
  const exploitability = 8.22 * av * ac * pr * ui;
  const base = roundUp(Math.min((changed ? 1.08 : 1) * (impact + exploitability), 10));
  let score = base;
  for (const factor of factors) {
    if (factor === undefined) return undefined;
    score *= factor;
  }
  return roundUp(score);
}

/** "The smallest number, to one decimal place, that is equal to or higher" (3.0, section 8). */
function roundUp30(value: number): number {
  return Math.ceil(value * 10) / 10;
}

/** The same on integers, so that 4.000000001 is 4.0 everywhere (3.1, appendix A). */
function roundUp31(value: number): number {
  const whole = Math.round(value * 100_000);
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10;
}
