/** Asks the real cargo what it would build: its unit graph, which nothing but cargo itself makes. */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Resolution } from '../../src/cargo/resolve/resolve.ts';
import { testCache } from './peers.ts';

/** A set of built packages, as sorted lines that a difference shows well; or that cargo refuses. */
export type Answer =
  | { readonly kind: 'built'; readonly packages: readonly string[]; readonly scripts: readonly string[] }
  | { readonly kind: 'refused'; readonly message: string };

export interface Place {
  readonly folder: string;
  /** Default: the developer's, for what it has fetched. */
  readonly cargoHome?: string;
  /** Of another toolchain than the one that this machine has by default. */
  readonly sysroot?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Question {
  /** Asked for only where the answer is not kept. */
  readonly place: () => Place;
  /** Beside `--unit-graph`: the target, features, packages. */
  readonly args: readonly string[];
}

/** The toolchain's own cargo, so that no project's `rust-toolchain.toml` picks another; absent without cargo. */
export const toolchain: Toolchain | undefined = findToolchain();

/** cargo's answer, kept between runs under `key`, which must name everything that decides it. */
export async function askCargo(question: Question, key?: string): Promise<Answer> {
  const known = key === undefined ? undefined : readKept<Answer>(key);
  if (known !== undefined) return known;
  const args = ['build', '--unit-graph', '-Z', 'unstable-options', '--ignore-rust-version', ...question.args];
  const { code, stdout, stderr } = await runCargo(args, question.place());
  const answer: Answer = code === 0 ? built(stdout) : { kind: 'refused', message: stderr };
  if (key !== undefined) keep(key, answer);
  return answer;
}

/** Our answer in the same form. */
export function answerOf({ packages }: Resolution): Answer {
  const lines = packages.map((pkg) => ({
    pkg,
    line: lineOf({ ...pkg, source: pkg.source?.replace(/#.*/, '') }),
  }));
  return {
    kind: 'built',
    packages: distinct(lines.map(({ line }) => line)),
    scripts: distinct(lines.filter(({ pkg }) => pkg.buildScript).map(({ line }) => line)),
  };
}

function distinct(lines: readonly string[]): readonly string[] {
  return [...new Set(lines)].sort();
}

/** Runs the toolchain's cargo with nothing of the developer's settings but the registry's cache. */
export function runCargo(
  args: readonly string[],
  { folder, cargoHome, sysroot = toolchain?.sysroot, environment }: Place,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  if (sysroot === undefined) throw new Error('there is no cargo here');
  const bin = join(sysroot, 'bin');
  const { HOME = '', CARGO_HOME } = process.env;
  const home = cargoHome ?? CARGO_HOME;
  return new Promise((resolve, reject) => {
    const child = spawn(join(bin, 'cargo'), args, {
      cwd: folder,
      env: {
        PATH: `${bin}:${process.env.PATH ?? ''}`,
        HOME,
        ...(home === undefined ? {} : { CARGO_HOME: home }),
        RUSTC_BOOTSTRAP: '1',
        CARGO_TERM_COLOR: 'never',
        LC_ALL: 'C',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out.stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      out.stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...out }));
  });
}

/** A digest of what decides an answer, the toolchain's version with it. */
export function keyOf(...parts: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify([format, toolchain?.version, ...parts]))
    .digest('hex');
}

export function readKept<T>(key: string): T | undefined {
  try {
    return JSON.parse(readFileSync(pathOf(key), 'utf8')) as T;
  } catch {
    return undefined;
  }
}

export function keep(key: string, value: unknown): void {
  const path = pathOf(key);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.${process.pid}`, JSON.stringify(value));
  renameSync(`${path}.${process.pid}`, path);
}

/** Changes with what is kept. */
const format = 3;

interface UnitGraph {
  readonly units: readonly {
    readonly pkg_id: string;
    readonly target: { readonly kind: readonly string[] };
    readonly platform: string | null;
    readonly mode: string;
    readonly features: readonly string[];
    readonly dependencies: readonly { readonly index: number }[];
  }[];
}

function built(stdout: string): Answer {
  const { units } = JSON.parse(stdout) as UnitGraph;
  const [packages, scripts] = [new Set<string>(), new Set<string>()];
  for (const { pkg_id, target, platform, mode, features, dependencies } of units) {
    const line = lineOf({ ...packageId(pkg_id), builtFor: platform === null ? 'host' : 'target', features });
    if (mode === 'run-custom-build') {
      // With its answers in cargo's configuration, nothing is left of a script but the step that hands them on.
      const isRun = dependencies.some(({ index }) => {
        const unit = units[index];
        return unit?.mode === 'build' && unit.target.kind.includes('custom-build');
      });
      if (isRun) scripts.add(line);
    } else if (!target.kind.includes('custom-build')) packages.add(line);
  }
  return { kind: 'built', packages: [...packages].sort(), scripts: [...scripts].sort() };
}

/** `SOURCE#name@version`, or `SOURCE/name#version`. */
function packageId(id: string): { name: string; version: string; source: string | undefined } {
  const [address = '', fragment = ''] = id.split('#');
  const [name = '', version] = fragment.split('@');
  const source = address.startsWith('path+') ? undefined : address;
  if (version !== undefined) return { name, version, source };
  const last = address.replace(/\?.*/, '').split('/').at(-1) ?? '';
  return { name: last, version: name, source };
}

function lineOf(pkg: {
  readonly name: string;
  readonly version: string;
  readonly source: string | undefined;
  readonly builtFor: string;
  readonly features: readonly string[];
}): string {
  const source = pkg.source === undefined ? '' : ` ${pkg.source}`;
  return `${pkg.name} ${pkg.version}${source} ${pkg.builtFor} [${pkg.features.join(' ')}]`;
}

export interface Toolchain {
  readonly sysroot: string;
  /** Of cargo. */
  readonly version: string;
  /** The target of this machine. */
  readonly host: string;
}

function findToolchain(): Toolchain | undefined {
  try {
    const options = { cwd: import.meta.dirname, encoding: 'utf8' } as const;
    const sysroot = execFileSync('rustc', ['--print', 'sysroot'], options).trim();
    const version = execFileSync(join(sysroot, 'bin', 'cargo'), ['--version'], options).trim();
    const host = /^host: (.*)$/m.exec(execFileSync('rustc', ['-vV'], options))?.[1] ?? '';
    return { sysroot, version, host };
  } catch {
    return undefined;
  }
}

function pathOf(key: string): string {
  return join(testCache, 'unit-graph', key.slice(0, 2), `${key}.json`);
}
