/**
 * What a sealed build costs: `node bench/build.ts [--project DIR | --crate NAME@VERSION] [--pairs N] [--lockfile DIR]
 * [--runs N]`. It builds a project (ripgrep 15.2.0) once to warm up, then by turns with plain cargo and with
 * `safeguard build`, each from nothing, and prints processor time and what the pairs' ratios are; then it writes the
 * SBOM of another project (`--lockfile`, such as nu's 800 packages) by `safeguard sbom` and, where it is installed, by
 * cargo-cyclonedx (`cargo install cargo-cyclonedx --version 0.5.9`), with their time and the most memory that they had.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { corpusFolder } from '../tests/support/corpus.ts';
import { countedGroup } from './processor.ts';

const { values } = parseArgs({
  options: {
    project: { type: 'string' },
    crate: { type: 'string', default: 'ripgrep@15.2.0' },
    pairs: { type: 'string', default: '7' },
    lockfile: { type: 'string' },
    runs: { type: 'string', default: '5' },
  },
});

interface Measured {
  /** Of it and all that it started: seconds. */
  readonly user: number;
  readonly system: number;
  readonly seconds: number;
  /** The most that one of its processes had: MiB. */
  readonly memory: number;
}

const processorOf = ({ user, system }: Pick<Measured, 'user' | 'system'>) => user + system;

/** Runs a command to its end by GNU time, in a control group of its own. Throws where it fails. */
function measured(
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Measured {
  const group = countedGroup();
  try {
    const [program = '', ...args] = group.enter(['time', '-f', '@%e %M', ...words]);
    const ran = spawnSync(program, args, {
      cwd,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: { ...process.env, ...env },
    });
    const [, seconds = '', kilobytes = ''] = /@([\d.]+) (\d+)\n$/.exec(ran.stderr ?? '') ?? [];
    // 2: built, and held or for a person to decide.
    if ((ran.status !== 0 && ran.status !== 2) || seconds === '')
      throw new Error(`${words.join(' ')}: ${ran.error?.message ?? ran.stderr?.slice(-2000)}`);
    return { ...group.seconds(), seconds: Number(seconds), memory: Number(kilobytes) / 1024 };
  } finally {
    group.close();
  }
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const versionOf = (...words: readonly string[]) =>
  spawnSync(words[0] ?? '', words.slice(1), { encoding: 'utf8' }).stdout?.trim() ?? '';

const launcher = join(import.meta.dirname, '../safeguard');
const folder = mkdtempSync(join(tmpdir(), 'safeguard-bench-'));
const load = () => loadavg()[0]?.toFixed(1);
try {
  console.log(
    [
      `${cpus().length} cores`,
      versionOf('rustc', '--version'),
      versionOf('bwrap', '--version'),
      versionOf('strace', '--version').split('\n')[0],
    ].join(', '),
  );
  const project = join(folder, 'project');
  const [name = '', version = ''] = values.crate.split('@');
  cpSync(values.project ?? (await corpusFolder({ name, version })), project, { recursive: true });
  const target = join(folder, 'target');
  const output = join(folder, 'out');
  const turns = {
    cargo: () => measured(['cargo', 'build', '--release', '--locked'], project, { CARGO_TARGET_DIR: target }),
    safeguard: () =>
      measured(
        [launcher, 'build', '--offline', '--output-dir', output, '--', 'cargo', 'build', '--release'],
        project,
      ),
  };
  spawnSync('cargo', ['fetch', '--locked'], { cwd: project });
  // What is read once (archives, advisories, the compiler itself) belongs to no pair.
  for (const one of Number(values.pairs) > 0 ? (['cargo', 'safeguard'] as const) : []) turns[one]();
  const ratios: number[] = [];
  for (let pair = 0; pair < Number(values.pairs); pair++) {
    // Each goes first as often.
    const order = pair % 2 === 0 ? (['cargo', 'safeguard'] as const) : (['safeguard', 'cargo'] as const);
    const took: Partial<Record<keyof typeof turns, Measured>> = {};
    for (const one of order) {
      rmSync(target, { recursive: true, force: true });
      rmSync(output, { recursive: true, force: true });
      took[one] = turns[one]();
    }
    const { cargo, safeguard } = took;
    if (cargo === undefined || safeguard === undefined) continue;
    const ratio = processorOf(safeguard) / processorOf(cargo);
    ratios.push(ratio);
    const said = ({ user, system, seconds }: Measured) =>
      `${user.toFixed(1)} s of a processor in programs and ${system.toFixed(1)} in the kernel, ${seconds.toFixed(0)} by the clock`;
    console.log(
      `pair ${pair + 1}: cargo ${said(cargo)}; safeguard build ${said(safeguard)}; ratio ${ratio.toFixed(3)}, load ${load()}`,
    );
  }
  if (ratios.length > 0)
    console.log(
      `ratio: median ${median(ratios).toFixed(3)}, from ${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`,
    );
  if (values.lockfile !== undefined) {
    const other = join(folder, 'other');
    cpSync(values.lockfile, other, { recursive: true });
    const peer = spawnSync('cargo', ['cyclonedx', '--version'], { encoding: 'utf8' });
    const rows: [name: string, words: readonly string[]][] = [
      ['safeguard sbom', [launcher, 'sbom', '--offline', '--output', join(folder, 'own.json')]],
      ...(peer.status === 0
        ? [[peer.stdout.trim(), ['cargo', 'cyclonedx', '--format', 'json']] as [string, string[]]]
        : []),
    ];
    // The first of each fills caches that later ones have.
    const all = new Map(rows.map(([name]) => [name, [] as Measured[]]));
    for (let run = 0; run <= Number(values.runs); run++)
      for (const [name, words] of rows) {
        const took = measured(words, other);
        if (run > 0) all.get(name)?.push(took);
      }
    for (const [name, runs] of all)
      console.log(
        `${name}: ${median(runs.map(({ seconds }) => seconds)).toFixed(2)} s, ${median(runs.map(processorOf)).toFixed(2)} s of processor time, ${median(runs.map(({ memory }) => memory)).toFixed(0)} MiB; load ${load()}`,
      );
    if (peer.status !== 0) console.log('cargo-cyclonedx is not installed');
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
