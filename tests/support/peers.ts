/** The tools that people trust today, built once by cargo and kept; for suites that only `./test --all` runs. */
import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where built peers and fetched crates are kept between runs. */
export const testCache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'safeguard-test');

/** The path of a peer's program, installed with `cargo install --locked --debug` where it is not there yet. */
export async function peer(name: string, version: string, features: readonly string[] = []): Promise<string> {
  const root = join(testCache, name);
  const program = join(root, 'bin', name);
  if (existsSync(program) && installed(root).includes(`"${name} ${version} `)) return program;
  mkdirSync(root, { recursive: true });
  const install = ['cargo', 'install', '--locked', '--debug', name, '--version', version, '--root', root];
  await run('nice', [...install, '--features', features.join(','), '--force'], {
    maxBuffer: 1 << 26,
    env: { ...process.env, CARGO_PROFILE_DEV_DEBUG: '0', CARGO_INCREMENTAL: '0' },
  });
  return program;
}

/** A peer that cannot be had here: its registry is out of reach, or what is installed is too old for it. */
export class PeerMissing extends Error {
  override readonly name = 'PeerMissing';
}

/** Has a package manager bring something. Throws `PeerMissing` with what it says. */
async function bring(what: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    throw new PeerMissing(`${what} cannot be had: ${(stderr || message).trim().split('\n').at(-1)}`);
  }
}

/**
 * The path of a program of Go's, by its package and version: built in a module of its own where it is not there yet
 * (`go install` refuses modules that exclude versions of others). Throws `PeerMissing`.
 */
export async function goPeer(pkg: string, version: string): Promise<string> {
  const name = pkg.slice(pkg.lastIndexOf('/') + 1);
  const cwd = join(testCache, 'go', `${name}-${version}`);
  const program = join(cwd, name);
  if (existsSync(program)) return program;
  mkdirSync(cwd, { recursive: true });
  writeFileSync(join(cwd, 'go.mod'), 'module peer\n');
  const go = (...args: readonly string[]) =>
    run('nice', ['go', ...args], { cwd, maxBuffer: 1 << 26, env: { ...process.env, GOTOOLCHAIN: 'local' } });
  await bring(`${name} ${version}`, go('get', `${pkg}@${version}`));
  await go('build', '-o', program, pkg);
  return program;
}

/** The path of a program of crates.io's that needs features, as `peer`. Throws `PeerMissing`. */
export async function cargoPeer(name: string, version: string, features: readonly string[]): Promise<string> {
  let program = '';
  await bring(
    `${name} ${version}`,
    peer(name, version, features).then((path) => (program = path)),
  );
  return program;
}

/** The folder of a package of PyPI's in an environment of its own, `module` being its folder there. Throws `PeerMissing`. */
export async function pythonPackage(name: string, version: string, module: string): Promise<string> {
  const place = join(testCache, 'python', `${name}-${version}`);
  const find = () => globSync(join(place, 'lib', '*', 'site-packages', module))[0];
  const there = find();
  if (there !== undefined) return there;
  await run('python3', ['-m', 'venv', place]);
  const pip = ['install', '--quiet', '--only-binary', ':all:', `${name}==${version}`];
  await bring(`${name} ${version}`, run(join(place, 'bin', 'pip'), pip));
  const found = find();
  if (found === undefined) throw new Error(`${name} ${version} has no folder ${module}`);
  return found;
}

/** A package of npm's, or a file of it, as `import` gives it, installed with what it needs and no scripts. Throws `PeerMissing`. */
export async function npmPeer(name: string, version: string, file = ''): Promise<unknown> {
  const place = join(testCache, 'npm', `${name}-${version}`);
  const folder = join(place, 'node_modules', name);
  if (!existsSync(join(folder, 'package.json'))) {
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'package.json'), '{"private":true}');
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await bring(
      `${name} ${version}`,
      run('npm', ['install', ...options, `${name}@${version}`], { cwd: place }),
    );
  }
  return await import(createRequire(join(place, 'package.json')).resolve(join(name, file)));
}

/** What cargo says that it installed there (cargo: `CrateListingV1`); not every program knows `--version`. */
function installed(root: string): string {
  const list = join(root, '.crates.toml');
  return existsSync(list) ? readFileSync(list, 'utf8') : '';
}
