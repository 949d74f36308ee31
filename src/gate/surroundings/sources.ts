import { isTable, type Table, type TomlFile } from './toml-file.ts';

// Where a replaced source ends (cargo: src/cargo/sources/config.rs), by the files of the project alone: a level of the
// machine's may still have its say.

/** Where crates of a source are taken from in the end. */
export interface SourceEnd {
  readonly kind: 'itself' | 'registry' | 'local-registry' | 'directory' | 'git' | 'elsewhere';
  /** The address or folder; the name of what the project defines nowhere for `elsewhere`; empty for `itself`. */
  readonly value: string;
  /** The file and key that say so. */
  readonly file: TomlFile;
  readonly path: readonly string[];
}

/** Every source that the files replace, or give another place, by its name, with its end. */
export function sourceEnds(files: readonly TomlFile[]): ReadonlyMap<string, SourceEnd> {
  const ends = new Map<string, SourceEnd>();
  for (const name of sourceNames(files)) {
    const end = endOf(name, files);
    if (end !== undefined) ends.set(name, end);
  }
  return ends;
}

const places = ['registry', 'local-registry', 'directory', 'git'] as const;

interface Said {
  readonly value: string;
  readonly file: TomlFile;
  readonly path: readonly string[];
}

function sourceNames(files: readonly TomlFile[]): ReadonlySet<string> {
  return new Set(files.flatMap(({ values }) => (isTable(values.source) ? Object.keys(values.source) : [])));
}

function endOf(name: string, files: readonly TomlFile[]): SourceEnd | undefined {
  const first = said(files, ['source', name, 'replace-with']);
  if (first === undefined) {
    // The name of crates.io itself may be given another place.
    const moved = name === 'crates-io' ? place(name, files) : undefined;
    return moved;
  }
  const passed = new Set([name]);
  for (let at = first; ; ) {
    if (passed.has(at.value)) return { ...first, kind: 'elsewhere' };
    passed.add(at.value);
    const next = said(files, ['source', at.value, 'replace-with']);
    if (next !== undefined) {
      at = next;
      continue;
    }
    if (at.value === 'crates-io') return { ...at, kind: 'itself', value: '' };
    const index = said(files, ['registries', at.value, 'index']);
    return (
      place(at.value, files) ??
      (index === undefined ? { ...at, kind: 'elsewhere' } : { ...index, kind: 'registry' })
    );
  }
}

function place(name: string, files: readonly TomlFile[]): SourceEnd | undefined {
  for (const kind of places) {
    const found = said(files, ['source', name, kind]);
    if (found !== undefined) return { ...found, kind };
  }
  return undefined;
}

/** The strongest text at a path. */
function said(files: readonly TomlFile[], path: readonly string[]): Said | undefined {
  for (const file of files) {
    let at: unknown = file.values;
    for (const part of path) at = isTable(at) && Object.hasOwn(at, part) ? (at as Table)[part] : undefined;
    if (typeof at === 'string') return { value: at, file, path };
  }
  return undefined;
}
