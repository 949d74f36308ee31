/**
 * What bare binaries give away, beside `cargo audit bin`: `node bench/recover.ts [--programs N] [--modes plain,…]
 * [--folder FOLDER]`. Builds the first N programs of `recover/programs.ts` in four ways (the first twelve took ten
 * minutes of a processor), and prints a table in Markdown. What is right is what cargo's own graph of compilations
 * links.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bytesSource } from '../src/binary/bytes.ts';
import { recoveredCrates } from '../src/binary/recovered.ts';
import { canonicalName } from '../src/cargo/index-path.ts';
import { peer, testCache } from '../tests/support/peers.ts';
import { everything, foundByAudit } from './recover/cargo-audit.ts';
import { programs as all } from './recover/programs.ts';
import { build, modes, type Program, prepare, programsOf } from './recover/workspace.ts';

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: String(all.length) },
    modes: { type: 'string', default: modes.join() },
    folder: { type: 'string', default: join(testCache, 'recover') },
  },
});

/** Of what is said, how much is right, and of what is linked, how much is said. */
interface Score {
  right: number;
  said: number;
}
const score = (): Score => ({ right: 0, said: 0 });

const audit = await peer('cargo-audit', '0.22.2');
await prepare(values.folder, all);
const packages = all.slice(0, Number(values.programs)).map(([name]) => name);
const programs = programsOf(values.folder, packages);
const crates = new Set(programs.flatMap(({ linked }) => [...linked].map((release) => nameIn(release))));
const database = everything(values.folder, crates);
const linked = programs.reduce((sum, program) => sum + program.linked.size, 0);
console.log(
  `${programs.length} programs of ${packages.length} packages, ${linked} crates linked (${crates.size} names).\n`,
);
console.log(
  '| built | `cargo audit bin`: recall | precision | ours, release: recall | precision | ours, name: recall | precision |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- |');
const asked = values.modes.split(',');
for (const mode of modes.filter((mode) => asked.includes(mode))) {
  const scores = await scoresOf(build(values.folder, mode, packages), programs);
  const cells = scores.flatMap(({ right, said }) => [
    percent(right, linked),
    said === 0 ? '–' : percent(right, said),
  ]);
  console.log(`| ${mode} | ${cells.join(' | ')} |`);
}

async function scoresOf(folder: string, programs: readonly Program[]): Promise<readonly Score[]> {
  const [theirs, releases, names] = [score(), score(), score()];
  for (const { binary, linked } of programs) {
    const path = join(folder, binary);
    count(theirs, await foundByAudit(audit, database, path), linked);
    const found = recoveredCrates(bytesSource(readFileSync(path))).filter(({ method }) => method !== 'rust');
    const whole = found.flatMap(({ name, version }) => (version === undefined ? [] : [`${name} ${version}`]));
    count(releases, new Set(whole), linked);
    // Two versions of a crate are two, where no more is said than its name.
    const called = Map.groupBy(linked, (release) => canonicalName(nameIn(release)));
    for (const name of new Set(found.map((one) => canonicalName(one.name)))) {
      names.said++;
      const right = called.get(name) ?? [];
      names.right += right.length;
      names.said += Math.max(0, right.length - 1);
    }
  }
  return [theirs, releases, names];
}

function count(into: Score, found: ReadonlySet<string>, linked: ReadonlySet<string>): void {
  into.said += found.size;
  into.right += [...found].filter((release) => linked.has(release)).length;
}

function nameIn(release: string): string {
  return release.slice(0, release.indexOf(' '));
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}
