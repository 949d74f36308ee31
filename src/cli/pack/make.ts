import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { extname, join } from 'node:path';
import { isBeingMade, isOwnFolder, lockOf } from './folder.ts';
import { framed, type PackedKind, type PackedModule, type PackedTarget, type Stamp } from './format.ts';
import { type Linkable, linkable } from './linkable.ts';
import { narrowed } from './narrow.ts';
import { kindOf, type Target, targetOf } from './resolve.ts';

/** A module that was read for a pack, and what its names lead to. */
interface Read {
  readonly kind: PackedKind;
  readonly path: string;
  readonly text: string;
  readonly stamp: Stamp;
  readonly linked: Linkable | undefined;
  /** By the name that it writes. */
  readonly targets: Map<string, Target>;
  /** Why it can be in no pack. */
  readonly refused?: string;
}

/**
 * Packs a program: everything that its entry imports, at once or later. Where it cannot be packed, the pack says why,
 * and that stands until a source changes. Throws where a file cannot be read, or changes meanwhile.
 */
export function packOf(entry: string): Buffer {
  const modules = new Map<string, Read>();
  const queue = [entry];
  let refused: string | undefined;
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (modules.has(path)) continue;
    const read = readModule(path);
    modules.set(path, read);
    refused ??= read.refused;
    for (const target of read.targets.values()) if ('path' in target) queue.push(target.path);
  }
  for (const { path, stamp } of modules.values()) {
    if (`${stampOf(path)}` !== `${stamp}`) throw new Error(`${path} changed while it was packed`);
  }
  return written([...modules.values()], refused ?? fault(modules));
}

/** Writes the pack of a program into a folder of this user's own. A pack is there whole or not at all. */
export function makePack(entry: string, folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!isOwnFolder(folder)) throw new Error(`${folder} is not this user's own`);
  if (isBeingMade(folder)) return;
  const lock = lockOf(folder);
  rmSync(lock, { force: true });
  // Of two that begin at once, one fails here.
  writeFileSync(lock, '', { flag: 'wx', mode: 0o600 });
  const draft = join(folder, `pack.${process.pid}`);
  try {
    writeFileSync(draft, packOf(entry), { mode: 0o600 });
    renameSync(draft, join(folder, 'pack'));
  } finally {
    rmSync(draft, { force: true });
    rmSync(lock, { force: true });
  }
}

function stampOf(path: string): Stamp {
  const { mtimeMs, ctimeMs, size } = statSync(path);
  return [mtimeMs, ctimeMs, size];
}

function readModule(path: string): Read {
  const stamp = stampOf(path);
  const source = readFileSync(path, 'utf8');
  const targets: Read['targets'] = new Map();
  const kind = kindOf(path);
  const read = { kind, path, stamp, targets };
  if (kind === 'json') return { ...read, text: source, linked: undefined };
  if (kind === 'commonjs') {
    for (const [, , name = ''] of source.matchAll(/\brequire\(\s*(['"])([^'"\n]+)\1\s*\)/g)) {
      const target = targetOf(path, name, 'require');
      if (target !== undefined) targets.set(name, target);
    }
    return { ...read, text: narrowed(source.replace(/^#!.*/, '')), linked: undefined };
  }
  let linked: Linkable;
  try {
    linked = linkable(extname(path) === '.ts' ? withoutTypes(source) : source);
  } catch (error) {
    return { ...read, text: '', linked: undefined, refused: `${path}: ${(error as Error).message}` };
  }
  for (const name of [...linked.imports, ...linked.later]) {
    const target = targetOf(path, name, 'import');
    if (target !== undefined) targets.set(name, target);
  }
  return { ...read, text: narrowed(linked.code), linked };
}

/** Why a program cannot be run from a pack: a name that is imported and that nothing seems to export. */
function fault(modules: ReadonlyMap<string, Read>): string | undefined {
  for (const { path, linked, targets } of modules.values()) {
    for (const [from, name] of linked?.wanted ?? []) {
      const target = targets.get(from);
      const exports =
        target !== undefined && 'path' in target ? modules.get(target.path)?.linked?.exports : undefined;
      if (exports?.includes(name) === false && !exports.includes('*'))
        return `${path}: ${from} has no ${name}`;
    }
  }
  return undefined;
}

function written(all: readonly Read[], refused: string | undefined): Buffer {
  const places = new Map(all.map(({ path }, i) => [path, i]));
  const packedTarget = (target: Target | undefined): PackedTarget => {
    if (target === undefined) throw new Error('an import that leads nowhere');
    return 'path' in target ? { to: places.get(target.path) ?? 0, esm: target.esm } : target;
  };
  const parts: Buffer[] = [];
  let at = 0;
  const modules = all.map(({ kind, text, stamp, linked, targets }): PackedModule => {
    const wide = /[^\0-\xff]/.test(text);
    const part = Buffer.from(text, wide ? 'utf16le' : 'latin1');
    parts.push(part);
    at += part.length;
    const named = [...targets].filter(([name]) => linked === undefined || linked.later.includes(name));
    return {
      ...{ kind, stamp, at: at - part.length, size: part.length, wide },
      imports: (linked?.imports ?? []).map((name) => packedTarget(targets.get(name))),
      named: Object.fromEntries(named.map(([name, target]) => [name, packedTarget(target)])),
    };
  });
  const commands = modules.flatMap(({ named }) =>
    Object.keys(named).flatMap((name) => /^\.\/([a-z-]+)\/command\.[jt]s$/.exec(name)?.[1] ?? []),
  );
  const isRefused = refused !== undefined;
  const paths = all.map(({ path }) => path);
  return framed({ paths, modules, commands, ...(isRefused ? { refused } : {}) }, isRefused ? [] : parts);
}

/** Node calls that experimental with each first use; what it does in running a `.ts` file is not. */
function withoutTypes(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
