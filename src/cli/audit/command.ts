import type { Command } from 'commander';
import { collect, countUpTo, withExamples, withFormat, withServer } from '../shared/options.ts';
import type { ExportOptions } from './export.ts';
import type { ListOptions } from './list.ts';
import type { VerifyLogOptions } from './verify.ts';

export function define(command: Command): void {
  command.description(
    'The audit log says who decided what: releases, tokens, the policy, the clock, settings. Each entry is chained to the one before, ' +
      'and its head is signed and kept beside the database, so that an edit shows. Needs the token of an auditor or an admin.',
  );
  const list = command
    .command('list')
    .summary('who decided what, newest last')
    .description('Lists the entries of the audit log.')
    .option(
      '--after <seq>',
      'begin after the entry of that number (default: the last ones)',
      countUpTo(Number.MAX_SAFE_INTEGER),
    )
    .option('--limit <n>', 'as many at most', countUpTo(1000), 50);
  withFormat(withServer(list)).action(async (options: ListOptions) => {
    const { listAudit } = await import('./list.ts');
    await listAudit(options);
  });
  withExamples(list, [
    ['safeguard audit list', 'the last 50 acts'],
    ['safeguard audit list --after 1200 --format json', 'what came after entry 1200, for a program'],
  ]);

  const exported = command
    .command('export')
    .summary('print the whole log, a line of JSON each')
    .description('Prints every entry as a line of JSON: what `audit verify --from` takes.');
  withServer(exported).action(async (options: ExportOptions) => {
    const { exportAudit } = await import('./export.ts');
    await exportAudit(options);
  });
  withExamples(exported, [['safeguard audit export > audit.jsonl', 'a copy for an archive']]);

  const verify = command
    .command('verify')
    .summary('prove that nothing was edited')
    .description(
      'Goes through the whole log: every entry must be what was written, follow the one before and carry a signature of the server’s key. ' +
        'Heads that were kept elsewhere prove how long the log was and what it said. Without --key and --anchors those of the data ' +
        'folder count, where it is on this machine.',
    )
    .option('--from <file>', 'an exported log, instead of the server’s')
    .option('--key <pem>', 'a public key that may sign; may be given several times', collect)
    .option('--anchors <file>', 'heads that were kept elsewhere; may be given several times', collect)
    .option(
      '--timestamp-ca <pem>',
      'a certificate that vouches for the service whose timestamps are among the heads; may be given several times',
      collect,
    )
    .option(
      '--trusted-root <file>',
      'a trusted_root.json that vouches for the transparency log (Rekor) that heads are in; may be given several times',
      collect,
    );
  withFormat(withServer(verify)).action(async (options: VerifyLogOptions) => {
    const { verifyAudit } = await import('./verify.ts');
    await verifyAudit(options);
  });
  withExamples(verify, [
    ['safeguard audit verify', 'with the key and the heads of ./safeguard-data'],
    [
      'safeguard audit verify --from audit.jsonl --key audit.pub --anchors /mnt/worm/heads.jsonl',
      'offline, by heads on another disk',
    ],
    [
      'safeguard audit verify --timestamp-ca tsa-ca.pem',
      'also when entries were there, by timestamps (RFC 3161)',
    ],
    ['safeguard audit verify --trusted-root trusted_root.json', 'also which of them a transparency log has'],
  ]);
  withExamples(command, [
    ['safeguard audit list', 'who decided what'],
    ['safeguard audit verify', 'prove that nothing was edited'],
  ]);
}
