import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { imageIn } from '../binary/executable.ts';
import type { Image } from '../binary/image.ts';
import { segmentsDigest } from '../binary/segments.ts';
import { most as bounds } from './bounds.ts';
import { fileSource } from './file-source.ts';
import { NameSearch } from './names.ts';
import type { OpenFile } from './root.ts';

/** What a file is, whatever it is called. */
export interface FileIdentity {
  readonly sha256: string;
  readonly buildId: string | undefined;
  /** SHA-256 of what its segments bring into memory; of programs with a build id alone. */
  readonly segments: string | undefined;
  /** Libraries that the loader brings for it. */
  readonly needed: readonly string[];
  /** Names of libraries in it that it can open while it runs; only where they were asked for. */
  readonly opens: readonly string[];
  /** Package metadata in it (systemd's ELF note): JSON, unread. */
  readonly note: string | undefined;
}

/** Larger files are not hashed, and all of one look together neither: bytes. */
const most = { file: 4 * 1024 * 1024 * 1024, look: 8 * 1024 * 1024 * 1024 };

/** Hashes files, each once: one that has the same device, inode, change time and size is the same. */
export class FileIdentities {
  #known = new Map<string, FileIdentity>();
  /** Those that were asked for since the last `forgetUnused`. */
  #used = new Map<string, FileIdentity>();
  #hashed = 0;

  /** Opens a path and reads it; `undefined` for what is no file, or too large. Throws what the system says. */
  of(path: string): FileIdentity | undefined {
    const descriptor = openSync(path, 'r');
    try {
      // Times of modification can be set back by anybody; that of the change cannot.
      const stats = fstatSync(descriptor, { bigint: true });
      if (!stats.isFile()) return undefined;
      const { dev, ino, ctimeNs, size } = stats;
      const key = `${dev}:${ino}:${ctimeNs}:${size}`;
      return this.ofFile({ descriptor, size: Number(size), key }, { isProgram: true });
    } finally {
      closeSync(descriptor);
    }
  }

  /** Reads an open file; `undefined` for one that is too large, now or at all. Throws what the system says. */
  ofFile(
    { descriptor, size, key }: Pick<OpenFile, 'descriptor' | 'size' | 'key'>,
    { isProgram = false } = {},
  ): FileIdentity | undefined {
    const kind = isProgram ? `${key} program` : key;
    const known = this.#known.get(kind) ?? this.#used.get(kind);
    if (known === undefined && (size > most.file || this.#hashed + size > most.look)) return undefined;
    const identity = known ?? this.#read(descriptor, size, isProgram);
    this.#used.set(kind, identity);
    return identity;
  }

  /** Forgets files that nobody asked for since this was last called: who looks for months meets many. */
  forgetUnused(): void {
    this.#known = this.#used;
    this.#used = new Map();
    this.#hashed = 0;
  }

  #read(descriptor: number, size: number, isProgram: boolean): FileIdentity {
    const names = isProgram ? new NameSearch() : undefined;
    const sha256 = hashOf(descriptor, names);
    this.#hashed += size;
    const source = fileSource(descriptor, size);
    const image = imageIn(source);
    const opens = new Set(names?.found() ?? []);
    for (const note of image?.notes ?? [])
      if (note.kind === 'dlopen') for (const name of sonamesIn(note.json)) opens.add(name);
    return {
      sha256,
      buildId: buildOf(image),
      segments: isProgram && isBuilt(image) ? (segmentsDigest(source) ?? sha256) : undefined,
      needed: image?.needed ?? [],
      opens: [...opens],
      note: image?.notes.find(({ kind }) => kind === 'package')?.json,
    };
  }
}

/**
 * Whether it says of which build it is. Where its segments cannot be read all the same, they are no build's: its own
 * digest stands for them.
 */
function isBuilt(image: Image | undefined): boolean {
  return image?.format === 'elf' && buildOf(image) !== undefined;
}

/** One that is longer than any linker writes names no build. */
function buildOf(image: Image | undefined): string | undefined {
  const { buildId } = image ?? {};
  return buildId === undefined || buildId === '' || buildId.length > bounds.buildId ? undefined : buildId;
}

const piece = Buffer.allocUnsafeSlow(256 * 1024);

function hashOf(descriptor: number, names: NameSearch | undefined): string {
  const hash = createHash('sha256');
  let at = 0;
  for (let count = readSync(descriptor, piece, 0, piece.length, at); count > 0; ) {
    const bytes = piece.subarray(0, count);
    hash.update(bytes);
    names?.add(bytes);
    at += count;
    count = readSync(descriptor, piece, 0, piece.length, at);
  }
  return hash.digest('hex');
}

/** `[{"feature": …, "soname": ["libx.so.1"]}]` (systemd: docs/ELF_DLOPEN_METADATA.md). */
function sonamesIn(json: string): readonly string[] {
  try {
    const entries: unknown = JSON.parse(json);
    if (!Array.isArray(entries)) return [];
    return entries
      .slice(0, 200)
      .flatMap((entry: { soname?: unknown } | null) => (Array.isArray(entry?.soname) ? entry.soname : []))
      .filter((name): name is string => typeof name === 'string' && /^[\w.+-]{1,200}$/.test(name))
      .slice(0, 200);
  } catch {
    return [];
  }
}
