import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import {
  countUpTo,
  withExamples,
  withFormat,
  withReason,
  withServer,
  withTableFormat,
} from '../shared/options.ts';
import { states } from '../shared/release-state.ts';
import type { ActKind, ActOptions } from './act.ts';
import type { DecisionsOptions } from './decisions.ts';
import type { QuarantineOptions } from './list.ts';
import type { ShowOptions } from './show.ts';

export function define(command: Command): void {
  command.description(
    'Shows what the mirror holds back and why, and takes the decisions that are yours to take.',
  );
  defineList(command.command('list').summary('list releases by state'));
  defineShow(command.command('show').summary('explain what was decided on a release, and why'));
  defineAct(command.command('request').summary('say that you need a release that is held back'), 'request');
  defineAct(command.command('approve').summary('say yes to a release that waits for a review'), 'approve');
  defineAct(command.command('reject').summary('say no to it'), 'reject');
  defineAct(command.command('take-back').summary('take back what was decided on a release'), 'take-back');
  defineDecisions(command.command('decisions').summary('list what people decided'));
  defineAct(command.command('block').summary('block a crate, or one release of it'), 'block');
  defineAct(command.command('unblock').summary('lift such a block'), 'unblock');
  defineAct(command.command('break-glass').summary('ask to end a cool-down early'), 'break-glass');
  withExamples(command, [
    ['safeguard quarantine list --state held', 'what waits, and until when'],
    ['safeguard quarantine show serde@1.0.219', 'why one release is where it is'],
    ['safeguard quarantine list --state review', 'what waits for a person, and how many wait for it'],
  ]);
}

function defineDecisions(command: Command): void {
  command
    .description(
      'Lists what people decided on releases that waited for a review, the newest first: who, why, and whether it still stands.',
    )
    .option('--crate <name>', 'only those on this crate')
    .option('--registry <name>', 'only those on releases from this upstream registry')
    .option('--limit <n>', 'at most so many (default: 100)', countUpTo(1000))
    .option('--after <cursor>', 'the next page, as the one before names it');
  withTableFormat(withServer(command)).action(async (options: DecisionsOptions) => {
    const { decisions } = await import('./decisions.ts');
    await decisions(options);
  });
  withExamples(command, [
    ['safeguard quarantine decisions', 'all of them'],
    ['safeguard quarantine decisions --crate openssl-sys', 'on one crate'],
  ]);
}

function defineList(command: Command): void {
  command
    .description(
      'Lists the releases that wait or are refused, the latest change first; with --state, those in that state. What waits for a ' +
        'review (--state review) is sorted by how many wait for it: its refused downloads are counted.',
    )
    .addOption(
      new Option('--state <state>', 'those in this state, or in several with commas between')
        .choices(states)
        .argParser(statesIn),
    )
    .option('--crate <name>', 'only those of this crate')
    .option('--registry <name>', 'only those from this upstream registry')
    .option('--limit <n>', 'at most so many (default: 100)', countUpTo(1000))
    .option('--after <cursor>', 'the next page, as the one before names it');
  withTableFormat(withServer(command)).action(async (options: QuarantineOptions) => {
    const { list } = await import('./list.ts');
    await list(options);
  });
  withExamples(command, [
    ['safeguard quarantine list', 'all that is held back'],
    ['safeguard quarantine list --state blocked --format json', 'for a script'],
    ['safeguard quarantine list --crate serde --limit 10', 'one crate'],
    ['safeguard quarantine list --format csv', 'every page, for a spreadsheet'],
  ]);
}

function dayOrTime(text: string): string {
  const isDay = z.iso.date().safeParse(text).success;
  if (!isDay && !z.iso.datetime({ offset: true }).safeParse(text).success)
    throw new InvalidArgumentError('Expected a day, such as 2027-01-31, or a time in RFC 3339.');
  return text;
}

function statesIn(text: string): string {
  for (const state of text.split(','))
    if (!(states as readonly string[]).includes(state))
      throw new InvalidArgumentError(`Allowed are ${states.join(', ')}.`);
  return text;
}

