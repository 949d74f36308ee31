import { userInfo } from 'node:os';
import type { Yes } from '../../gate/review/approve.ts';
import { CliError } from '../shared/error.ts';

/** Who says yes and why. Throws `CliError` where a program would say it in nobody's name. */
export async function whoApproves(options: {
  readonly as?: string;
  readonly reason?: string;
  readonly expires?: string;
}): Promise<Pick<Yes, 'by' | 'reason'>> {
  const { as, reason, expires } = options;
  if (expires !== undefined && (!/^\d{4}-\d{2}-\d{2}$/.test(expires) || Number.isNaN(Date.parse(expires))))
    throw new CliError('cli/usage', `\`${expires}\` is no date`, { next: 'Write it as 2027-01-31.' });
  if (as === undefined && !(process.stdin.isTTY && process.stdout.isTTY)) {
    throw new CliError('cli/refused', 'an approval is a person’s, and nobody sits at this terminal', {
      next: 'Run it at a terminal, or say who approves with --as NAME.',
    });
  }
  if (reason === undefined || reason.trim() === '')
    throw new CliError('cli/usage', 'an approval needs its reason', {
      next: 'Add --reason "…": what was read, and why it may.',
    });
  return { by: as ?? personHere(), reason };
}

/** The name that this person's git signs with, else that of their account. */
export function personHere(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return env.GIT_AUTHOR_NAME || env.GIT_COMMITTER_NAME || userInfo().username;
}
