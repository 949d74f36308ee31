import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ObserveError } from '../../build/observe/error.ts';
import type { Observation, ObservedAct } from '../../build/observe/observation.ts';
import { type Reconciled, reconcile } from '../../build/observe/reconcile.ts';
import { type ObservedRun, observeRun } from '../../build/observe/run.ts';
import { GateError } from '../../gate/error.ts';
import { diskFiles } from '../../gate/project/files.ts';
import { folderSource } from '../../gate/review/release-source.ts';
import { reviewPackage } from '../../rust/package-review.ts';
import { CliError, exit } from '../shared/error.ts';
import { paint, print, printable } from '../shared/terminal.ts';

export interface ObserveOptions {
  readonly output?: string;
  readonly confine?: boolean;
  readonly format: 'text' | 'json';
}

type Actor = ObservedRun['actors'][number];

/** An actor with what its review says of what it did. */
interface Judged {
  readonly actor: Actor;
  readonly reconciled: Reconciled;
  /** Whether some of its code was not to be had, or not read. */
  readonly unread: boolean;
}

const unseen = [
  'Which variables are read: a process has all of them in its memory from the start.',
  'What macros write into the target folder: the compiler writes there itself.',
];

/** Runs a build under observation, and compares what was seen with the reviews of the code. */
export async function observe(words: readonly string[], options: ObserveOptions): Promise<void> {
  const { confine = false } = options;
  const run = await observeRun(words, process.cwd(), { confine }).catch((error: unknown) => {
    if (!(error instanceof ObserveError)) throw error;
    const code = error.code === 'observe/not-cargo' ? 'cli/usage' : 'cli/unreachable';
    throw new CliError(code, error.message, { next: error.next, cause: error });
  });
  const judged = run.actors.map((actor) => judge(actor, run.macroFolders));
  const unexpected = judged.filter(({ reconciled }) =>
    reconciled.acts.some(({ named }) => named === undefined),
  );
  const observation: Observation = {
    format: 1,
    command: words,
    confined: confine,
    exit: run.exit,
    actors: run.actors.map(({ env: _, ...actor }) => actor),
    unseen,
  };
  if (options.output !== undefined)
    writeFileSync(options.output, `${JSON.stringify(observation, null, 2)}\n`);
  if (options.format === 'json')
    print(JSON.stringify({ ...observation, reconciled: judged.map(asJson) }, null, 2));
  else for (const line of lines(judged)) print(line);
  process.exitCode =
    run.exit === 0 ? (unexpected.length > 0 ? exit.problem : exit.ok) : (run.exit ?? exit.interrupted);
}

/** The code that ran is reviewed as it lies where cargo took it from. */
function judge(actor: Actor, macroFolders: ObservedRun['macroFolders']): Judged {
  const folders =
    actor.kind === 'build-script'
      ? [actor.manifestDir]
      : actor.macros.map((file) => macroFolders.get(crateOf(file)));
  const reviews = folders.map((folder) => (folder === undefined ? undefined : reviewOf(folder, actor.kind)));
  const shapes = reviews.flatMap((review) => review?.shapes ?? []);
  const unread = reviews.some((review) => review === undefined || review.opaque);
  return { actor, reconciled: reconcile(actor.acts, shapes, actor), unread };
}

/** `libserde_derive-0123.so` is of `serde_derive`. */
function crateOf(file: string): string {
  return file.replace(/^lib/, '').replace(/-[0-9a-f]+\.\w+$/, '');
}

function reviewOf(
  folder: string,
  kind: Actor['kind'],
): { readonly shapes: readonly string[]; readonly opaque: boolean } | undefined {
  try {
    const { buildScript, macros } = reviewPackage(folderSource(folder, diskFiles));
    const review = kind === 'build-script' ? buildScript : macros;
    return review === undefined ? undefined : { shapes: review.shapes, opaque: review.opaque.length > 0 };
  } catch (error) {
    if (error instanceof GateError) return undefined;
    throw error;
  }
}

function lines(judged: readonly Judged[]): readonly string[] {
  const told = judged.filter(({ actor }) => actor.acts.length > 0);
  const acts = judged.flatMap(({ reconciled }) => reconciled.acts);
  const unexpected = acts.filter(({ named }) => named === undefined);
  return [
    '',
    ...told.flatMap(({ actor, reconciled, unread }) => [
      paint('bold', printable(headOf(actor))),
      ...reconciled.acts.map(({ act, named }) =>
        named === undefined
          ? `  ${paint('red', 'unexpected')}  ${printable(sayAct(act))}`
          : `  ${paint('green', 'confirmed ')}  ${printable(sayAct(act))}  ${paint('dim', printable(named))}`,
      ),
      ...(reconciled.notSeen.length === 0
        ? []
        : [`  ${paint('dim', printable(`not seen here: ${reconciled.notSeen.join('; ')}`))}`]),
      ...(unread ? [`  ${paint('yellow', 'not all of its code could be read')}`] : []),
      '',
    ]),
    `${judged.length} build scripts and compilers with macros; ${judged.length - told.length} of them did nothing but write where they should.`,
    unexpected.length === 0
      ? paint('green', `${acts.length} acts were seen, and all of them were expected.`)
      : paint('red', `${acts.length} acts were seen, ${unexpected.length} of which nobody expected.`),
  ];
}

function headOf({ kind, crate, version, macros }: Actor): string {
  return kind === 'build-script'
    ? `build script of ${crate} ${version}`
    : `macros in the compiler of ${crate} ${version}: ${macros.join(', ')}`;
}

function sayAct(act: ObservedAct): string {
  const by = act.below === undefined ? '' : ` (by ${basename(act.below)})`;
  switch (act.kind) {
    case 'exec':
      return `runs ${act.argv.length === 0 ? act.program : act.argv.slice(0, 6).join(' ')}${by}`.slice(
        0,
        160,
      );
    case 'exec-failed':
      return `cannot run ${act.program}: ${act.error}${by}`;
    case 'connect':
      return `connects to ${act.address.address}${by}`;
    case 'write':
      return `${act.refused === undefined ? act.how : `not ${act.how} (${act.refused})`} ${act.path}${by}`;
  }
}

function asJson({ actor, reconciled, unread }: Judged) {
  const { kind, crate, version } = actor;
  return { kind, crate, version, unread, acts: reconciled.acts, notSeen: reconciled.notSeen };
}