function defineShow(command: Command): void {
  command
    .description(
      'Explains one release: its state, the rule that put it there, until when, the way out, and all that happened to ' +
        'it. Exits with 0 where it may be used, with 2 where it waits and with 1 where it is refused.',
    )
    .argument('<crate@version>', 'the release')
    .option('--registry <name>', 'the upstream registry it is from (default: the first one)');
  withFormat(withServer(command)).action(async (release: string, options: ShowOptions) => {
    const { show } = await import('./show.ts');
    await show(release, options);
  });
  withExamples(command, [
    ['safeguard quarantine show serde@1.0.219', 'in sentences'],
    ['safeguard quarantine show serde@1.0.219 --format json', "the API's answer as it stands"],
  ]);
}

const acts: Readonly<
  Record<
    ActKind,
    { readonly argument: string; readonly description: string; readonly example: readonly [string, string] }
  >
> = {
  request: {
    argument: 'crate@version',
    description:
      'Says that you need a release that is not handed out, and what for. Several people who need one share it; whoever asked does ' +
      'not approve of it. It decides nothing.',
    example: [
      'safeguard quarantine request openssl-sys@0.9.118 --reason "the fix of CVE-2026-1234"',
      'and go on',
    ],
  },
  approve: {
    argument: 'crate@version',
    description:
      'Says yes to a release that waits for a review. It is bound to the bytes and to what is found now: another finding, or ' +
      'other evidence, asks again. It ends no cool-down and answers neither malice nor a block nor broken bytes. Where the ' +
      'policy wants several people (decisions.people), it counts once that many different people have said it.',
    example: [
      'safeguard quarantine approve openssl-sys@0.9.118 --reason "read build/main.rs: it asks pkg-config"',
      'after `quarantine show`',
    ],
  },
  reject: {
    argument: 'crate@version',
    description:
      'Says no to a release that waits for a review: it is refused, whatever else is found, until that is taken back or ends.',
    example: [
      'safeguard quarantine reject openssl-sys@0.9.118 --reason "nobody knows the host"',
      'and say why',
    ],
  },
  'take-back': {
    argument: 'crate@version',
    description: 'Takes back every decision on a release, whoever made it; the rules then decide again.',
    example: [
      'safeguard quarantine take-back openssl-sys@0.9.118 --reason "read the wrong version"',
      'yes or no',
    ],
  },
  block: {
    argument: 'crate[@version]',
    description: 'Blocks a release, or every release of a crate: it is refused until the block is lifted.',
    example: [
      'safeguard quarantine block proc-macro1 --reason "payload in build.rs"',
      'every version, from now on',
    ],
  },
  unblock: {
    argument: 'crate[@version]',
    description:
      'Lifts a block that was set with `block`. What it was set on must be named the same way: a block on a whole crate ' +
      'is not lifted for one version. The release is judged again; no other rule is overruled.',
    example: ['safeguard quarantine unblock serde@1.0.219 --reason "false alarm"', 'and judge it again'],
  },
  'break-glass': {
    argument: 'crate@version',
    description:
      'Asks that one release skip the rest of its cool-down. It counts only where the policy of the organisation ' +
      'allows it, and only once two different people have asked; it stays marked on the release.',
    example: [
      'safeguard quarantine break-glass openssl@0.10.80 --reason "fixes CVE-2026-1234"',
      'the first, or the second, of two people',
    ],
  },
};

function defineAct(command: Command, kind: ActKind): void {
  const { argument, description, example } = acts[kind];
  command
    .description(description)
    .argument(
      `<${argument}>`,
      argument === 'crate@version' ? 'the release' : 'the crate, or one release of it',
    )
    .option('--registry <name>', 'the upstream registry it is from (default: the first one)');
  if (kind === 'approve' || kind === 'reject')
    command.option(
      '--until <date>',
      'when it ends by itself: the beginning of a day (UTC), or a time',
      dayOrTime,
    );
  withFormat(withServer(withReason(command))).action(async (subject: string, options: ActOptions) => {
    const { act } = await import('./act.ts');
    await act(kind, subject, options);
  });
  withExamples(command, [example]);
}
