import { isRunner, runnerCall, wrappers } from './cargo-runners.ts';
import { programName, programWords } from './program-words.ts';
import { isShell, type ShellCommand, type ShellWord, shellCommands } from './shell.ts';

/** A call that has cargo resolve, and may take other releases than the lockfile names. */
export interface UnlockedCommand {
  /** `cargo`, or a program that runs it. */
  readonly program: string;
  /** Aliases spelled out. */
  readonly subcommand: string;
  /** Where `--locked` would stand: among its flags, or behind `--`; `never`: it is for changing the lockfile. */
  readonly locks: 'with-flag' | 'behind-dashes' | 'never';
  /** The words from the program on, one space between them. */
  readonly text: string;
  /** Offset of the program's word. */
  readonly start: number;
}

/** What a file says beside its commands that decides about them. */
export interface CommandSetting {
  /** Whether a variable's value, wherever the file sets it, holds one of the flags. */
  readonly isLocking: (variable: string) => boolean;
}

/** The unlocked calls of cargo of one command. */
export function unlockedIn(command: ShellCommand, setting: CommandSetting): readonly UnlockedCommand[] {
  return cargoCallsIn(command).flatMap(({ words, isOffline }) => {
    if (isOffline) return [];
    return isRunner(words[0]?.text ?? '') ? unlockedRunner(words, setting) : unlocked(words, setting);
  });
}

/** A call of cargo, or of a program that runs it: its words from there on. */
export interface CargoCall {
  readonly words: ShellCommand;
  /** Whether a variable in front of it forbids the network. */
  readonly isOffline: boolean;
}

/** The calls of cargo of one command: itself, or what it hands to a shell or to another program that runs it. */
export function cargoCallsIn(command: ShellCommand, depth = 0): readonly CargoCall[] {
  const offline = (calls: readonly CargoCall[], is: boolean) =>
    is ? calls.map(({ words }) => ({ words, isOffline: true })) : calls;
  const { assignments, words } = programWords(command);
  const isOffline = assignments.some(({ text }) => text === 'CARGO_NET_OFFLINE=true');
  const [first, ...rest] = words;
  if (first === undefined || depth > 8) return [];
  if (isCargo(first.text) || isRunner(first.text)) return [{ words, isOffline }];
  const name = programName(first.text);
  if (isShell(name) || name === 'su' || name === 'nix-shell') {
    const flag = rest.findIndex(({ text }) => /^(?:-[a-z]*c|--run|--command)$/.test(text));
    const script = flag === -1 ? undefined : rest[flag + 1];
    if (script === undefined) return [];
    const inner = shellCommands(script.text, script.start + 1).flatMap((each) =>
      cargoCallsIn(each, depth + 1),
    );
    return offline(inner, isOffline);
  }
  if (!launchers.has(name)) return [];
  const at = rest.findIndex(({ text }) => isCargo(text) || isShell(text) || isRunner(text));
  return at === -1 ? [] : offline(cargoCallsIn(rest.slice(at), depth + 1), isOffline);
}

function isCargo(word: string): boolean {
  return (
    /^(?:.*[/\\])?(?:cargo|cross)(?:\.exe)?$/i.test(word) || /^\$(?:CARGO|\{CARGO(?::?-[^}]*)?\})$/.test(word)
  );
}

/** Programs that run a command which stands somewhere behind words of their own. */
const launchers = new Set(
  (
    'docker podman nerdctl buildah docker-compose kubectl ssh nix direnv mise rtx asdf devbox flox poetry pipenv rustup ' +
    'rustup-toolchain find flock parallel retry watchexec entr hyperfine valgrind strace perf script chroot unshare bwrap ' +
    'npm npx pnpm yarn bun bunx uv uvx pipx python python3 firejail dbus-run-session op doppler aws-vault sccache ccache earthly toolbox distrobox chronic ts wine arch eatmydata'
  ).split(' '),
);

/** Commands that resolve, and take `--locked`. */
const resolving = new Set(
  (
    'build check test run doc clippy bench fix rustc rustdoc install fetch metadata tree package publish vendor nextest ' +
    'hack llvm-cov tarpaulin miri careful udeps expand zigbuild xwin ndk lipo chef rustsec-admin public-api bloat asm ' +
    'show-asm flamegraph criterion deb generate-rpm lambda component leptos remove'
  ).split(' '),
);

/** Commands that are for changing the lockfile. */
const updating = new Set(['update', 'generate-lockfile', 'add']);

