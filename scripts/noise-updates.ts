import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { archiveTexts, readCrateArchive } from '../src/cargo/crate-archive.ts';
import { parseIndexLine } from '../src/cargo/index-entry.ts';
import { splitIndexFile } from '../src/cargo/index-file.ts';
import { comparePrecedence, parseVersion } from '../src/cargo/version.ts';
import type { Upstream } from '../src/registry/upstream/upstream.ts';

/** A project's Rust sources, manifest and lockfile, by their paths. */
export type Files = Readonly<Record<string, string>>;

/** The two sides of a change of a lockfile that somebody made, or that `cargo update` makes. */
export interface Update {
  readonly kind: 'release' | 'one crate';
  readonly before: Files;
  readonly after: Files;
}

/** An update as the list names it: a step of one crate in a project, or a project from one release to the next. */
export interface Named {
  readonly kind: Update['kind'];
  /** `ripgrep`, or the crate that moves alone. */
  readonly crate: string;
  readonly from: string;
  readonly to: string;
  /** `ripgrep 14.1.0`: where one crate moves. */
  readonly project: string;
}

/** The projects' archives, asked for once and kept in a folder. */
export class Projects {
  readonly #upstream: Upstream;
  readonly #cache: string;
  readonly #read = new Map<string, Promise<Files>>();

  constructor(upstream: Upstream, cache: string) {
    this.#upstream = upstream;
    this.#cache = cache;
  }

