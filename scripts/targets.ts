/**
 * Makes src/cargo/cfg/targets.json from the rustc on the PATH: for every target it lists, what it sets
 * (`--print cfg`), and whether the standard library is made for it (the `metadata` of its specification, which rustc
 * prints as an unstable option). Run again with a newer rustc: `node scripts/targets.ts`.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Specification {
  readonly metadata?: { readonly std?: boolean | null };
}

const file = join(import.meta.dirname, '../src/cargo/cfg/targets.json');
const specifications = JSON.parse(
  rustc(['-Z', 'unstable-options', '--print', 'all-target-specs-json'], { RUSTC_BOOTSTRAP: '1' }),
) as Readonly<Record<string, Specification>>;
const targets = lines(rustc(['--print', 'target-list'])).map((triple) => [triple, describe(triple)]);
const version = rustc(['--version']).split(' ')[1];
writeFileSync(file, `${JSON.stringify({ rustc: version, targets: Object.fromEntries(targets) }, null, 2)}\n`);

/** See `readLine` in src/cargo/cfg/target.ts. */
function describe(triple: string): string {
  const values = new Map<string, string[]>();
  for (const line of lines(rustc(['--print', 'cfg', '--target', triple]))) {
    const [, name = '', value] = /^(\w+)(?:="([^" ,=]*)")?$/.exec(line) ?? [];
    if (name === '') throw new Error(`${triple}: ${line}`);
    values.set(name, [...(values.get(name) ?? []), ...(value === undefined ? [] : [value])]);
  }
  const std = specifications[triple]?.metadata?.std;
  const words = [...values].map(([name, all]) => (all.length === 0 ? name : `${name}=${all.join(',')}`));
  return [std === true ? 'std' : std === false ? 'no-std' : 'unknown', ...words].join(' ');
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** Only the specifications are asked for as an unstable option: with it, rustc names unstable cfgs too. */
function rustc(args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  return execFileSync('rustc', args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
