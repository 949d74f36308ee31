/** Drives the real cargo in a project and home of its own, told of one registry and nothing else. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { toToml } from './manifest.ts';
import { type Cleanup, removeDir, tempDir } from './temp.ts';

export type CargoProjectOptions = {
  readonly name?: string;
  /** As in a manifest: `'1.0'`, or a table with cargo's own keys. */
  readonly dependencies: Readonly<Record<string, string | object>>;
  readonly buildDependencies?: Readonly<Record<string, string | object>>;
  /** The text of a Cargo.lock to start from. */
  readonly lockfile?: string;
  /** The text of `src/main.rs`. */
  readonly main?: string;
  /** More files by path; a path already taken is replaced. */
  readonly files?: Readonly<Record<string, string>>;
  /** The mirror's `sparse+http://…/index/`, which replaces crates-io. */
  readonly registryUrl?: string;
  /** Name it as a registry too, for `--registry safeguard`. */
  readonly named?: boolean;
  /** How often cargo tries again after a network error. Default 0: failing tests should fail fast. */
  readonly retries?: number;
};

export type CargoResult = { readonly code: number; readonly stdout: string; readonly stderr: string };

export type CargoProject = {
  readonly dir: string;
  readonly cargoHome: string;
  run(
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
    options?: { timeoutMs?: number },
  ): Promise<CargoResult>;
  /** Writes one file more, by its path in the project. */
  write(path: string, content: string): void;
  /** The text of Cargo.lock as it is now. */
  lockfile(): Promise<string>;
  cleanup(): void;
};

/** Nothing listens here: a proxy for everything but loopback that refuses at once. */
const NOWHERE = 'http://127.0.0.1:1';
const TIMEOUT_MS = 120_000;

/** Writes the project; with `t` it goes away with the test, else with `cleanup()` or the process. */
export function cargoProject(options: CargoProjectOptions, t?: Cleanup): CargoProject {
  const root = tempDir(t, 'safeguard-cargo-');
  const [dir, cargoHome, home] = [join(root, 'project'), join(root, 'cargo-home'), join(root, 'home')];
  for (const each of [cargoHome, home]) mkdirSync(each);
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  };
  for (const [path, content] of Object.entries(filesOf(options))) write(path, content);
  return {
    dir,
    cargoHome,
    write,
    run: (args, env = {}, { timeoutMs = TIMEOUT_MS } = {}) =>
      runCargo(args, dir, { ...environment(cargoHome, home, options.retries ?? 0), ...env }, timeoutMs),
    lockfile: () => readFile(join(dir, 'Cargo.lock'), 'utf8'),
    cleanup: () => removeDir(root),
  };
}

/** The `[[package]]` of a lockfile as `name version`, in its order: enough to see what was picked. */
export function lockedReleases(lockfile: string): string[] {
  const packages = lockfile.matchAll(/^\[\[package\]\]\nname = "(.*)"\nversion = "(.*)"$/gm);
  return [...packages].map(([, name, version]) => `${name} ${version}`);
}

function filesOf(options: CargoProjectOptions): Record<string, string> {
  const manifest = {
    package: { name: options.name ?? 'app', version: '0.1.0', edition: '2021', publish: false },
    // An own workspace, so that no manifest in a folder above is ever looked at.
    workspace: { resolver: '2' },
    dependencies: options.dependencies,
    'build-dependencies': options.buildDependencies,
  };
  const url = options.registryUrl;
  const config = {
    source:
      url === undefined
        ? undefined
        : { 'crates-io': { 'replace-with': 'safeguard' }, safeguard: { registry: url } },
    registries: url !== undefined && options.named ? { safeguard: { index: url } } : undefined,
  };
  return {
    'Cargo.toml': toToml(manifest),
    '.cargo/config.toml': toToml(config),
    'src/main.rs': options.main ?? 'fn main() {}\n',
    ...(options.lockfile === undefined ? {} : { 'Cargo.lock': options.lockfile }),
    ...options.files,
  };
}

/** Built from nothing, so that no CARGO_*, RUSTFLAGS or proxy of the developer's leaks in. */
function environment(cargoHome: string, home: string, retries: number): Record<string, string> {
  const { PATH, RUSTUP_HOME, RUSTUP_TOOLCHAIN } = process.env;
  return {
    PATH: PATH ?? '',
    HOME: home,
    CARGO_HOME: cargoHome,
    // rustup finds its toolchains from its own home, or else from the HOME just replaced.
    RUSTUP_HOME: RUSTUP_HOME ?? join(homedir(), '.rustup'),
    ...(RUSTUP_TOOLCHAIN === undefined ? {} : { RUSTUP_TOOLCHAIN }),
    RUSTUP_AUTO_INSTALL: '0',
    CARGO_TERM_COLOR: 'never',
    CARGO_NET_RETRY: String(retries),
    CARGO_INCREMENTAL: '0',
    LC_ALL: 'C',
    http_proxy: NOWHERE,
    https_proxy: NOWHERE,
    HTTPS_PROXY: NOWHERE,
    no_proxy: '127.0.0.1,localhost',
    NO_PROXY: '127.0.0.1,localhost',
  };
}

/** Rejects when cargo cannot start or runs out of time; a failing cargo is a result. */
function runCargo(
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
  timeoutMs: number,
): Promise<CargoResult> {
  return new Promise((resolve, reject) => {
    // A group of its own, so that the rustc and build scripts it started die with it.
    const child = spawn(process.env.CARGO ?? 'cargo', args, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out = { stdout: '', stderr: '' };
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      if (child.pid !== undefined) killGroup(child.pid);
    }, timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out.stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      out.stderr += chunk;
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (timedOut) reject(new Error(`cargo ${args.join(' ')}: killed after ${timeoutMs} ms\n${out.stderr}`));
      else if (code === null) reject(new Error(`cargo ${args.join(' ')}: ended by ${signal}\n${out.stderr}`));
      else resolve({ code, ...out });
    });
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It may have ended in this very moment.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
