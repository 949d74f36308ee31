/** cargo-deny as an oracle: what it lists, and which packages it finds at fault. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { recalled } from './recalled.ts';
import { tempDir } from './temp.ts';

const run = promisify(execFile);

/** The release that answers were recorded with and are compared with. */
export const denyVersion = '0.20.2';

/** `name version` → what cargo-deny says of it. Packages that are only reached by dev-dependencies are not there. */
export type DenyList = ReadonlyMap<string, readonly string[]>;

/** Codes of errors, by `name version`. */
export type DenyErrors = ReadonlyMap<string, ReadonlySet<string>>;

interface Options {
  readonly program: string;
  /** Holds Cargo.toml. */
  readonly folder: string;
  /** A deny.toml. */
  readonly config: string;
  /** The folder is a release as it was published, so that its answers can be kept. */
  readonly published?: true;
}

/** The licences of every package of the graph, in the order that it prints them. */
export async function denyList(options: Options): Promise<DenyList> {
  const listed = await keptAnswer(options, ['list'], async () => {
    const { stdout } = await deny(options, 'human', ['list', '--format', 'json', '--layout', 'crate']);
    return JSON.parse(stdout) as Record<string, { licenses: string[] }>;
  });
  return new Map(
    Object.entries(listed).map(([id, { licenses }]) => [id.split(' ').slice(0, 2).join(' '), licenses]),
  );
}

/** Every package that an error of the checks names, with the errors' codes. */
export async function denyErrors(options: Options, checks: readonly string[]): Promise<DenyErrors> {
  const found = await keptAnswer(options, ['check', ...checks], () => check(options, checks));
  return new Map(Object.entries(found).map(([id, codes]) => [id, new Set(codes)]));
}

async function check(options: Options, checks: readonly string[]): Promise<Record<string, string[]>> {
  const { stderr } = await deny(options, 'json', ['check', ...checks]);
  const errors = new Map<string, Set<string>>();
  let complete = false;
  for (const line of stderr.split('\n').filter((text) => text.startsWith('{'))) {
    const { type, fields } = JSON.parse(line) as Message;
    if (type === 'summary') complete = true;
    if (type !== 'diagnostic' || fields.severity !== 'error') continue;
    if (fields.code === undefined) throw new Error(`cargo-deny: ${fields.message}`);
    for (const { Krate: krate } of fields.graphs ?? []) {
      const id = `${krate.name} ${krate.version}`;
      errors.set(id, (errors.get(id) ?? new Set()).add(fields.code));
    }
  }
  if (!complete) throw new Error(`cargo-deny stopped early:\n${stderr.slice(0, 2000)}`);
  return Object.fromEntries([...errors].map(([id, codes]) => [id, [...codes]]));
}

/** Kept under everything that it depends on; what a lockfile pins never changes. */
async function keptAnswer<T>(
  { folder, config, published }: Options,
  args: readonly string[],
  ask: () => Promise<T>,
): Promise<T> {
  if (published !== true) return await ask();
  const files = ['Cargo.toml', 'Cargo.lock'].map((file) => readFileSync(join(folder, file), 'utf8'));
  return await recalled(['cargo-deny', denyVersion, await toolchain(), ...files, config, ...args], ask);
}

interface Message {
  readonly type: string;
  readonly fields: {
    readonly code?: string;
    readonly severity: string;
    readonly message: string;
    readonly graphs?: readonly { readonly Krate: { readonly name: string; readonly version: string } }[];
  };
}

async function deny({ program, folder, config }: Options, format: string, args: readonly string[]) {
  const file = join(tempDir(), 'deny.toml');
  writeFileSync(file, config);
  const flags = ['--offline', '--locked', '--all-features', '--format', format, '--config', file];
  const options = {
    cwd: folder,
    maxBuffer: 1 << 28,
    // A project's rust-toolchain.toml asks for a compiler that is not needed to read its graph.
    env: { ...process.env, RUSTUP_TOOLCHAIN: await toolchain() },
  };
  const all = [program, ...flags, '--manifest-path', join(folder, 'Cargo.toml'), ...args];
  try {
    return await run('nice', all, options);
  } catch (error) {
    // It ends with 1 to 7 where a check fails, and says the rest on the same streams.
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    if (stdout === undefined || stderr === undefined) throw error;
    return { stdout, stderr };
  }
}

let active: Promise<string> | undefined;

/** The toolchain that is used where no file asks for another. */
function toolchain(): Promise<string> {
  active ??= run('rustup', ['show', 'active-toolchain'], { cwd: tmpdir() }).then(
    ({ stdout }) => stdout.split(' ', 1)[0]?.trim() ?? '',
    () => process.env.RUSTUP_TOOLCHAIN ?? '',
  );
  return active;
}
