/**
 * The attack of 2026-08-20, replayed with harmless stand-ins.
 *
 * On the record (the Rust security response's report, and advisories RUSTSEC-2026-0260, -0262 and -0265): the
 * publications to the second or minute, the deletions, and which good releases were yanked. Ours: the minutes of the
 * yanks between 07:16 and 07:20, and the exact publication times of the older good releases.
 */
import { type Crate, type CrateOptions, makeCrate } from './crate.ts';
import type { Upstream } from './upstream.ts';

export type AttackEvent = {
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly what: string;
  apply(upstream: Upstream): void;
};

/** A release's name, version and publication time. */
type Published = readonly [name: string, version: string, pubtime: string];

/** What was there the day before. */
const HISTORY: readonly Published[] = [
  ['arrayref', '0.3.5', '2018-09-01T15:02:11Z'],
  ['arrayref', '0.3.6', '2020-01-21T14:40:08Z'],
  ['arrayref', '0.3.7', '2023-04-12T13:26:55Z'],
  ['arrayref', '0.3.8', '2024-07-22T13:12:31Z'],
  ['arrayref', '0.3.9', '2024-09-14T17:17:48Z'],
  ['append-only-vec', '0.1.0', '2022-07-10T13:48:02Z'],
  ['append-only-vec', '0.1.1', '2022-07-16T14:21:40Z'],
  ['append-only-vec', '0.1.2', '2022-08-30T13:05:19Z'],
  ['append-only-vec', '0.1.3', '2023-10-03T14:10:26Z'],
  ['append-only-vec', '0.1.4', '2024-06-11T13:31:57Z'],
  ['append-only-vec', '0.1.5', '2024-07-19T13:55:43Z'],
  ['append-only-vec', '0.1.6', '2024-10-15T14:44:12Z'],
  ['append-only-vec', '0.1.7', '2024-12-01T15:20:36Z'],
  ['append-only-vec', '0.1.8', '2025-09-02T13:02:09Z'],
  ['proc-macro2', '1.0.86', '2024-06-21T18:57:16Z'],
  ['proc-macro2', '1.0.95', '2025-04-16T03:40:05Z'],
  ['proc-macro2', '1.0.106', '2025-10-26T23:16:19Z'],
];

/** The good releases yanked so that only the poisoned one was left to upgrade to. */
const LURE = ['0.3.5', '0.3.6', '0.3.7', '0.3.8', '0.3.9'] as const;

/** What the stand-in's build script says, and all it does: find it in a build's output to see that it ran. */
export const STAND_IN_WARNING = 'this stands in for the build script of proc-macro1 1.0.107 and does nothing';

const STAND_IN_BUILD_SCRIPT = `fn main() {\n    println!("cargo:warning=${STAND_IN_WARNING}");\n}\n`;

export const procMacro1: Crate = makeCrate({
  name: 'proc-macro1',
  version: '1.0.107',
  description: 'A substitute implementation of the compiler proc_macro API',
  buildScript: STAND_IN_BUILD_SCRIPT,
});

/** Publishes what was there before, years earlier. */
export function publishHistory(upstream: Upstream): void {
  for (const [name, version, pubtime] of HISTORY) upstream.publish(makeCrate({ name, version }), { pubtime });
}

/**
 * The attack with `proc-macro1` as a build dependency or as a normal one. The real poisoned releases had it as a
 * normal dependency; either way its build script runs. A build dependency is compiled only for a crate that has a
 * build script, so there the poisoned releases gain a `build.rs` too.
 */
export function attackWith(kind: 'build' | 'normal'): readonly AttackEvent[] {
  const poison = (name: string, version: string) => makeCrate(poisoned(name, version, kind));
  return [
    publication('2026-08-20T07:11:00Z', procMacro1),
    publication('2026-08-20T07:15:00Z', poison('arrayref', '0.3.10')),
    ...LURE.map((version, i) => ({
      at: `2026-08-20T07:${16 + i}:00Z`,
      what: `the good arrayref ${version} is yanked`,
      apply: (upstream: Upstream) => upstream.yank('arrayref', version),
    })),
    publication('2026-08-20T07:37:49Z', poison('append-only-vec', '0.1.9')),
    {
      at: '2026-08-20T08:03:00Z',
      what: 'proc-macro1 is deleted',
      apply: (upstream) => upstream.deleteCrate('proc-macro1'),
    },
    deletion('2026-08-20T08:41:40Z', 'arrayref', '0.3.10'),
    deletion('2026-08-20T09:25:24Z', 'append-only-vec', '0.1.9'),
  ];
}

export const attackTimeline: readonly AttackEvent[] = attackWith('build');

/** Applies what has happened up to and including `until` (all of it by default), and returns those events. */
export function replayAttack(
  upstream: Upstream,
  until?: string,
  timeline: readonly AttackEvent[] = attackTimeline,
): readonly AttackEvent[] {
  const limit = until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until);
  const due = timeline.filter((event) => Date.parse(event.at) <= limit);
  for (const event of due) event.apply(upstream);
  return due;
}

/** What crates.io did afterwards: the good releases were unyanked, later that day. */
export function undoLure(upstream: Upstream): void {
  for (const version of LURE) upstream.unyank('arrayref', version);
}

function poisoned(name: string, version: string, kind: 'build' | 'normal'): CrateOptions {
  const dependencies = { 'proc-macro1': '1.0.107' };
  if (kind === 'normal') return { name, version, dependencies };
  return { name, version, buildDependencies: dependencies, buildScript: 'fn main() {}\n' };
}

function publication(at: string, crate: Crate): AttackEvent {
  return {
    at,
    what: `${crate.name} ${crate.version} is published`,
    apply: (upstream) => upstream.publish(crate, { pubtime: at }),
  };
}

function deletion(at: string, name: string, version: string): AttackEvent {
  return {
    at,
    what: `${name} ${version} is deleted`,
    apply: (upstream) => upstream.deleteRelease(name, version),
  };
}
