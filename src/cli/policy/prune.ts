import { readFileSync, writeFileSync } from 'node:fs';
import { withoutElement } from '../../cargo/toml-remove.ts';
import { readLockfile } from '../../gate/project/lockfile-reader.ts';
import { type UnusedEntry, unusedEntries } from '../../policy/unused-entries.ts';
import { locate } from '../check/locate.ts';
import { CliError } from '../shared/error.ts';
import { print, printable } from '../shared/terminal.ts';

export interface PruneOptions {
  readonly lockfile?: string;
  readonly manifestPath: string;
  readonly dryRun?: true;
}

/** Takes out of a project's policy what is about nothing in its lockfile; every other byte stays. Throws `CliError`. */
export async function prunePolicy(options: PruneOptions): Promise<void> {
  const place = await locate(options);
  const { packages } = (await readLockfile(place.lockfile, place.name)).lockfile;
  const text = readPolicy(place.policy, place.policyName);
  const entries = unusedEntries({ file: place.policyName, text }, packages);
  // From the end on, so that the indexes of the others stay right.
  let left = text;
  const byHand: UnusedEntry[] = [];
  for (const entry of entries.toReversed()) {
    const without = withoutElement(left, entry.path);
    if (without === undefined) byHand.push(entry);
    else left = without;
  }
  for (const { what, line } of entries.filter((entry) => !byHand.includes(entry)))
    print(printable(`${place.policyName}:${line}: ${what}`));
  for (const { what, line } of byHand)
    print(printable(`${place.policyName}:${line}: ${what} stays: take it out by hand`));
  if (left !== text && options.dryRun !== true) writeFileSync(place.policy, left);
  const count = entries.length - byHand.length;
  print(
    `${place.policyName}: ${count} ${count === 1 ? 'entry' : 'entries'} ${options.dryRun === true ? 'would be ' : ''}taken out.`,
  );
}

function readPolicy(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CliError(
      'cli/file',
      `the policy ${name} cannot be read: ${(cause as NodeJS.ErrnoException).code}`,
      {
        cause,
        next: 'safeguard policy init',
      },
    );
  }
}
