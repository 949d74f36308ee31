import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { GateError } from '../gate/error.ts';
import { type CommandEntry, commands } from './commands.ts';
import { CliError, exit, exitMeanings } from './shared/error.ts';
import { withExamples } from './shared/options.ts';
import { leaveQuietlyWithReader, note, paint } from './shared/terminal.ts';

/** Runs one command line. Sets `process.exitCode`; never throws. */
export async function run(words: readonly string[]): Promise<void> {
  leaveQuietlyWithReader();
  const argv = asProvider(words);
  try {
    const program = await buildProgram(commands.filter(({ name }) => argv.includes(name)));
    await program.parseAsync(helpLast(argv), { from: 'user' });
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** Cargo 1.95 starts a credential provider with this one word: what else it is configured with comes in its question. */
function asProvider(words: readonly string[]): readonly string[] {
  return words.length === 1 && words[0] === '--cargo-plugin' ? ['credential', '--cargo-plugin'] : words;
}

/** The tree of commands; those that are not in `loaded` are there by name and summary only. */
export async function buildProgram(loaded: readonly CommandEntry[] = commands): Promise<Command> {
  const program = new Command('safeguard')
    .description('Supply-chain defence for organisations that build Rust.')
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    // What stands behind a command's name is the command's, and so on down.
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({ outputError: () => {} });
  for (const entry of commands) {
    const command = program.command(entry.name).summary(entry.summary).description(entry.summary);
    if (loaded.includes(entry)) (await entry.load()).define(command, buildProgram);
  }
  withExamples(program, [
    ['safeguard serve', 'run the mirror on this machine, with everything at its default'],
    ['safeguard init', 'point the cargo project of the current folder at it'],
    ['safeguard quarantine list', 'see what is waiting, and for what'],
  ]);
  return program.addHelpText('after', `\n${exitHelp}`);
}

/** `help mirror prefetch` as `mirror prefetch --help`: commander's own `help` takes one word. */
function helpLast(argv: readonly string[]): readonly string[] {
  return argv[0] === 'help' && argv.length > 1 ? [...argv.slice(1), '--help'] : argv;
}

const exitHelp = [
  'Exit codes:',
  ...exitMeanings.map(([code, meaning]) => `  ${String(code).padEnd(4)} ${meaning}`),
].join('\n');

/** Errors of what the person typed, or of a file that they named: a settings file, an address. */
const typed = ['policy/', 'notify/', 'cargo/', 'gate/', 'serve/bad-address', 'serve/unreadable'];

/** Says what went wrong, and returns the exit code. What comes from outside is never a stack trace. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return reportUsage(error);
  if (error instanceof CliError) {
    complain(error.message, error.next);
    return error.exit;
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && message !== '') {
    complain(message, error instanceof GateError ? error.next : undefined);
    return typed.some((prefix) => code.startsWith(prefix)) ? exit.usage : exit.unavailable;
  }
  const debug = process.env.SAFEGUARD_DEBUG;
  const detail = debug && error instanceof Error ? (error.stack ?? error.message) : String(message ?? error);
  complain(
    `this is a fault of Safeguard's own: ${detail}`,
    debug ? undefined : 'Set SAFEGUARD_DEBUG=1 to see where.',
  );
  return exit.unavailable;
}

/** Commander has printed help by then, but not its errors: those are said here, in the form of all others. */
function reportUsage(error: CommanderError): number {
  if (error.exitCode === 0) return exit.ok;
  if (error.code !== 'commander.help') {
    const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
    complain(message, suggestion?.replace(/^\((.*)\)$/, '$1') ?? 'See `safeguard --help`.');
  }
  return exit.usage;
}

function complain(message: string, next?: string): void {
  note(`${paint('red', 'safeguard:', process.stderr)} ${message}`);
  if (next !== undefined) note(`  ${next}`);
}
