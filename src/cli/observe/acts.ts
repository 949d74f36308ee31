import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ObserveError } from '../../build/observe/error.ts';
import type { Observation } from '../../build/observe/observation.ts';
import { type Reconciled, reconcile } from '../../build/observe/reconcile.ts';
import { type ComparedReview, withHelpers } from '../../build/observe/reviews.ts';
import { type ObservedRun, observeRun } from '../../build/observe/run.ts';
import type { ObservedAct } from '../../build/record/act.ts';
import { macroName } from '../../build/record/attribute.ts';
import { GateError } from '../../gate/error.ts';
import { diskFiles } from '../../gate/project/files.ts';
import { folderSource } from '../../gate/review/release-source.ts';
import { reviewHelper } from '../../rust/library.ts';
import { reviewPackage } from '../../rust/package-review.ts';
import { CliError, exit } from '../shared/error.ts';
import { paint, print, printable } from '../shared/terminal.ts';

export interface ObserveOptions {
  readonly output?: string;
  readonly confine?: boolean;
  /** Whether everything that was seen is told, not only what nobody expected. */
  readonly all?: boolean;
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
  'What is done by io_uring: that it is used is told, and what it does by that is not.',
  'Datagrams and connections of a socket that was handed over, and what is written to memory that is shared.',
];

/** Runs a build under observation, and compares what was seen with the reviews of the code. */
export async function observe(words: readonly string[], options: ObserveOptions): Promise<void> {
  const { confine = false } = options;
  const run = await observeRun(words, process.cwd(), { confine }).catch((error: unknown) => {
    if (!(error instanceof ObserveError)) throw error;
    const code = error.code === 'observe/not-cargo' ? 'cli/usage' : 'cli/unreachable';
    throw new CliError(code, error.message, { next: error.next, cause: error });
  });
  const judged = run.actors.map((actor) => judge(actor, run));
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
  else for (const line of lines(judged, options.all === true)) print(line);
  process.exitCode =
    run.exit === 0 ? (unexpected.length > 0 ? exit.problem : exit.ok) : (run.exit ?? exit.interrupted);
}

/** The code that ran is reviewed as it lies where cargo took it from, with the libraries that a script calls. */
function judge(actor: Actor, run: ObservedRun): Judged {
  const reviews =
    actor.kind === 'build-script'
      ? scriptReviews(actor.manifestDir, run.crateFolders)
      : actor.macros.map((file) => {
          const folder = run.macroPackages.get(macroName(file))?.folder;
          return folder === undefined ? undefined : reviewOf(folder, 'macros');
        });
  const shapes = reviews.flatMap((review) => review?.shapes ?? []);
  const unread = reviews.some((review) => review === undefined || review.opaque);
  return { actor, reconciled: reconcile(actor.acts, shapes, actor), unread };
}

/** A script and, as far as they were compiled in this build, its helpers and theirs. */
function scriptReviews(
  folder: string,
  crateFolders: ObservedRun['crateFolders'],
): readonly (Reviewed | undefined)[] {
  const script = reviewOf(folder, 'build-script');
  if (script === undefined) return [undefined];
  return withHelpers(script, (name) => {
    const place = crateFolders.get(name);
    return place === undefined ? undefined : reviewOf(place, 'helper');
  });
}

interface Reviewed extends ComparedReview {
  readonly opaque: boolean;
}

function reviewOf(folder: string, kind: Actor['kind'] | 'helper'): Reviewed | undefined {
  try {
    const source = folderSource(folder, diskFiles);
    const review =
      kind === 'helper'
        ? reviewHelper(source)
        : reviewPackage(source)[kind === 'macros' ? 'macros' : 'buildScript'];
    if (review === undefined) return undefined;
    return { shapes: review.shapes, helpers: review.helpers, opaque: review.opaque.length > 0 };
  } catch (error) {
    if (error instanceof GateError) return undefined;
    throw error;
  }
}

/** What nobody expected, then a line for each that did something; with `all`, everything that each did. */
function lines(judged: readonly Judged[], all: boolean): readonly string[] {
  const told = judged.filter(({ actor }) => actor.acts.length > 0);
  const acts = judged.flatMap(({ reconciled }) => reconciled.acts);
  const surprising = told.filter(({ reconciled }) => reconciled.acts.some(isUnexpected));
  const unexpected = acts.filter(isUnexpected);
  return [
    '',
    ...surprising.flatMap(({ actor, reconciled }) => [
      paint('bold', printable(headOf(actor))),
      ...reconciled.acts
        .filter(isUnexpected)
        .map(({ act }) => `  ${paint('red', 'unexpected')}  ${printable(sayAct(act))}`),
      '',
    ]),
    ...(all ? told.flatMap(everythingOf) : told.map(lineOf)),
    ...(all || told.length === 0 ? [] : ['']),
    `${judged.length} build scripts and compilers with macros; ${judged.length - told.length} of them did nothing but write where they should.`,
    unexpected.length === 0
      ? paint('green', `${acts.length} acts were seen, and all of them were expected.`)
      : paint('red', `${acts.length} acts were seen, ${unexpected.length} of which nobody expected.`),
    ...(all || told.length === 0 ? [] : [paint('dim', 'All that was seen: --all, or --output FILE.')]),
  ];
}

function isUnexpected({ named }: Reconciled['acts'][number]): boolean {
  return named === undefined;
}

function lineOf({ actor, reconciled, unread }: Judged): string {
  const count = reconciled.acts.length;
  const unexpected = reconciled.acts.filter(isUnexpected).length;
  const said = [
    `${count} ${count === 1 ? 'act' : 'acts'}`,
    unexpected === 0 ? 'all expected' : paint('red', `${unexpected} unexpected`),
    ...(unread ? [paint('yellow', 'not all of its code could be read')] : []),
  ];
  return `${printable(headOf(actor))}: ${said.join(', ')}`;
}

function everythingOf({ actor, reconciled, unread }: Judged): readonly string[] {
  return [
    paint('bold', printable(headOf(actor))),
    ...reconciled.acts
      .filter((one) => !isUnexpected(one))
      .map(
        ({ act, named = '' }) =>
          `  ${paint('green', 'confirmed ')}  ${printable(sayAct(act))}  ${paint('dim', printable(named))}`,
      ),
    ...(reconciled.notSeen.length === 0
      ? []
      : [`  ${paint('dim', printable(`not seen here: ${reconciled.notSeen.join('; ')}`))}`]),
    ...(unread ? [`  ${paint('yellow', 'not all of its code could be read')}`] : []),
    '',
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
      return act.refused === undefined
        ? `connects to ${act.address.address}${by}`
        : `does not reach ${act.address.address} (${act.refused})${by}`;
    case 'lookup':
      return `looks up ${act.host}${by}`;
    case 'read':
      return `reads ${act.path}${by}`;
    case 'absent':
      return `finds no ${act.path}${by}`;
    case 'bind':
      return `takes connections at ${act.address.address}${by}`;
    case 'hidden':
      return `can do what nobody sees: ${act.what}${by}`;
    case 'denied':
      return `told cargo, which did not hear it: ${act.what}`;
    case 'left':
      return `leaves ${act.program} running`;
    case 'write':
      return `${act.refused === undefined ? act.how : `not ${act.how} (${act.refused})`} ${act.path}${by}`;
  }
}

function asJson({ actor, reconciled, unread }: Judged) {
  const { kind, crate, version } = actor;
  return { kind, crate, version, unread, acts: reconciled.acts, notSeen: reconciled.notSeen };
}
