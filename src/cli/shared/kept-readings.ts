import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { cacheFolder } from '../../gate/project/extract.ts';
import type { KeptReadings } from '../../gate/surroundings/remembered.ts';
import { isOwnFolder, readOwn, statOf } from '../pack/folder.ts';

/** Code that readings of CI's files are made by, below `src`, and the packages that it uses. A test holds that there is no other. */
export const readingCode = {
  folders: ['cargo', 'gate', 'gate/project', 'gate/surroundings'],
  packages: ['lru-cache', 'smol-toml', 'yaml'],
};

const magic = 'safeguard readings 1\n';
const digestSize = 32;

/** What texts of a project's CI were read as, from run to run. */
export interface ProjectReadings extends KeptReadings {
  /** Keeps what this run has asked for, where that is not what was there. */
  readonly keep: () => void;
}

/**
 * The kept readings of the project in a folder. They lie in a folder of this user's own, with a digest of themselves, and count for
 * the very code that made them: with any doubt there are none, and the texts are read.
 */
export function projectReadings(project: string, cache = cacheFolder()): ProjectReadings {
  const folder = join(cache, 'readings');
  const path = join(folder, createHash('sha256').update(project).digest('hex').slice(0, 32));
  const code = codeStamp();
  const before = code !== undefined && isOwnFolder(folder) ? readingsIn(readOwn(path), code) : undefined;
  const used = new Map<string, unknown>();
  let isNew = false;
  return {
    get: (id) => {
      const found = before?.get(id);
      if (found !== undefined) used.set(id, found);
      return found;
    },
    put: (id, reading) => {
      used.set(id, reading);
      isNew = true;
    },
    keep: () => {
      if (isNew && code !== undefined) write(folder, path, serialize({ code, readings: used }));
    },
  };
}

function readingsIn(file: Buffer | undefined, code: string): ReadonlyMap<string, unknown> | undefined {
  const start = magic.length + digestSize;
  if (file === undefined || file.length < start || file.toString('latin1', 0, magic.length) !== magic)
    return undefined;
  const body = file.subarray(start);
  if (!sha256(body).equals(file.subarray(magic.length, start))) return undefined;
  try {
    const kept = deserialize(body) as { readonly code: string; readonly readings: Map<string, unknown> };
    return kept.code === code ? kept.readings : undefined;
  } catch {
    return undefined;
  }
}

/** What is there is whole, or not there: a full disk, a folder of somebody else's are no matter. */
function write(folder: string, path: string, body: Buffer): void {
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
 * Which files of code there are, and when each was last written: they change with every update and every edit. `undefined` while they are being
 * changed: then it is not known which of them run here.
 */
function codeStamp(): string | undefined {
  const src = join(import.meta.dirname, '../..');
  const require = createRequire(import.meta.url);
  const own = readingCode.folders.flatMap((folder) =>
    readdirSync(join(src, folder)).map((name) => join(src, folder, name)),
  );
  const others = readingCode.packages.map((name) => require.resolve(name));
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
