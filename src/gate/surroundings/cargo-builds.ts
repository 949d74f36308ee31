import type { Selection } from '../../cargo/resolve/selection.ts';
import { wrappers } from './cargo-runners.ts';
import type { ShellCommand, ShellWord } from './shell.ts';

/** What a command line has cargo compile of the project, variables and expressions as written. */
export interface BuildCall extends Selection {
  /** `--target` and its kin; where a program builds for one by itself, that one, at the program's name. */
  readonly targets: readonly BuildWord[];
  /** `--manifest-path`. */
  readonly manifest: string | undefined;
  /** The words, one space between them. */
  readonly text: string;
  /** Offset of the first. */
  readonly start: number;
}

interface BuildWord {
  readonly text: string;
  /** Offset of the option. */
  readonly start: number;
}

/** Reads a call of cargo, or of a program that runs it; `undefined` for one that compiles nothing of the project. */
export function buildCall(words: ShellCommand): BuildCall | undefined {
  const [program] = words;
  if (program === undefined) return undefined;
  const name = program.text.replace(/^.*[/\\]/, '').replace(/\.exe$/i, '');
  const dashes = words.findIndex(({ text }) => text === '--');
  // What stands behind is cargo's with these, and with cargo the program's that it runs.
  const own = dashes === -1 || name === 'wasm-pack' || name === 'tauri' ? words : words.slice(0, dashes);
  const subcommand = own[subcommandAt(own)]?.text;
  if (subcommand === undefined) return undefined;
  const isRunner = runners.has(name);
  if (isRunner ? !runners.get(name)?.has(subcommand) : !building.has(subcommand)) return undefined;
  const { said, flags } = optionsOf(own.slice(1));
  // It compiles what it finds in a registry, not the project.
  if (subcommand === 'install' && !said.some(({ option }) => option === '--path')) return undefined;
  const all = (...options: readonly string[]) => said.filter(({ option }) => options.includes(option));
  const targets = targetsOf(name, subcommand, all('--target', '-t'), flags);
  const texts = (...options: readonly string[]) => all(...options).map(({ text }) => text);
  return {
    targets: targets ?? impliedBy(name, subcommand, program),
    packages: texts('--package', '-p'),
    workspace: flags.has('--workspace') || flags.has('--all'),
    exclude: texts('--exclude'),
    features: texts('--features', '-F'),
    allFeatures: flags.has('--all-features'),
    defaultFeatures: !flags.has('--no-default-features'),
    dev: testing.has(subcommand) || [...flags].some((flag) => devFlags.has(flag)),
    manifest: texts('--manifest-path')[0],
    text: words.map(({ text }) => text).join(' '),
    start: program.start,
  };
}

/** Subcommands that compile the project; `clean --target` and `tree --target` do not. */
const building = new Set(
  (
    'build b check c test t run r doc d clippy bench fix rustc rustdoc install package publish nextest hack llvm-cov tarpaulin ' +
    'miri udeps expand zigbuild xwin ndk lipo chef bloat asm show-asm flamegraph criterion deb generate-rpm lambda component ' +
    'leptos tauri'
  ).split(' '),
);
const testing = new Set('test t bench nextest llvm-cov tarpaulin miri criterion'.split(' '));
const devFlags = new Set('--tests --test --examples --example --benches --bench --all-targets'.split(' '));

const runners: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['maturin', new Set(['build', 'develop', 'publish'])],
  ['trunk', new Set(['build', 'serve', 'watch'])],
  ['wasm-pack', new Set(['build', 'test'])],
  ['tauri', new Set(['build', 'dev', 'android', 'ios'])],
]);

const valued =
  /^(--target|--features|--package|--exclude|--manifest-path|--path|-p|-F|-t|--config|--color|-Z|-C|--profile|-j|--jobs|--target-dir|--bin|--message-format)(?:=(.*))?$/s;

interface Said extends BuildWord {
  readonly option: string;
}

function optionsOf(words: readonly ShellWord[]): {
  readonly said: readonly Said[];
  readonly flags: ReadonlySet<string>;
} {
  const said: Said[] = [];
  const flags = new Set<string>();
  for (let i = 0; i < words.length; i++) {
    const { text = '', start = 0 } = words[i] ?? {};
    // `-Fx` and `-px` are one word each.
    const [, short, rest] = /^(-[pFt])([^=].*)$/s.exec(text) ?? [];
    const [, option, inline] = valued.exec(text) ?? [];
    if (short !== undefined && rest !== undefined) said.push({ option: short, text: rest, start });
    else if (option !== undefined) said.push({ option, text: inline ?? words[++i]?.text ?? '', start });
    else if (text.startsWith('-')) flags.add(text);
  }
  return { said, flags };
}

/** Where the subcommand stands, behind a toolchain, global options and subcommands that hand on to another. */
function subcommandAt(words: readonly ShellWord[]): number {
  let at = 1;
  for (;;) {
    const text = words[at]?.text ?? '';
    if (/^(?:--config|--color|-Z|-C)$/.test(text)) at += 2;
    else if (/^[+-]/.test(text) || wrappers.has(text)) at++;
    else return at;
  }
}

/** What is built for; `undefined` where nothing is said of it. */
function targetsOf(
  program: string,
  subcommand: string,
  said: readonly Said[],
  flags: ReadonlySet<string>,
): readonly BuildWord[] | undefined {
  // What these take as `--target` is a kind of package and a page.
  if (program === 'wasm-pack' || program === 'trunk') return undefined;
  if (subcommand === 'lambda' && flags.has('--arm64')) return undefined;
  const found = said.filter(({ option }) => option === '--target' || subcommand === 'ndk');
  if (found.length === 0) return undefined;
  return found.flatMap(({ text, start }) =>
    (universal.get(text) ?? [androidAbis.get(text) ?? text.replace(/(-gnu\w*)\.\d+(?:\.\d+)*$/, '$1')]).map(
      (triple) => ({
        text: triple,
        start,
      }),
    ),
  );
}

function impliedBy(program: string, subcommand: string, word: ShellWord): readonly BuildWord[] {
  const triple = implied.get(program) ?? implied.get(subcommand);
  return triple === undefined ? [] : [{ text: triple, start: word.start }];
}

/** What programs and subcommands build for where nobody says, by their documentation. */
const implied: ReadonlyMap<string, string> = new Map([
  ['wasm-pack', 'wasm32-unknown-unknown'],
  ['trunk', 'wasm32-unknown-unknown'],
  ['leptos', 'wasm32-unknown-unknown'],
  ['component', 'wasm32-wasip1'],
]);

/** Names that stand for two targets, of tauri, maturin and cargo-zigbuild. */
const universal: ReadonlyMap<string, readonly string[]> = new Map(
  ['universal-apple-darwin', 'universal2-apple-darwin'].map((name) => [
    name,
    ['x86_64-apple-darwin', 'aarch64-apple-darwin'],
  ]),
);

/** What cargo-ndk calls targets. */
const androidAbis: ReadonlyMap<string, string> = new Map([
  ['armeabi-v7a', 'armv7-linux-androideabi'],
  ['arm64-v8a', 'aarch64-linux-android'],
  ['x86', 'i686-linux-android'],
  ['x86_64', 'x86_64-linux-android'],
]);
