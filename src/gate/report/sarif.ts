import { createHash } from 'node:crypto';
import { counts, exceptedBy } from '../../policy/excepted.ts';
import { rules } from '../../policy/rules/index.ts';
import type { GateFinding, GateVerdict } from '../change.ts';
import { fails } from '../order.ts';
import { sayAbout, sayLimits } from './plain.ts';
import { printable } from './printable.ts';

/**
 * The findings as SARIF 2.1.0 (OASIS, section 3). What was there before is `unchanged` against the base, or `updated` where
 * the change makes it worse; what a waiver excepts is suppressed with its reason.
 */
export function sarifOf(
  { verdict, changes, debt }: GateVerdict,
  version: string,
  isCompared: boolean,
): object {
  const own = changes.flatMap(({ findings }) => findings);
  const ids = [...new Set([...own, ...debt].map(({ rule }) => rule))].sort();
  const indexOf = new Map(ids.map((id, index) => [id, index]));
  const result = (finding: GateFinding, state: 'new' | 'unchanged' | 'updated') => ({
    ruleId: finding.rule,
    ruleIndex: indexOf.get(finding.rule),
    level: state === 'unchanged' ? 'note' : state === 'new' && fails(finding) ? 'error' : 'warning',
    ...(isCompared ? { baselineState: state } : {}),
    message: { text: sentenceOf(finding) },
    ...locationsOf(finding),
    partialFingerprints: { 'safeguard/v1': fingerprint(finding) },
    ...(counts(finding)
      ? {}
      : { suppressions: [{ kind: 'external', justification: printable(exceptedBy(finding).trim()) }] }),
    properties: {
      effect: finding.effect,
      crate: finding.crate,
      ...(finding.version === undefined ? {} : { version: finding.version }),
      ...(finding.until === undefined ? {} : { until: finding.until }),
      ...(finding.evidence.advisory === undefined ? {} : { advisory: finding.evidence.advisory }),
      next: finding.next,
    },
  });
  return {
    $schema: schema,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Safeguard', version, rules: ids.map(ruleOf) } },
        columnKind: 'unicodeCodePoints',
        results: [
          ...own.map((finding) => result(finding, 'new')),
          ...debt.map((finding) => result(finding, finding.worse === undefined ? 'unchanged' : 'updated')),
        ],
        properties: { verdict },
      },
    ],
  };
}

/** Where the standard keeps its schema. */
const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** Rules of a policy's own have no page. */
function ruleOf(id: string): object {
  const doc = rules.find((rule) => rule.id === id)?.doc;
  if (doc === undefined) return { id };
  const short = /^.*?[.](?= |$)/s.exec(doc)?.[0] ?? doc;
  return { id, shortDescription: { text: short }, fullDescription: { text: doc } };
}

function sentenceOf(finding: GateFinding): string {
  const subject = sayAbout(finding);
  return printable(`${subject}: ${finding.message}${sayLimits(finding)} ${finding.next}`);
}

function locationsOf({ evidence: { file, line, column } }: GateFinding): object {
  if (file === undefined) return {};
  const region =
    line === undefined
      ? {}
      : { region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) } };
  return { locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(file) }, ...region } }] };
}

function uriOf(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/');
}

/** Stays the same while the finding does, wherever its line moves. */
function fingerprint({ rule, crate, version, evidence }: GateFinding): string {
  const identity = JSON.stringify([
    rule,
    crate,
    version ?? null,
    evidence.advisory ?? null,
    evidence.file ?? null,
  ]);
  return createHash('sha256').update(identity).digest('hex');
}
