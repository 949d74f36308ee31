import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { isOwnFolder, readOwn, statOf } from '../pack/folder.ts';

/** Code that makes values: folders below `src`, and the packages that it uses. */
export interface MakingCode {
  readonly folders: readonly string[];
  readonly packages: readonly string[];
}

/** A value that lies in a file from run to run. */
export interface KeptFile<Value> {
  /** What an earlier run kept; `undefined` where there is nothing, or anything is in doubt. */
  readonly value: Value | undefined;
  /** Keeps a value (what `v8.serialize` takes) in its place. What cannot be written is no matter. */
  readonly keep: (value: Value) => void;
}

const digestSize = 32;

/**
 * What was kept of that kind under an id. It lies in a folder of this user's own, with a digest of itself, and counts
 * for the very code that made it: with any doubt there is none.
 */
export function keptFile<Value>(kind: string, id: string, code: MakingCode, cache: string): KeptFile<Value> {
  const folder = join(cache, kind);
  const path = join(folder, createHash('sha256').update(id).digest('hex').slice(0, 32));
  const magic = `safeguard ${kind} 2\n`;
  const stamp = codeStamp(code);
  return {
    value:
      stamp !== undefined && isOwnFolder(folder)
        ? (valueIn(readOwn(path), magic, stamp) as Value)
        : undefined,
    keep: (value) => {
      if (stamp !== undefined) write(folder, path, magic, serialize({ code: stamp, value }));
    },
  };
}

function valueIn(file: Buffer | undefined, magic: string, code: string): unknown {
  const start = magic.length + digestSize;
  if (file === undefined || file.length < start || file.toString('latin1', 0, magic.length) !== magic)
    return undefined;
  const body = file.subarray(start);
  if (!sha256(body).equals(file.subarray(magic.length, start))) return undefined;
  try {
    const kept = deserialize(body) as { readonly code: string; readonly value: unknown };
    return kept.code === code ? kept.value : undefined;
  } catch {
    return undefined;
  }
}

/** What is there is whole, or not there: a full disk, a folder of somebody else's are no matter. */
function write(folder: string, path: string, magic: string, body: Buffer): void {
  const draft = `${path}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!isOwnFolder(folder)) return;
    writeFileSync(draft, Buffer.concat([Buffer.from(magic), sha256(body), body]), { mode: 0o600 });
    renameSync(draft, path);
  } catch {
    rmSync(draft, { force: true });
  }
}

/**
 * Which files of code there are, and when each was last written: they change with every update and every edit.
 * `undefined` while they are being changed: then it is not known which of them run here.
 */
function codeStamp({ folders, packages }: MakingCode): string | undefined {
  const src = join(import.meta.dirname, '../..');
  const require = createRequire(import.meta.url);
  const own = folders.flatMap((folder) =>
    readdirSync(join(src, folder)).map((name) => join(src, folder, name)),
  );
  const others = packages.map((name) => require.resolve(name));
  const settled = performance.timeOrigin - 2000;
  let isSettled = true;
  const stamps = [...own, ...others].map((path) => {
    const { mtimeMs, ctimeMs = Number.POSITIVE_INFINITY, size } = statOf(path) ?? {};
    isSettled &&= ctimeMs < settled;
    return [path, mtimeMs, ctimeMs, size];
  });
  if (!isSettled) return undefined;
  return sha256(JSON.stringify([process.version, stamps])).toString('hex');
}

function sha256(of: string | Buffer): Buffer {
  return createHash('sha256').update(of).digest();
}
