import { printable } from '../../gate/report/printable.ts';
import type { Part, ReleaseReview } from '../../gate/review/review.ts';
import { sayParts } from '../../policy/build-code-standing.ts';
import { capabilityKinds, familyOf } from '../../rust/capability/capability.ts';
import { table } from '../shared/table.ts';
import { paint } from '../shared/terminal.ts';

const colours = { deny: 'red', review: 'yellow', hold: 'yellow', warn: 'dim', allow: 'green' } as const;

/** A review for eyes at a terminal. */
export function reviewLines(review: ReleaseReview): readonly string[] {
  const { crate, version, tier, reasons, partOf, summary, verdict } = review;
  return [
    paint('bold', `${printable(crate)} ${version}`),
    `${tier}: ${printable(reasons.join(', '))}`,
    ...(partOf.length === 0 ? [] : [printable(`Its library is a part of ${sayParts(partOf)}.`)]),
    '',
    printable(summary),
    ...section(
      'What it can do while others are compiled',
      capabilityLines(review, ['build-script', 'macros']),
    ),
    ...section('What its library can do', capabilityLines(review, ['library'])),
    ...section(
      'What nobody can read',
      review.opaque.map(({ file, line, reason }) => `${printable(`${file}:${line}`)}  ${printable(reason)}`),
    ),
    ...section(
      'What it exports',
      review.surface.map(({ signature, kind, name, attributes }) => {
        const helpers = attributes.length === 0 ? '' : ` (attributes ${attributes.join(', ')})`;
        return printable(`${kind} ${name}${helpers}: ${signature}`);
      }),
    ),
    ...section('What is compiled into its macros', review.runs.map(printable)),
    ...section('Other crates that it calls', review.helpers.map(printable)),
    ...diffLines(review),
    ...section('What the policy says', findingLines(review)),
    '',
    paint(colours[verdict], verdict),
  ];
}

/** Of one file and line together, what matters most first. */
function capabilityLines({ capabilities }: ReleaseReview, parts: readonly Part[]): readonly string[] {
  const sorted = capabilities
    .filter(({ part }) => parts.includes(part))
    .toSorted((a, b) => order.indexOf(familyOf(a.kind)) - order.indexOf(familyOf(b.kind)));
  return table(
    [],
    sorted.map(({ kind, name, file, line, code, confidence, emitted }) => [
      { text: kind, style: familyColours[familyOf(kind)] ?? 'dim' },
      printable(
        `${name ?? capabilityKinds[kind].says}${confidence === 'certain' ? '' : `, ${confidence}`}${emitted === true ? ', in code that it writes' : ''}`,
      ),
      printable(`${file}:${line}`),
      { text: printable(code.slice(0, 100)), style: 'dim' },
    ]),
  );
}

const order = [
  'network',
  'concealment',
  'process',
  'filesystem',
  'environment',
  'links',
  'host',
  'codegen',
] as const;
const familyColours: Readonly<Record<string, 'red' | 'yellow' | 'dim'>> = {
  network: 'red',
  concealment: 'red',
  process: 'yellow',
  filesystem: 'yellow',
};

function diffLines({ against, diff }: ReleaseReview): readonly string[] {
  if (against === undefined) return [];
  if (diff.length === 0)
    return section(`Compared with ${against}`, ['The code that runs at build time is the same.']);
  return section(
    `Compared with ${against}`,
    diff.flatMap(({ kind, item, file, line, patch }) => [
      paint('bold', printable(`${kind} ${item}  ${file}:${line}`)),
      ...patch.split('\n').map((text) => {
        const style = text.startsWith('+') ? 'green' : text.startsWith('-') ? 'red' : 'dim';
        return `  ${paint(style, printable(text))}`;
      }),
    ]),
  );
}

function findingLines({ findings, standings }: ReleaseReview): readonly string[] {
  const said = findings.map(
    ({ effect, rule, message }) => `${paint(colours[effect], effect)} · ${printable(`${rule}: ${message}`)}`,
  );
  const quiet = standings.flatMap(({ code, standing }) => {
    if (standing.kind !== 'approved' && standing.kind !== 'carried') return [];
    const { version, by, grandfathered, together } = standing.approval;
    const how =
      grandfathered === true
        ? 'taken over unread'
        : `approved by ${printable(by)}${together === true ? ', together with others' : ''}`;
    return [
      `${code}: ${standing.kind === 'approved' ? '' : `nothing relevant differs from ${version}, `}${how}`,
    ];
  });
  return [...said, ...quiet];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', paint('bold', title), ...lines.map((line) => `  ${line}`)];
}
