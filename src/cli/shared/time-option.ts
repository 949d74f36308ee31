import { CliError, exit } from './error.ts';

/** Reads a day (its beginning, UTC) or a time as RFC 3339. Throws `CliError`; `option` is what it was given for. */
export function timeOf(text: string, option: string): string {
  const time = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (!Number.isFinite(time))
    throw new CliError('cli/usage', `${option} is no day and no time: ${text}`, {
      next: 'Give it as 2027-06-01 or 2027-06-01T12:00:00Z.',
      exit: exit.usage,
    });
  return new Date(time).toISOString();
}
