/** What ../shared/data names, for the measures of the typosquat rule. Empty where it is not there. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const data = join(import.meta.dirname, '../../../../shared/data');

export const hasData = existsSync(join(data, 'advisory-db'));

/** Crates that were taken down as malicious, and crates whose account was taken over (their names are their own). */
export interface MaliciousNames {
  readonly made: readonly string[];
  readonly takenOver: readonly string[];
}

/** A small recogniser; the product's own is elsewhere. */
export function maliciousNames(): MaliciousNames {
  const names = { made: [] as string[], takenOver: [] as string[] };
  for (const { name, text } of advisories()) {
    if (!isMalicious(text)) continue;
    // An account that was taken over leaves good releases behind: the crate is not expected to be deleted.
    (/^expect-deleted *= *true/m.test(text) ? names.made : names.takenOver).push(name);
  }
  return { made: [...new Set(names.made)].sort(), takenOver: [...new Set(names.takenOver)].sort() };
}

function isMalicious(text: string): boolean {
  if (/^categories *= *\[[^\]]*"malicious"/m.test(text)) return true;
  return /^expect-deleted *= *true/m.test(text) && /^# .*\bmalicious\b/m.test(text);
}

/** Names that the feeds in ../shared/data speak of, the malicious ones aside. */
export function namedInFeeds(): readonly string[] {
  const bad = new Set(maliciousNames().made);
  const names = new Set<string>();
  for (const { name } of advisories()) names.add(name);
  for (const file of globSync('vet/**/*.{toml,lock}', { cwd: data })) {
    const text = readFileSync(join(data, file), 'utf8');
    for (const [, name] of text.matchAll(
      /^\[+(?:audits|exemptions|trusted|wildcard-audits|publisher|unpublished)(?:\.[a-z]+\.audits)?\.([A-Za-z][\w-]*)\]/gm,
    ))
      if (name !== undefined) names.add(name);
  }
  for (const file of globSync('crev/**/*.crev', { cwd: data })) {
    const text = readFileSync(join(data, file), 'utf8');
    for (const [, name] of text.matchAll(/^ +(?:- )?name: "?([A-Za-z][\w-]*)"?$/gm))
      if (name !== undefined) names.add(name);
  }
  return [...names].filter((name) => !bad.has(name)).sort();
}

function advisories(): readonly { readonly name: string; readonly text: string }[] {
  return globSync('advisory-db/crates/*/*.md', { cwd: data }).map((file) => ({
    name: file.split('/').at(-2) ?? '',
    text: readFileSync(join(data, file), 'utf8'),
  }));
}

/**
 * Crates whose documentation pages show that they were there when their imitations came (2023 or before, `finch` 2025).
 * A dump has them like every other name; what ../shared/data has does not.
 */
export const otherOldNames: readonly string[] = [
  ...['acceptxmr', 'finch', 'finch_cli', 'lfest', 'monero', 'monero-rpc', 'openvpn-plugin'],
  ...['uniswap-rs', 'uniswap-utilities', 'windows-service'],
];

/**
 * Crates of the whole RustSec database of 2026-08-21 that the copy in ../shared/data leaves out: names alone, to measure
 * on. Nothing was tuned with them in sight.
 */
export const leftOutNames: readonly string[] = [
  ...['chrono_anchor', 'clob-sdk', 'dnp3times', 'exploration', 'logflux'],
  ...['logprinter', 'logtrace', 'microsoftsystem64', 'mysten-metrics', 'onering'],
  ...[
    'polymarket-client-sdks',
    'polymarket-clients-sdk',
    'polymarkets-client-sdk',
    'polymarkets-rs-clob-client',
    'pretty-changelog-logger',
  ],
  ...['rpc-check', 'safe-agent-rs', 'sui-execution-cut', 'time-sync', 'time_calibrator'],
  ...['time_calibrators', 'tracing-check', 'tracing-ethers', 'tracing_checks', 'tracings'],
];