  /** What a tool's last releases changed in its lockfile, oldest first. */
  async lastReleases(crate: string, count: number): Promise<readonly Named[]> {
    const versions = (await this.#entries(crate))
      .filter(({ vers, yanked }) => !vers.includes('-') && yanked !== true)
      .map(({ vers }) => ({ version: vers, parsed: parseVersion(vers) }))
      .sort((a, b) => comparePrecedence(a.parsed, b.parsed))
      .slice(-count - 1);
    return versions.flatMap(({ version: to }, i): Named[] => {
      const from = versions[i - 1]?.version;
      return from === undefined ? [] : [{ kind: 'release', crate, from, to, project: crate }];
    });
  }

  /** The two sides of an update; `undefined` where a lockfile is missing, stays as it is, or cargo refuses the step. */
  async update(named: Named): Promise<Update | undefined> {
    const { kind, crate, from, to, project } = named;
    if (kind === 'one crate') {
      const [tool = '', version = ''] = project.split(' ');
      return updated(named, await this.files(tool, version), this.#cache);
    }
    const [before, after] = [await this.files(crate, from), await this.files(crate, to)];
    const [old, now] = [before['Cargo.lock'], after['Cargo.lock']];
    return old === undefined || now === undefined || old === now ? undefined : { kind, before, after };
  }

  async files(crate: string, version: string): Promise<Files> {
    const key = `${crate}-${version}`;
    const read = this.#read.get(key) ?? this.#filesOf(crate, version, join(this.#cache, `${key}.crate`));
    this.#read.set(key, read);
    return await read;
  }

  async #filesOf(crate: string, version: string, path: string): Promise<Files> {
    if (!existsSync(path)) {
      const entry = (await this.#entries(crate)).find(({ vers }) => vers === version);
      if (entry === undefined) throw new Error(`${crate} has no release ${version}`);
      const pieces: Uint8Array[] = [];
      const release = { crate, version, checksum: entry.cksum };
      for await (const piece of await this.#upstream.download(release)) pieces.push(piece);
      writeFileSync(path, Buffer.concat(pieces));
    }
    return filesIn(readFileSync(path));
  }

  async #entries(crate: string) {
    const answer = await this.#upstream.indexFile(crate);
    return answer.kind === 'file'
      ? splitIndexFile(answer.bytes).lines.map(({ text }) => parseIndexLine(text))
      : [];
  }
}

/** `anstyle 1.0.10 to 1.0.14 in cargo-outdated 0.18.0`. */
export function nameOf({ kind, crate, from, to, project }: Named): string {
  return `${crate} ${from} to ${to}${kind === 'one crate' ? ` in ${project}` : ''}`;
}

/** The steps within a major version that a release made and that one crate could have made alone. */
export function stepsOf({ crate: tool, from: version }: Named, { before, after }: Update): readonly Named[] {
  const [old, now] = [versionsOf(before['Cargo.lock'] ?? ''), versionsOf(after['Cargo.lock'] ?? '')];
  return [...now].flatMap(([crate, [to, ...others]]): Named[] => {
    const [from, ...rest] = old.get(crate) ?? [];
    if (from === undefined || to === undefined || others.length + rest.length > 0) return [];
    if (major(from) !== major(to) || comparePrecedence(parseVersion(from), parseVersion(to)) >= 0) return [];
    return [{ kind: 'one crate', crate, from, to, project: `${tool} ${version}` }];
  });
}

/** So many of them, from all over the list, no crate's step twice nor one of those that are there. */
export function spread(all: readonly Named[], there: readonly Named[], count: number): readonly Named[] {
  const keyOf = ({ crate, from, to }: Named) => `${crate} ${from} ${to}`;
  const known = new Set(there.map(keyOf));
  const unique = [...new Map(all.map((one) => [keyOf(one), one])).values()].filter(
    (one) => !known.has(keyOf(one)),
  );
  const every = Math.max(1, unique.length / count);
  return Array.from(
    { length: Math.min(count, unique.length) },
    (_, i) => unique[Math.floor(i * every)] as Named,
  );
}

/** What cargo makes of the lockfile when it is asked for the step; `undefined` where it refuses or changes nothing. */
function updated(step: Named, files: Files, cache: string): Update | undefined {
  const before = files['Cargo.lock'] ?? '';
  const { kind, crate, from, to } = step;
  const key = createHash('sha256')
    .update(JSON.stringify([crate, from, to, before]))
    .digest('hex');
  const kept = join(cache, 'lockfiles', `${key}.lock`);
  if (!existsSync(kept)) {
    mkdirSync(dirname(kept), { recursive: true });
    writeFileSync(kept, cargoUpdate(step, files) ?? '');
  }
  const lockfile = readFileSync(kept, 'utf8');
  if (lockfile === '' || lockfile === before) return undefined;
  return { kind, before: files, after: { ...files, 'Cargo.lock': lockfile } };
}

function cargoUpdate({ crate, from, to }: Named, files: Files): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'safeguard-noise-'));
  try {
    writeFiles(folder, files);
    const done = spawnSync('cargo', ['update', '--quiet', '-p', `${crate}@${from}`, '--precise', to], {
      cwd: folder,
      stdio: 'ignore',
    });
    return done.status === 0 ? readFileSync(join(folder, 'Cargo.lock'), 'utf8') : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function writeFiles(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function filesIn(bytes: Uint8Array): Files {
  const archive = readCrateArchive(bytes);
  const text = archiveTexts(archive);
  const wanted = archive.files
    .map((file) => file.path)
    .filter((name) => /\.rs$|^Cargo\.(?:toml|lock)$/.test(name));
  return Object.fromEntries(wanted.map((name) => [name, text(name) ?? '']));
}

/** The versions of each crate that comes from a registry. */
function versionsOf(lockfile: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const text of lockfile.split('[[package]]\n').slice(1)) {
    const [, name = ''] = /^name = "(.*)"/m.exec(text) ?? [];
    const [, version = ''] = /^version = "(.*)"/m.exec(text) ?? [];
    if (/^checksum = /m.test(text)) found.set(name, [...(found.get(name) ?? []), version]);
  }
  return found;
}

function major(version: string): string {
  const { major, minor, patch } = parseVersion(version);
  return major > 0 ? `${major}` : minor > 0 ? `0.${minor}` : `0.0.${patch}`;
}
