import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import { readLockfile } from '../../gate/project/lockfile-reader.ts';
import { canonicalJson } from '../../policy/canonical-json.ts';
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
  // From the end on, so that the places of the others stay right.
  let left = text;
  const byHand: UnusedEntry[] = [];
  for (const entry of entries.toSorted((a, b) => b.line - a.line)) {
    const without = withoutEntry(left, entry);
    if (without === undefined) byHand.push(entry);
    else left = without;
  }
  for (const { what, line } of entries.filter((entry) => !byHand.includes(entry)))
    print(printable(`${place.policyName}:${line}: ${what}`));
  for (const { what, line } of byHand)
    print(
      printable(
        `${place.policyName}:${line}: ${what} stays: it shares its line with others, take it out by hand`,
      ),
    );
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

/**
 * The text without the table of a list (`[[…]]`) that a line is in, or without the line where it holds one element of a list;
 * `undefined` where neither leaves what was meant.
 */
function withoutEntry(text: string, { line, element }: UnusedEntry): string | undefined {
  const lines = text.split('\n');
  const at = line - 1;
  const own = lines[at] ?? '';
  if (/^\s*\[\[/.test(own)) {
    let end = at + 1;
    while (end < lines.length && !/^\s*\[/.test(lines[end] ?? '')) end++;
    // What is said in front of the next table is about that.
    while (end > at + 1 && /^\s*(#.*)?$/.test(lines[end - 1] ?? '') && end < lines.length) end--;
    // One empty line between what is left is enough.
    if ((lines[at - 1] ?? '') === '' && lines[end] === '') end++;
    return checked(text, [...lines.slice(0, at), ...lines.slice(end)].join('\n'));
  }
  if (element === undefined) return undefined;
  const written = JSON.stringify(element).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const alone = new RegExp(`^\\s*${written}\\s*,?\\s*(?:#.*)?$`);
  for (let i = at; i < lines.length && (i === at || !/^\s*\[/.test(lines[i] ?? '')); i++) {
    const each = lines[i] ?? '';
    const shorter = alone.test(each)
      ? []
      : [each.replace(new RegExp(`,\\s*${written}|${written}\\s*,?\\s*`), '')];
    if (shorter[0] === each) continue;
    return checked(text, [...lines.slice(0, i), ...shorter, ...lines.slice(i + 1)].join('\n'));
  }
  return undefined;
}

/** Only what still reads, and says less than before, is written. */
function checked(before: string, after: string): string | undefined {
  try {
    return canonicalJson(parse(after)).length < canonicalJson(parse(before)).length ? after : undefined;
  } catch {
    return undefined;
  }
}
