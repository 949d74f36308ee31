import { basename } from 'node:path';
import type { Selection } from '../../cargo/resolve/selection.ts';
import { BuildError } from '../error.ts';

/** A `cargo build` as it was typed, read: what it compiles, and how. */
export interface CargoCommand {
  readonly cargo: string;
  /** `nightly` of `cargo +nightly`. */
  readonly toolchain: string | undefined;
  readonly manifestPath: string | undefined;
  readonly target: string | undefined;
  readonly selection: Omit<Selection, 'dev'>;
  readonly offline: boolean;
  /** The words behind `build` that are handed on, without those of which the sealed build decides itself. */
  readonly words: readonly string[];
}

/** What cargo's options for building take: a value, or nothing. */
const options: Readonly<Record<string, 'flag' | 'value' | 'optional'>> = {
  '--release': 'flag',
  '--profile': 'value',
  '--target': 'value',
  '--package': 'optional',
  '--workspace': 'flag',
  '--all': 'flag',
  '--exclude': 'value',
  '--features': 'value',
  '--all-features': 'flag',
  '--no-default-features': 'flag',
  '--bin': 'optional',
  '--bins': 'flag',
  '--lib': 'flag',
  '--jobs': 'value',
  '--keep-going': 'flag',
  '--ignore-rust-version': 'flag',
  '--manifest-path': 'value',
  '--locked': 'flag',
  '--frozen': 'flag',
  '--offline': 'flag',
  '--verbose': 'flag',
  '--quiet': 'flag',
  '--color': 'value',
};

const short: Readonly<Record<string, string>> = {
  '-r': '--release',
  '-p': '--package',
  '-F': '--features',
  '-j': '--jobs',
  '-v': '--verbose',
  '-vv': '--verbose',
  '-q': '--quiet',
};

/** Of these the sealed build decides itself. */
const own: ReadonlySet<string> = new Set([
  '--locked',
  '--frozen',
  '--offline',
  '--verbose',
  '--quiet',
  '--color',
]);

const refusals: Readonly<Record<string, string>> = {
  '--config': 'Write it into the project’s .cargo/config.toml, where it is judged as well.',
  '--target-dir': 'Each sealed build has a target folder of its own: name --output-dir instead.',
  '--artifact-dir': 'What is built is put into the folder that --output-dir names.',
  '--message-format': 'Cargo’s messages are read by the build: leave it out.',
};

/** Reads `cargo [+TOOLCHAIN] build …`. Throws `BuildError('build/command')` for what would be built otherwise than is said. */
export function readCargoCommand([cargo = '', ...words]: readonly string[]): CargoCommand {
  const toolchain = words[0]?.startsWith('+') === true ? words[0].slice(1) : undefined;
  const [command, ...rest] = toolchain === undefined ? words : words.slice(1);
  if (!/^cargo(?:\.exe)?$/.test(basename(cargo)) || (command !== 'build' && command !== 'b'))
    throw refused(
      `it builds by \`cargo build\`, and this is \`${[cargo, ...words].slice(0, 2).join(' ')}\``,
      'safeguard build -- cargo build --release',
    );
  const given = readOptions(rest);
  const last = (name: string) => given.findLast((one) => one.name === name)?.value;
  const all = (name: string) => given.flatMap((one) => (one.name === name ? (one.value ?? []) : []));
  const has = (name: string) => given.some((one) => one.name === name);
  const targets = all('--target');
  if (targets.length > 1)
    throw refused(`it builds for one target, and this names ${targets.length}`, 'Run it once for each.');
  return {
    cargo,
    toolchain,
    manifestPath: last('--manifest-path'),
    target: targets[0],
    selection: {
      packages: all('--package'),
      workspace: has('--workspace') || has('--all'),
      exclude: all('--exclude'),
      features: all('--features'),
      allFeatures: has('--all-features'),
      defaultFeatures: !has('--no-default-features'),
    },
    offline: has('--offline') || has('--frozen'),
    words: given.flatMap(({ name, words: typed }) =>
      own.has(name) || name === '--manifest-path' ? [] : typed,
    ),
  };
}

interface Given {
  readonly name: string;
  readonly value: string | undefined;
  /** As it was typed. */
  readonly words: readonly string[];
}

function readOptions(words: readonly string[]): readonly Given[] {
  const given: Given[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const { key, attached } = split(word);
    const name = short[key] ?? key;
    const takes = options[name];
    if (takes === undefined)
      throw refused(
        `a sealed build does not know what \`${word}\` would change`,
        refusals[name] ?? 'Leave it out, or build without Safeguard.',
      );
    const next = words[i + 1];
    if (takes === 'flag' || attached !== undefined) given.push({ name, value: attached, words: [word] });
    else if (next !== undefined && (takes === 'value' || !next.startsWith('-'))) {
      given.push({ name, value: next, words: [word, next] });
      i++;
    } else throw refused(`\`${word}\` says nothing behind it`, `Name what is meant: ${word} …`);
  }
  return given;
}

/** `--target=T`, `-papp`, `-j4`. */
function split(word: string): { readonly key: string; readonly attached: string | undefined } {
  const [, long, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
  if (long !== undefined) return { key: long, attached: value };
  const [, letter, rest] = /^(-[pFj])=?(.+)$/s.exec(word) ?? [];
  return letter === undefined ? { key: word, attached: undefined } : { key: letter, attached: rest };
}

function refused(message: string, next: string): BuildError {
  return new BuildError('build/command', message, { next });
}
