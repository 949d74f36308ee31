import { buildCode } from '../../facts/archive-contents/build-code.ts';
import type { Difference, OwnBuildCode } from '../../facts/surroundings.ts';
import { codeSources, type RunningRoot } from './code-sources.ts';
import { isManifest } from './manifests.ts';
import { filesNamed, folderOf, inFolder, nameOf, type Side, textOf } from './side.ts';
import { asTable, readTomlFile, type TomlFile } from './toml-file.ts';

interface Code {
  readonly manifest: TomlFile;
  readonly package: string;
  readonly folder: string;
  /** Path of the build script that is there. */
  readonly script: string | undefined;
  readonly procMacro: boolean;
}

/**
 * The sources of build code: what must have been read for `buildCodeChanges`, beside the manifests. Sources name
 * others: ask again once these are read, until there are no more.
 */
export function buildSources(side: Side): readonly string[] {
  return [...packagesOf(side).values()].flatMap((code) => [
    ...scriptSources(side, code),
    ...(code.procMacro ? macroSources(side, code) : []),
  ]);
}

/** Build scripts and proc-macros of the project's own packages that are new, or whose code is another. */
export function buildCodeChanges(before: Side | undefined, after: Side): readonly OwnBuildCode[] {
  const was = packagesOf(before);
  return [...packagesOf(after)].flatMap(([folder, code]) => {
    const old = was.get(folder);
    return [...scriptChange(before, after, old, code), ...procMacroChange(before, after, old, code)];
  });
}

function packagesOf(side: Side | undefined): ReadonlyMap<string, Code> {
  const found = new Map<string, Code>();
  if (side === undefined) return found;
  const scripts = Map.groupBy(
    filesNamed(side, (path) => /(?:^|\/)build[^/]*$/i.test(path)),
    folderOf,
  );
  for (const file of filesNamed(side, isManifest)) {
    const manifest = readTomlFile(side, file);
    if (manifest?.kind !== 'read') continue;
    const fields = asTable(manifest.values.package ?? manifest.values.project);
    if (Object.keys(fields).length === 0) continue;
    const folder = folderOf(file);
    const files = (scripts.get(folder) ?? []).map((path) => ({ path: nameOf(path) }));
    const { buildScript, procMacro } = buildCode(files, { toml: manifest.values });
    const script = buildScript === undefined ? undefined : inFolder(folder, buildScript);
    const name = typeof fields.name === 'string' ? fields.name : folder;
    found.set(folder, {
      manifest,
      package: name,
      folder,
      script: script !== undefined && side.paths.has(script) ? script : undefined,
      procMacro,
    });
  }
  return found;
}

function scriptChange(
  before: Side | undefined,
  after: Side,
  old: Code | undefined,
  code: Code,
): readonly OwnBuildCode[] {
  const { script } = code;
  if (script === undefined) return [];
  const sources = scriptSources(after, code);
  const difference = differs(before, after, old?.script !== undefined, sources, old?.script !== script);
  if (difference === undefined) return [];
  return [item('build-script', code, difference.file, difference.difference)];
}

/** The script first. One in a folder of its own has its modules beside it, and may have others anywhere. */
function scriptSources(side: Side, code: Code): readonly string[] {
  const { script, folder } = code;
  if (script === undefined) return [];
  const own = folderOf(script);
  const isShared = own === folder || own === inFolder(folder, 'src');
  const beside = isShared ? [] : sourcesIn(side, own);
  return [...new Set([script, ...beside, ...sourcesOf(side, code, 'build-script')])];
}

function macroSources(side: Side, code: Code): readonly string[] {
  const inSrc = sourcesIn(side, inFolder(code.folder, 'src') ?? '');
  return [...new Set([...inSrc, ...sourcesOf(side, code, 'proc-macro')])];
}

function sourcesOf(side: Side, { manifest, folder }: Code, role: RunningRoot['role']): readonly string[] {
  return codeSources(side, { folder, manifest: textOf(side, manifest.file) ?? '', role });
}

function procMacroChange(
  before: Side | undefined,
  after: Side,
  old: Code | undefined,
  code: Code,
): readonly OwnBuildCode[] {
  if (!code.procMacro) return [];
  if (before !== undefined && old?.procMacro !== true) {
    const key = asTable(code.manifest.values.lib)['proc-macro'] === undefined ? 'crate-type' : 'proc-macro';
    const { file, placeOf } = code.manifest;
    return [{ ...item('proc-macro', code, file, 'added'), ...placeOf(['lib', key]) }];
  }
  const difference = differs(before, after, true, macroSources(after, code), false);
  return difference === undefined ? [] : [item('proc-macro', code, difference.file, difference.difference)];
}

/** The first file that is not as it was. */
function differs(
  before: Side | undefined,
  after: Side,
  wasThere: boolean,
  files: readonly string[],
  moved: boolean,
): { readonly file: string; readonly difference: Difference } | undefined {
  const [first = ''] = files;
  if (before === undefined) return { file: first, difference: 'present' };
  if (!wasThere) return { file: first, difference: 'added' };
  const changed = files.find((file) => !sameBytes(before.files.get(file), after.files.get(file)));
  if (changed !== undefined) return { file: changed, difference: 'changed' };
  return moved ? { file: first, difference: 'changed' } : undefined;
}

function sourcesIn(side: Side, folder: string): readonly string[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  return filesNamed(side, (path) => path.startsWith(prefix) && path.endsWith('.rs'));
}

function item(
  code: OwnBuildCode['code'],
  { package: name }: Code,
  file: string,
  difference: Difference,
): OwnBuildCode {
  return { kind: 'build-code', code, package: name, file, line: 1, column: 1, difference };
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
