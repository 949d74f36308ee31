/**
 * Makes src/cargo/cfg/target-features.json from the rustc on the PATH: for each architecture, what each target feature
 * brings along (`-C target-feature`), and what each CPU has (`-C target-cpu`), as `--print cfg` tells. Run again with a
 * newer rustc, after scripts/targets.ts: `node scripts/target-features.ts`.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A target of each architecture that has the most usual CPU; those beside it have fewer features of their own. */
const architectures: Readonly<Record<string, readonly string[]>> = {
  x86_64: ['x86_64-unknown-linux-gnu', 'x86_64-unknown-none', 'i586-unknown-linux-gnu'],
  x86: ['i686-unknown-linux-gnu', 'i586-unknown-linux-gnu'],
  aarch64: ['aarch64-unknown-linux-gnu', 'aarch64-unknown-none-softfloat'],
  arm: ['armv7-unknown-linux-gnueabihf', 'thumbv6m-none-eabi', 'armv4t-none-eabi', 'thumbv8m.main-none-eabi'],
  riscv64: ['riscv64gc-unknown-linux-gnu', 'riscv64imac-unknown-none-elf'],
  riscv32: ['riscv32imac-unknown-none-elf', 'riscv32i-unknown-none-elf'],
  wasm32: ['wasm32-unknown-unknown', 'wasm32v1-none'],
  powerpc64: ['powerpc64le-unknown-linux-gnu', 'powerpc64-unknown-linux-gnu'],
  s390x: ['s390x-unknown-linux-gnu'],
  loongarch64: ['loongarch64-unknown-linux-gnu', 'loongarch64-unknown-none-softfloat'],
};

const file = join(import.meta.dirname, '../src/cargo/cfg/target-features.json');
const version = rustc(['--version']).split(' ')[1];
const all = Object.entries(architectures).map(([arch, targets]) => [arch, describe(targets)]);
const crtStatic = [...rustc(['--print', 'target-list']).matchAll(/^\S+$/gm)]
  .map(([triple]) => triple)
  .filter(hasChoice);
const table = { rustc: version, crtStatic, architectures: Object.fromEntries(all) };
writeFileSync(file, `${JSON.stringify(table, null, 2)}\n`);

function describe(targets: readonly string[]) {
  const [target = ''] = targets;
  const features = named(rustc(['--print', 'target-features', '--target', target]));
  const implied = new Map<string, Set<string>>();
  for (const each of targets) {
    const base = featuresOf(each);
    const less = [...base].flatMap((feature) => ['-C', `target-feature=-${feature}`]);
    const none = featuresOf(each, ...less);
    for (const feature of features) {
      const on = featuresOf(each, ...less, '-C', `target-feature=+${feature}`);
      if (!on.has(feature)) continue;
      const more = implied.get(feature) ?? new Set<string>();
      for (const other of on) if (other !== feature && !none.has(other)) more.add(other);
      implied.set(feature, more);
    }
  }
  const cpus = named(rustc(['--print', 'target-cpus', '--target', target])).filter((cpu) => cpu !== 'native');
  return {
    target,
    features: Object.fromEntries([...implied].map(([name, more]) => [name, [...more].sort().join(',')])),
    cpus: Object.fromEntries(
      cpus.map((cpu) => [cpu, [...featuresOf(target, '-C', `target-cpu=${cpu}`)].sort().join(',')]),
    ),
  };
}

/** Whether it can be chosen how the C library is linked. */
function hasChoice(target: string): boolean {
  const [on, off] = ['+', '-'].map((sign) => featuresOf(target, '-C', `target-feature=${sign}crt-static`));
  return on?.has('crt-static') === true && off?.has('crt-static') === false;
}

function featuresOf(target: string, ...flags: readonly string[]): ReadonlySet<string> {
  const cfg = rustc(['--print', 'cfg', '--target', target, ...flags]);
  return new Set([...cfg.matchAll(/^target_feature="(.*)"$/gm)].map(([, name = '']) => name));
}

/** The names that rustc lists, each on a line of its own behind four spaces. */
function named(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/^ {4}([\w.+-]+)/gm)].map(([, name = '']) => name))];
}

function rustc(args: readonly string[]): string {
  return spawnSync('rustc', args, { encoding: 'utf8', maxBuffer: 1 << 26 }).stdout;
}
