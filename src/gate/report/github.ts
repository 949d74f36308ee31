import type { GateFinding, GateVerdict } from '../change.ts';
import { fails } from '../order.ts';
import { sayLimits } from './plain.ts';
import { printable } from './printable.ts';

/**
 * The findings as workflow commands, which GitHub shows beside the lines that they are about: errors for what fails the
 * change, warnings for what does not and for what got
 * worse, notices for the rest of what was there before.
 */
export function githubLines({ changes, debt }: GateVerdict): string[] {
  const own = changes.flatMap(({ findings }) => findings);
  return [
    ...own.map((finding) => annotation(fails(finding) ? 'error' : 'warning', finding)),
    ...debt.map((finding) => annotation(finding.worse === undefined ? 'notice' : 'warning', finding)),
  ];
}

function annotation(level: 'error' | 'warning' | 'notice', finding: GateFinding): string {
  const { rule, crate, version, message, next, evidence } = finding;
  const subject = `${crate} ${version ?? ''}`.trim();
  const properties = Object.entries({
    file: evidence.file,
    line: evidence.line,
    col: evidence.column,
    title: `${rule}: ${subject}`,
  })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${property(String(value))}`);
  return `::${level} ${properties.join(',')}::${data(`${subject}: ${message}${sayLimits(finding)} ${next}`)}`;
}

/** (actions/toolkit: packages/core/src/command.ts) */
function data(text: string): string {
  return printable(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
