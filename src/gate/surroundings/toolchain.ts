import type { ToolchainPin } from '../../facts/surroundings.ts';
import { differenceOf, filesNamed, folderOf, type Side, textOf } from './side.ts';
import { asTable, parseTomlFile, type TomlFile } from './toml-file.ts';

// What rustup makes of toolchain files (its book, "Overrides").

interface Pin {
  readonly pin: ToolchainPin['pin'];
  readonly says: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Whether a path is a toolchain file by its name. */
export function isToolchainFile(path: string): boolean {
  return /(?:^|\/)rust-toolchain(?:\.toml)?$/.test(path);
}

/** Which toolchain each folder asks for, where that is new or other than before. */
export function toolchainChanges(before: Side | undefined, after: Side): readonly ToolchainPin[] {
  const [was, is] = [pinsOf(before), pinsOf(after)];
  return [...new Set([...is.keys(), ...was.keys()])].flatMap((id): ToolchainPin[] => {
    const [old, pin] = [was.get(id), is.get(id)];
    const found = pin ?? old;
    const difference = differenceOf(before !== undefined, old?.says, pin?.says);
    if (found === undefined || difference === undefined) return [];
    const { says: _, ...rest } = found;
    return [{ kind: 'toolchain', ...rest, difference, before: old?.says, after: pin?.says }];
  });
}

/** By folder, the toolchain; by folder and name, each component. Of two files in a folder, the old name counts. */
function pinsOf(side: Side | undefined): ReadonlyMap<string, Pin> {
  const pins = new Map<string, Pin>();
  const folders = new Set<string>();
  for (const file of filesNamed(side, isToolchainFile)) {
    const folder = folderOf(file);
    const text = textOf(side, file);
    if (text === undefined || folders.has(folder)) continue;
    folders.add(folder);
    for (const pin of pinsIn(file, text)) {
      pins.set(JSON.stringify([folder, pin.pin === 'component' ? pin.says : '']), pin);
    }
  }
  return pins;
}

/** The old form is a channel and nothing else; everything else is TOML, whatever the file is called. */
function pinsIn(file: string, text: string): readonly Pin[] {
  const bare = file.endsWith('.toml') ? undefined : /^\s*([^\s=[\]"]+)\s*$/.exec(text)?.[1];
  if (bare !== undefined) {
    const line = text.slice(0, text.indexOf(bare)).split('\n').length;
    return [{ pin: pinOf(bare), says: `\`${bare}\``, file, line, column: 1 }];
  }
  const toml = parseTomlFile(file, text);
  return toml.kind === 'read' ? pinsOfTable(toml) : [];
}

function pinsOfTable(toml: TomlFile): readonly Pin[] {
  const { path, channel, components } = asTable(toml.values.toolchain);
  const at = (key: string) => ({ file: toml.file, ...toml.placeOf(['toolchain', key]) });
  const pins: Pin[] = [];
  if (typeof path === 'string') pins.push({ pin: 'path', says: `the folder \`${path}\``, ...at('path') });
  else if (typeof channel === 'string') {
    pins.push({ pin: pinOf(channel), says: `\`${channel}\``, ...at('channel') });
  }
  for (const name of Array.isArray(components) ? components : []) {
    if (typeof name === 'string') pins.push({ pin: 'component', says: `\`${name}\``, ...at('components') });
  }
  return pins;
}

/** `stable`, `1.95.0`, `nightly-2026-01-01`, each perhaps with a host; any other name is one of one's own. */
function pinOf(channel: string): ToolchainPin['pin'] {
  const name =
    /^(stable|beta|nightly|\d+\.\d+(?:\.\d+)?(?:-beta(?:\.\d+)?)?)(?:-\d{4}-\d\d-\d\d)?(?:-[a-z0-9_]+(?:-[a-z0-9_]+)+)?$/.exec(
      channel,
    )?.[1];
  if (name === undefined) return /[/\\]/.test(channel) ? 'path' : 'custom';
  return name === 'nightly' ? 'nightly' : 'release';
}
