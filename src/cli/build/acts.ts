import { realpathSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { BuildError } from '../../build/error.ts';
import { findRecorder, type Recorder } from '../../build/record/recorder.ts';
import { type CargoCommand, readCargoCommand } from '../../build/run/cargo-command.ts';
import { isSecretName } from '../../build/run/environment.ts';
import { findToolchain } from '../../build/run/toolchain.ts';
import { type Bubblewrap, findBubblewrap } from '../../build/sandbox/bubblewrap.ts';
import { holdIdentity } from '../../build/session/identity.ts';
import { type JudgedProject, judgeProject } from '../check/judge.ts';
import { CliError } from '../shared/error.ts';
import { paint } from '../shared/terminal.ts';
import type { BuildCommandOptions } from './options.ts';
import { refuseUnsealed } from './reproduce.ts';
import { buildJudged } from './sealed.ts';
import { plainFetching, sessionFetching } from './session.ts';
import { signingFrom } from './signing.ts';
import { now } from './statements.ts';
import { phase, tellDenied } from './tell.ts';

/** Builds a project sealed off, and leaves what was made with its documents. Throws `CliError`. */
export async function buildProject(words: readonly string[], options: BuildCommandOptions): Promise<void> {
  try {
    await build(words, options);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    throw new CliError(...asCliError(error));
  }
}

async function build(words: readonly string[], options: BuildCommandOptions): Promise<void> {
  // What proves whose job this is leaves the environment before anything is started.
  const isKnown = options.exchange || options.signByServer || options.keyless !== undefined;
  const held = isKnown ? holdIdentity(process.env) : undefined;
  const command = readCargoCommand(words);
  const offline = options.offline || command.offline;
  const folder = realpathSync(process.cwd());
  const toolchain = findToolchain(folder, command.toolchain);
  const bubblewrap = options.sandbox ? sandboxHere() : undefined;
  const recorder: Recorder = options.sandbox
    ? findRecorder()
    : { kind: 'none', reason: 'nothing is kept in' };
  refuseOptions(options);
  refuseUnsealed(options.reproduce, options.sandbox);
  const signing = await signingFrom(options, held);
  const started = now();
  const fetching =
    options.exchange && held !== undefined
      ? await sessionFetching(held, command.manifestPath, { ...options, offline })
      : plainFetching();
  try {
    const judged = await judge(command, { ...options, offline });
    if (judged.verdict.verdict === 'deny') return tellDenied(judged, options.format);
    const given = {
      command: { ...command, offline },
      folder,
      toolchain,
      bubblewrap,
      recorder,
      signing,
      started,
    };
    await buildJudged(given, judged, fetching, options);
  } finally {
    await fetching.close();
  }
}

function sandboxHere(): Bubblewrap {
  if (process.platform === 'linux') return findBubblewrap();
  throw new BuildError('build/no-sandbox', 'builds are kept in by bubblewrap, which is for Linux alone', {
    next: 'Build on Linux, or with --no-sandbox, which the results then say.',
  });
}

async function judge(command: CargoCommand, options: BuildCommandOptions): Promise<JudgedProject> {
  const judged = await judgeProject({
    manifestPath: command.manifestPath ?? 'Cargo.toml',
    upstream: options.upstream,
    offline: options.offline,
    ...(options.policy === undefined ? {} : { policy: options.policy }),
    ...(options.server === undefined ? {} : { server: options.server }),
    ...(options.advisoryDb === undefined ? {} : { advisoryDb: options.advisoryDb }),
  });
  const { verdict, policy } = judged.verdict;
  const colour = verdict === 'allow' ? 'green' : verdict === 'deny' ? 'red' : 'yellow';
  phase('verdict', `${paint(colour, verdict, process.stderr)} by policy ${policy.slice(0, 12)}`);
  return judged;
}

function refuseOptions({ env = [], read = [] }: BuildCommandOptions): void {
  const secret = env.find(isSecretName);
  if (secret !== undefined)
    throw new BuildError('build/command', `${secret} holds a secret by its name, and reaches no build`, {
      next: 'Fetch with it beforehand: the fetch phase has your variables, the compile phase never has.',
    });
  const odd = read.find(
    (path) => !isAbsolute(path) || statSync(path, { throwIfNoEntry: false }) === undefined,
  );
  if (odd !== undefined)
    throw new BuildError('build/command', `--read ${odd} names no folder by its whole path`, {
      next: 'Give it from the root: --read /opt/openssl',
    });
}

const codes = {
  'build/command': 'cli/usage',
  'build/no-bubblewrap': 'cli/unreachable',
  'build/no-sandbox': 'cli/unreachable',
  'build/no-toolchain': 'cli/unreachable',
  'build/no-identity': 'cli/unreachable',
  'build/outside': 'cli/refused',
  'build/config': 'cli/file',
  'build/fetch': 'cli/unreachable',
  'build/altered': 'cli/refused',
  'build/failed': 'cli/refused',
  'build/limit': 'cli/refused',
  'build/not-allowed': 'cli/refused',
  'build/not-as-resolved': 'cli/refused',
  'build/unread': 'cli/refused',
  'build/no-artefact': 'cli/refused',
} as const satisfies Readonly<Record<BuildError['code'], string>>;

function asCliError(error: BuildError): ConstructorParameters<typeof CliError> {
  return [codes[error.code], error.message, { next: error.next, cause: error }];
}
