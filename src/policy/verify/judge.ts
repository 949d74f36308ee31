import { AttestError } from '../../attest/error.ts';
import { buildType, buildTypeIn } from '../../attest/provenance.ts';
import { kindOf, type StatementKind } from '../../attest/statement.ts';
import { summaryIn } from '../../attest/summary.ts';
import { type Finding, sayings, type Wanted } from './sayings.ts';
import type { ReadSigned, Signed } from './signers.ts';

/** A bundle, and what it is called where something is said of it. */
export interface NamedBundle {
  readonly about: string;
  /** Sigstore's, as JSON; absent where there is none. */
  readonly text: string | undefined;
}

/** What was looked at, and which statements are signed by whoever counts, about these bytes. */
export interface Judged {
  readonly findings: readonly Finding[];
  readonly signed: readonly Signed[];
}

/**
 * Holds what is said of a program against who signs and what is wanted: the one judgement of `safeguard verify` and of
 * the inventory. `digests` are those of the program that are known (hex); each that a statement gives has to be the
 * same, and SHA-256 among them. All bundles have to hold, and be at least one; `required` kinds have to be among them,
 * and those without which what is wanted would be asked of nothing. A verdict has to be that of the build whose
 * provenance is there.
 */
export function judgeSigned(
  digests: { readonly sha256: string } & Readonly<Record<string, string>>,
  bundles: readonly NamedBundle[],
  required: readonly StatementKind[],
  read: ReadSigned,
  wanted: Wanted,
): Judged {
  const findings: Finding[] = [];
  const signed: Signed[] = [];
  for (const { about, text } of bundles) {
    const one = text === undefined ? 'it is not there' : taken(text, digests, read);
    if (typeof one === 'string') {
      findings.push({ about, said: '', problem: one });
      continue;
    }
    signed.push(one);
    findings.push({ about, said: `${one.by}, about these bytes`, problem: undefined });
    findings.push(...sayings(one.statement, wanted));
  }
  findings.push(...strangeVerdicts(signed));
  const kinds = signed.map(({ statement }) => kindOf(statement.predicateType));
  const failed = findings.filter(({ problem }) => problem !== undefined).map(({ about }) => about);
  // What was said of it already is not said twice.
  for (const kind of new Set([...required, ...asked(wanted)]))
    if (!kinds.includes(kind) && !failed.includes(kind))
      findings.push({ about: kind, said: '', problem: `no ${kind} was signed for this file` });
  if (findings.length === 0)
    findings.push({ about: 'statements', said: '', problem: 'nothing was signed for this file' });
  return { findings, signed };
}

/** The kinds of statements that what is wanted is asked of. */
function asked({ builderId, settings, hasSbom = false }: Wanted): readonly StatementKind[] {
  const { builders = [], sources = [], jobs = [], policies = [] } = settings ?? {};
  const ofProvenance =
    builderId !== undefined ||
    builders.length + sources.length + jobs.length > 0 ||
    settings?.['clean-source'] === true ||
    settings?.sandbox === true ||
    settings?.reproduced === true;
  return [
    ...(ofProvenance ? (['provenance'] as const) : []),
    ...(policies.length > 0 ? (['verdict'] as const) : []),
    ...(hasSbom ? (['sbom'] as const) : []),
  ];
}

/** Verdicts that name the provenance which they were given by, where a build of ours is there and none of it is that. */
function strangeVerdicts(signed: readonly Signed[]): readonly Finding[] {
  const own = signed.filter(({ statement }) => buildTypeIn(statement.predicate) === buildType);
  if (own.length === 0) return [];
  const builds = new Set(signed.map(({ sha256 }) => sha256));
  return signed.flatMap(({ statement: { predicateType, predicate } }): readonly Finding[] => {
    if (kindOf(predicateType) !== 'verdict') return [];
    const { inputs } = summaryIn(predicate);
    if (inputs.length === 0 || inputs.some((one) => builds.has(one))) return [];
    return [
      { about: 'verdict', said: '', problem: 'it was given of another build than this provenance is of' },
    ];
  });
}

/** A sentence where its signature is nobody's that counts, or it is about other bytes. */
function taken(
  bundle: string,
  digests: { readonly sha256: string } & Readonly<Record<string, string>>,
  read: ReadSigned,
): Signed | string {
  try {
    const signed = read(bundle);
    const isSubject = signed.statement.subject.some(
      ({ digest }) =>
        digest.sha256 === digests.sha256 &&
        Object.entries(digest).every(
          ([name, value]) => !Object.hasOwn(digests, name) || digests[name] === value,
        ),
    );
    return isSubject ? signed : 'it is about other bytes than this file has';
  } catch (error) {
    if (!(error instanceof AttestError)) throw error;
    return error.message;
  }
}
