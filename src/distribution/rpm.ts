import type { SystemPackage } from './package.ts';

/** What the header of an installed package says, and the path of each of its files. */
export interface RpmPackage {
  readonly package: SystemPackage;
  /** The path of the file with a number, in the header's order; `undefined` where there is none. */
  readonly fileAt: (index: number) => string | undefined;
}

/** Tags of a header (rpm: include/rpm/rpmtag.h). */
const tag = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  arch: 1022,
  sourceRpm: 1044,
  dirIndexes: 1116,
  baseNames: 1117,
  dirNames: 1118,
} as const;
const type = { int32: 4, string: 6, strings: 8, localised: 9 } as const;

/** Entries of an honest header and strings of one of them. */
const most = { entries: 10_000, strings: 2_000_000 };

interface Entry {
  readonly type: number;
  readonly offset: number;
  readonly count: number;
}

/**
 * Reads a header as rpm's database keeps it (rpm: lib/header.c, docs/manual/format_header.md): two numbers, entries of
 * 16 bytes, and the data that they point into. `undefined` for what is none.
 */
export function readRpmHeader(bytes: Uint8Array): RpmPackage | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) return undefined;
  const [count, size] = [view.getUint32(0), view.getUint32(4)];
  const start = 8 + count * 16;
  if (count > most.entries || start + size > bytes.length) return undefined;
  const entries = new Map<number, Entry>();
  for (let at = 8; at < start; at += 16)
    entries.set(view.getUint32(at), {
      type: view.getUint32(at + 4),
      offset: view.getUint32(at + 8),
      count: view.getUint32(at + 12),
    });
  const data = bytes.subarray(start, start + size);
  const text = (wanted: number) => stringsOf(data, entries.get(wanted), 1)?.[0];
  const [name, version, release, architecture] = [tag.name, tag.version, tag.release, tag.arch].map(text);
  if (name === undefined || version === undefined || release === undefined) return undefined;
  const epoch = numbersOf(data, entries.get(tag.epoch), 1)?.[0];
  const whole = `${epoch === undefined ? '' : `${epoch}:`}${version}-${release}`;
  const pkg: SystemPackage = {
    kind: 'rpm',
    name,
    version: whole,
    architecture: architecture ?? 'noarch',
    source: sourceOf(text(tag.sourceRpm), epoch) ?? { name, version: whole },
  };
  let files: { folders: readonly string[]; names: readonly string[]; of: readonly number[] } | undefined;
  return {
    package: pkg,
    fileAt: (index) => {
      files ??= {
        folders: stringsOf(data, entries.get(tag.dirNames)) ?? [],
        names: stringsOf(data, entries.get(tag.baseNames)) ?? [],
        of: numbersOf(data, entries.get(tag.dirIndexes)) ?? [],
      };
      const [folder, base] = [files.folders[files.of[index] ?? -1], files.names[index]];
      return folder === undefined || base === undefined ? undefined : `${folder}${base}`;
    },
  };
}

/** `openssl-3.0.7-27.el9.src.rpm`: the source's epoch is not in it, and is the package's own. */
function sourceOf(file: string | undefined, epoch: number | undefined): SystemPackage['source'] | undefined {
  const [, name, version] = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(file ?? '') ?? [];
  if (name === undefined || version === undefined) return undefined;
  return { name, version: epoch === undefined ? version : `${epoch}:${version}` };
}

const decoder = new TextDecoder();

function stringsOf(
  data: Uint8Array,
  entry: Entry | undefined,
  limit = most.strings,
): readonly string[] | undefined {
  if (entry === undefined || ![type.string, type.strings, type.localised].includes(entry.type as 6))
    return undefined;
  const found: string[] = [];
  for (let at = entry.offset; found.length < Math.min(entry.count, limit); ) {
    const end = data.indexOf(0, at);
    if (end === -1) return undefined;
    found.push(decoder.decode(data.subarray(at, end)));
    at = end + 1;
  }
  return found;
}

function numbersOf(
  data: Uint8Array,
  entry: Entry | undefined,
  limit = most.strings,
): readonly number[] | undefined {
  if (entry?.type !== type.int32) return undefined;
  const count = Math.min(entry.count, limit);
  if (entry.offset + count * 4 > data.length) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: count }, (_, i) => view.getUint32(entry.offset + i * 4));
}
