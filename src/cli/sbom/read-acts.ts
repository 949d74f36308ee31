import { type BomDiff, type ChangedComponent, diffBoms } from '../../bom/diff.ts';
import { BomError } from '../../bom/error.ts';
import { guidelineFields } from '../../bom/guideline.ts';
import { purlText } from '../../bom/purl.ts';
import type { ForeignBom, ForeignComponent } from '../../bom/read/foreign.ts';
import { readBom } from '../../bom/read/read.ts';
import { CliError, exit } from '../shared/error.ts';
import { textOrInput } from '../shared/named-file.ts';
import { table } from '../shared/table.ts';
import { paint, print, printable } from '../shared/terminal.ts';

export interface ReadOptions {
  readonly format: 'text' | 'json';
}

/** Prints what differs between two documents. Throws `CliError`. */
export async function diffSboms(old: string, current: string, { format }: ReadOptions): Promise<void> {
  if (old === '-' && current === '-')
    throw new CliError('cli/usage', 'standard input is one document, and two are compared');
  const diff = diffBoms(documentAt(old), documentAt(current));
  if (format === 'json') {
    const { added, removed, changed, same } = diff;
    print(
      JSON.stringify(
        {
          added: added.map(shown),
          removed: removed.map(shown),
          changed: changed.map(({ old, new: now, what }) => ({ what, old: shown(old), new: shown(now) })),
          same,
        },
        null,
        2,
      ),
    );
    return;
  }
  for (const component of diff.added) print(`${paint('green', '+')} ${label(component)}`);
  for (const component of diff.removed) print(`${paint('red', '-')} ${label(component)}`);
  for (const change of diff.changed) print(`${paint('yellow', '~')} ${changeText(change)}`);
  print(countText(diff));
}

function countText({ added, removed, changed, same }: BomDiff): string {
  return `${added.length} added, ${removed.length} removed, ${changed.length} changed, ${same} the same.`;
}

function changeText({ old, new: now, what }: ChangedComponent): string {
  const versions = what.includes('version') ? ` → ${printable(now.version ?? '?')}` : '';
  const others = what.filter((word) => word !== 'version').join(', ');
  return `${label(old)}${versions}${others === '' ? '' : ` (${others})`}`;
}

function label({ name, version }: ForeignComponent): string {
  return `${printable(name)}${version === undefined ? '' : ` ${printable(version)}`}`;
}

function shown({ name, version, purl }: ForeignComponent) {
  return { name, version: version ?? null, purl: purl === undefined ? null : purlText(purl) };
}

/** How many components without a field are named in a line. */
const named = 3;

/** Prints what a document lacks of what guidelines ask for. Throws `CliError`. */
export async function checkSbom(file: string, { format }: ReadOptions): Promise<void> {
  const bom = documentAt(file);
  const fields = guidelineFields(bom);
  const lacking = fields.filter(({ missing }) => missing !== undefined);
  process.exitCode = lacking.length === 0 ? exit.ok : exit.problem;
  if (format === 'json') {
    const rows = fields.map(({ id, what, asked, missing }) => ({
      id,
      what,
      asked,
      missing: missing === undefined ? null : missing === 'document' ? missing : missing.map(shown),
    }));
    print(JSON.stringify({ file, format: bom.format, version: bom.version, fields: rows }, null, 2));
    return;
  }
  const count = bom.components.length + (bom.subject === undefined ? 0 : 1);
  print(`${printable(file)}: ${bom.format} ${printable(bom.version)}, ${count} components`);
  const rows = lacking.map(({ what, asked, missing }) => [
    paint('red', '✖'),
    what,
    missing === undefined || missing === 'document'
      ? 'the document'
      : `${missing.length} of ${count}: ${missing.slice(0, named).map(label).join(', ')}${missing.length > named ? ', …' : ''}`,
    paint('dim', asked.join(', ')),
  ]);
  for (const line of table([], rows)) print(`  ${line}`);
  print(
    lacking.length === 0
      ? `It has all ${fields.length} fields that BSI TR-03183-2 2.1.0 and CISA’s draft of 2025 ask for.`
      : `${lacking.length} of ${fields.length} fields are missing.`,
  );
}

function documentAt(file: string): ForeignBom {
  const text = textOrInput(file);
  try {
    return readBom(text);
  } catch (error) {
    if (!(error instanceof BomError)) throw error;
    const named = file === '-' ? 'standard input' : printable(file);
    throw new CliError('cli/file', `${named}: ${printable(error.message)}.`, {
      ...(error.code === 'bom/format'
        ? { next: 'Name a document: CycloneDX in JSON or XML, SPDX in JSON or in tags with values.' }
        : {}),
      cause: error,
    });
  }
}
