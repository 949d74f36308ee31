import type { Command } from 'commander';
import { countUpTo, withExamples, withFormat, withServer } from '../shared/options.ts';
import type { BackupOptions } from './backup.ts';
import type { LockfileOptions } from './prefetch-acts.ts';
import type { RestoreOptions } from './restore.ts';
import type { StatusOptions } from './status.ts';
import type { TrustClockOptions } from './trust-clock.ts';

export function define(command: Command): void {
  command.description(
    'Shows how a running mirror does, fills it before it is needed, and keeps what it knows.',
  );
  const status = command
    .command('status')
    .summary('see how the mirror does')
    .description('Shows the upstreams, what the mirror has, what comes next, and alarms.');
  withFormat(withServer(status)).action(async (options: StatusOptions) => {
    const { showStatus } = await import('./status.ts');
    await showStatus(options);
  });
  withExamples(status, [['safeguard mirror status', 'at a glance']]);

  const prefetch = command
    .command('prefetch')
    .summary('bring in everything that a lockfile names')
    .description(
      'Asks the mirror for every crate of a lockfile, so that it has and has judged them before anyone builds. The bytes ' +
        'are checked against the lockfile and thrown away. It can be stopped and started again at any time: what the ' +
        'mirror has, it need not bring again. Exits with 1 where a release is refused, with 2 where one waits, and with ' +
        '70 where one could not be had.',
    )
    .option('--lockfile <file>', 'the lockfile', 'Cargo.lock')
    .option('--concurrency <number>', 'how many at a time', countUpTo(256), 16);
  withFormat(withServer(prefetch)).action(async (options: LockfileOptions) => {
    const { prefetchLockfile } = await import('./prefetch-acts.ts');
    await prefetchLockfile(options);
  });
  withExamples(prefetch, [
    ['safeguard mirror prefetch', 'for the Cargo.lock of this folder'],
    ['safeguard mirror prefetch --lockfile ../app/Cargo.lock --concurrency 32', 'for another, faster'],
  ]);
  const trust = command
    .command('trust-clock')
    .summary('say that the clock of the server is right')
    .description(
      'Where the clock of a server leaps by more than ten minutes, nothing is promoted until the clock of an upstream agrees. ' +
        'Where none can be asked, a person who has looked says so.',
    )
    .requiredOption('--reason <text>', 'why, for the record');
  withServer(trust).action(async (options: TrustClockOptions) => {
    const { trustClock } = await import('./trust-clock.ts');
    await trustClock(options);
  });
  withExamples(trust, [
    ['safeguard mirror trust-clock --reason "set right after a power cut"', 'end the doubt'],
  ]);
  const backup = command
    .command('backup')
    .summary('copy what a server knows, while it works')
    .description(
      'Copies the database of a data folder as of one moment, with its tokens, the key of the audit log and the heads that were kept. ' +
        'Crates are left out: they are fetched again, and only the very same bytes are taken.',
    )
    .argument('<dir>', 'a folder that is not there yet, or is empty')
    .option('--data <dir>', "the server's data folder", './safeguard-data')
    .option('--crates', 'copy the crates, too');
  withFormat(backup).action(async (to: string, options: BackupOptions) => {
    const { backUp } = await import('./backup.ts');
    await backUp(to, options);
  });
  withExamples(backup, [
    ['safeguard mirror backup /backup/2026-11-29', 'every night, while the server works'],
    ['safeguard mirror backup /backup/whole --crates', 'for where nothing can be fetched again'],
  ]);

  const restore = command
    .command('restore')
    .summary('make a data folder of a backup')
    .description(
      'Copies a backup into a data folder that is not there yet, or is empty, and checks it: that the database is sound, and that ' +
        'the audit log is what was written. Exits with 1 where it is not.',
    )
    .argument('<dir>', 'the backup')
    .option('--data <dir>', 'the data folder that a server is to be started on', './safeguard-data');
  withFormat(restore).action(async (from: string, options: RestoreOptions) => {
    const { restore } = await import('./restore.ts');
    await restore(from, options);
  });
  withExamples(restore, [
    ['safeguard mirror restore /backup/2026-11-29 --data ./safeguard-data', 'then: safeguard serve'],
  ]);
  withExamples(command, [
    ['safeguard mirror status', 'how it does'],
    ['safeguard mirror prefetch --lockfile Cargo.lock', 'fill it for a project'],
  ]);
}
