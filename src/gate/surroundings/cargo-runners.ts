import { programName } from './program-words.ts';
import type { ShellCommand } from './shell.ts';

/**
 * Programs beside cargo that have it build, and where they take its `--locked`: among their own flags, or behind `--`, where what
 * follows goes to cargo. By their own help: maturin 1.9.6, tauri-cli 2.12.5; wasm-pack and trunk by their documentation.
 */
interface Runner {
  readonly commands: ReadonlySet<string>;
  readonly locks: 'with-flag' | 'behind-dashes';
}

const runners: ReadonlyMap<string, Runner> = new Map([
  ['maturin', { commands: new Set(['build', 'develop', 'publish']), locks: 'with-flag' }],
  ['trunk', { commands: new Set(['build', 'serve', 'watch']), locks: 'with-flag' }],
  ['wasm-pack', { commands: new Set(['build', 'test']), locks: 'behind-dashes' }],
  ['tauri', { commands: new Set(['build', 'dev', 'android', 'ios']), locks: 'behind-dashes' }],
]);

/** Tauri's commands for phones have commands of their own, of which these build. */
const phones: ReadonlySet<string> = new Set(['android', 'ios']);
const onPhones: ReadonlySet<string> = new Set(['build', 'dev', 'run']);

/** Subcommands of cargo that hand the next word to cargo itself: `cargo auditable build`. */
export const wrappers: ReadonlySet<string> = new Set(['auditable', 'careful']);

export function isRunner(word: string): boolean {
  return runners.has(programName(word));
}

/** A call of such a program that has cargo resolve. */
export interface RunnerCall {
  readonly program: string;
  readonly subcommand: string;
  readonly locks: Runner['locks'];
  /** The words among which its `--locked` stands. */
  readonly flags: readonly string[];
}

/** What a command has cargo build, where its first word is a runner. */
export function runnerCall(words: ShellCommand): RunnerCall | undefined {
  const [first, ...rest] = words.map(({ text }) => text);
  const program = programName(first ?? '');
  const runner = runners.get(program);
  const command = rest.find((word) => !word.startsWith('-'));
  if (runner === undefined || command === undefined || !runner.commands.has(command)) return undefined;
  const inner = phones.has(command) ? rest[rest.indexOf(command) + 1] : undefined;
  if (phones.has(command) && !onPhones.has(inner ?? '')) return undefined;
  return {
    program,
    subcommand: inner === undefined ? command : `${command} ${inner}`,
    locks: runner.locks,
    flags: runner.locks === 'behind-dashes' ? rest : beforeDashes(rest),
  };
}

function beforeDashes(words: readonly string[]): readonly string[] {
  const dashes = words.indexOf('--');
  return dashes === -1 ? words : words.slice(0, dashes);
}