const aliases: Readonly<Record<string, string>> = {
  b: 'build',
  c: 'check',
  d: 'doc',
  r: 'run',
  t: 'test',
  rm: 'remove',
};

const locking = /^--(?:locked|frozen|offline)$/;
const valuedGlobals = new Set(['--color', '--config', '-Z', '-C', '--explain']);
/** With these a command says something of itself. */
const harmless = new Set(['--help', '-h', '-V']);

function unlocked(words: ShellCommand, setting: CommandSetting): readonly UnlockedCommand[] {
  const { isLocking } = setting;
  const [cargo, ...all] = words;
  if (cargo === undefined) return [];
  const own = beforeDashes(all);
  if (all.find(({ text }) => !/^[+-]/.test(text))?.text === 'tauri') return tauri(words, setting);
  if (own.some(({ text }) => locking.test(text) || isLockingWord(text, isLocking))) return [];
  let at = 0;
  while (at < own.length && /^[+-]/.test(own[at]?.text ?? ''))
    at += valuedGlobals.has(own[at]?.text ?? '') ? 2 : 1;
  const wrapper = wrappers.has(own[at]?.text ?? '') ? `${own[at++]?.text} ` : '';
  const written = own[at]?.text ?? '';
  const subcommand = aliases[written] ?? written;
  const options = own.slice(at + 1).map(({ text }) => text);
  const isTalk = own.some(
    // `cargo install` names the release that it installs so.
    ({ text: word }) => harmless.has(word) || (word === '--version' && subcommand !== 'install'),
  );
  if (isTalk) return [];
  const text = ['cargo', ...all.map((word) => word.text)].join(' ');
  const found = { program: 'cargo', subcommand: `${wrapper}${subcommand}`, text, start: cargo.start };
  // With `--precise` it is a person who chose the release.
  const isChosen = options.some((option) => /^--(?:dry-run|precise(?:=.*)?)$/.test(option));
  if (updating.has(subcommand)) return isChosen ? [] : [{ ...found, locks: 'never' }];
  if (!resolving.has(subcommand) || resolvesNothing(subcommand, options)) return [];
  return [{ ...found, locks: 'with-flag' }];
}

/** `cargo tauri …` is `tauri …`. */
function tauri(words: ShellCommand, setting: CommandSetting): readonly UnlockedCommand[] {
  const [cargo] = words;
  const at = words.findIndex(({ text }) => text === 'tauri');
  return unlockedRunner(words.slice(at), setting).map((found) => ({
    ...found,
    program: 'cargo',
    subcommand: `tauri ${found.subcommand}`,
    text: words.map(({ text }) => text).join(' '),
    start: cargo?.start ?? found.start,
  }));
}

function unlockedRunner(words: ShellCommand, { isLocking }: CommandSetting): readonly UnlockedCommand[] {
  const call = runnerCall(words);
  const [program] = words;
  if (call === undefined || program === undefined) return [];
  if (call.flags.some((text) => locking.test(text) || harmless.has(text) || isLockingWord(text, isLocking)))
    return [];
  const { subcommand, locks } = call;
  const text = words.map((word) => word.text).join(' ');
  return [{ program: call.program, subcommand, locks, text, start: program.start }];
}

/** What follows `--` is for the program that is run. */
function beforeDashes(words: readonly ShellWord[]): readonly ShellWord[] {
  const dashes = words.findIndex(({ text }) => text === '--');
  return dashes === -1 ? words : words.slice(0, dashes);
}

/** A variable or an expression of CI whose value holds a flag. */
function isLockingWord(text: string, isLocking: (variable: string) => boolean): boolean {
  const names = text.matchAll(/\$\{?\{?\s*(?:[\w-]+\.)*([\w-]+)|\{\{\s*([\w-]+)/g);
  return [...names].some(([, name, just]) => isLocking(name ?? just ?? ''));
}

function resolvesNothing(subcommand: string, options: readonly string[]): boolean {
  switch (subcommand) {
    case 'install':
      return options.includes('--list');
    case 'metadata':
      return options.includes('--no-deps');
    case 'nextest':
      return (
        /^(?:self|show-config|help)$/.test(options[0] ?? '') ||
        options.some((o) => o.startsWith('--archive-file'))
      );
    case 'llvm-cov':
      return /^(?:clean|report|show-env)$/.test(options[0] ?? '');
    case 'miri':
      return options[0] === 'setup' || options[0] === 'clean';
    case 'chef':
      return options[0] === 'prepare';
    default:
      return false;
  }
}
