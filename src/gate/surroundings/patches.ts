import type { PatchEntry } from '../../facts/surroundings.ts';
import { configLevels } from './config-files.ts';
import { isManifest } from './manifests.ts';
import { differenceOf, filesNamed, type Side } from './side.ts';
import { asTable, isTable, readTomlFile, shown, type TomlFile } from './toml-file.ts';

type Patched = Omit<PatchEntry, 'difference' | 'before' | 'after'> & { readonly says: string };

/** Entries of `[patch]` and `[replace]` in manifests and in cargo's configuration that are new, other or gone. */
export function patchChanges(before: Side | undefined, after: Side): readonly PatchEntry[] {
  const [was, is] = [entriesOf(before), entriesOf(after)];
  return [...new Set([...is.keys(), ...was.keys()])].flatMap((id): PatchEntry[] => {
    const [old, entry] = [was.get(id), is.get(id)];
    const found = entry ?? old;
    const difference = differenceOf(before !== undefined, old?.says, entry?.says);
    if (found === undefined || difference === undefined) return [];
    const { says: _, ...rest } = found;
    return [{ ...rest, difference, before: old?.says, after: entry?.says }];
  });
}

function entriesOf(side: Side | undefined): ReadonlyMap<string, Patched> {
  const manifests = filesNamed(side, isManifest).map((file) => readTomlFile(side, file));
  const configs = [...configLevels(side).values()].flatMap(({ files }) => files);
  const entries = new Map<string, Patched>();
  for (const file of [...manifests, ...configs]) {
    if (file?.kind !== 'read') continue;
    for (const entry of entriesIn(file)) {
      entries.set(JSON.stringify([entry.file, entry.table, entry.source, entry.name]), entry);
    }
  }
  return entries;
}

function entriesIn(file: TomlFile): readonly Patched[] {
  const one = (path: readonly string[], source: string, spec: unknown): Patched => ({
    kind: 'patch',
    table: source === '' ? 'replace' : 'patch',
    source,
    name: path.at(-1) ?? '',
    says: shown(spec),
    file: file.file,
    ...file.placeOf(path),
  });
  const patched = Object.entries(asTable(file.values.patch)).flatMap(([source, crates]) =>
    Object.entries(isTable(crates) ? crates : {}).map(([name, spec]) =>
      one(['patch', source, name], source, spec),
    ),
  );
  const replaced = Object.entries(asTable(file.values.replace)).map(([name, spec]) =>
    one(['replace', name], '', spec),
  );
  return [...patched, ...replaced];
}
