import { readBundle } from '../attest/bundle.ts';
import { AttestError } from '../attest/error.ts';
import { type KnownSession, sessionStanding } from '../attest/session.ts';
import { kindOf, readStatement, type Statement, type StatementKind } from '../attest/statement.ts';
import { BomError } from '../bom/error.ts';
import { readBom } from '../bom/read/read.ts';
import { judgeSigned } from '../policy/verify/judge.ts';
import type { Finding } from '../policy/verify/sayings.ts';
import type { VerifySettings } from '../policy/verify/settings.ts';
import type { ReadSigned, Signed } from '../policy/verify/signers.ts';
import type { ArtefactRecord } from '../store/inventory/records.ts';
import { statementOfBom } from './from-bom.ts';
import { readProvenance } from './provenance.ts';
import type { ArtefactStatement, StatementHead } from './statement.ts';
import { verdictOf, weightier } from './verdict.ts';

/** Whom and what the inventory believes: what `safeguard verify` does. */
export interface Trust {
  /** `undefined`: nobody's signature counts. */
  readonly read: ReadSigned | undefined;
  readonly settings: VerifySettings;
  /** Whether what was built must have been fetched by a session that this server opened. */
  readonly ownSession: boolean;
}

/** The sessions that a server opened. */
export interface SessionBook {
  readonly find: (id: string) => Promise<KnownSession | undefined>;
  /** The address under which clients reach this server; `undefined`: not known. */
  readonly server: string | undefined;
  /** Sessions that ended before are forgotten: epoch milliseconds. */
  readonly since: number;
}

/** What is known of the session by which a signed provenance says that it fetched; `null`: it names none. */
export type SessionWord = ArtefactRecord['session'];

/** What a signature makes of a statement. */
export type Checked =
  /** Its components are the signed document's, and what is said of its source and verdict is signed, too. */
  | {
      readonly kind: 'signed';
      readonly statement: ArtefactStatement;
      /** Whose signatures they are, in words. */
      readonly signedBy: readonly string[];
      readonly session: SessionWord;
    }
  /** It stands on the word of whoever sent it; with the reason where signatures came with it and do not count. */
  | { readonly kind: 'unsigned'; readonly reason: string | undefined };

/** The statements without which nothing is known by a signature, whatever else is wanted. */
const always = ['provenance', 'sbom'] as const;

/**
 * Holds what came with a statement against what is believed, as `safeguard verify` does: all of it has to hold, each
 * about the very bytes of the file. Then nothing of the sender's own list counts. A verdict that is not to let it in is
 * no doubt of what is signed, and is said. `bundles` are Sigstore bundles, as JSON.
 */
export async function checkSigned(
  statement: StatementHead,
  bundles: readonly string[],
  { read, settings, ownSession }: Trust,
  sessions: SessionBook,
): Promise<Checked> {
  const { file } = statement;
  if (bundles.length === 0) return { kind: 'unsigned', reason: undefined };
  if (read === undefined) return unsigned('this server goes by nobody’s ([artefacts] of its server.toml)');
  if (file === undefined) return unsigned('it says of no file what its bytes are');
  const { findings, signed } = judgeSigned(
    { sha256: file.sha256 },
    bundles.map((text) => ({ about: nameOf(text), text })),
    [...new Set<StatementKind>([...always, ...settings.require])],
    read,
    { settings, sbom: () => ({ said: 'signed', problem: undefined }) },
  );
  const problems = problemsIn(findings);
  if (problems.length > 0) return unsigned(problems.join('; '));
  const session = await sessionWord(signed, ownSession, sessions);
  if (typeof session === 'object' && session !== null) return unsigned(session.problem);
  const [sbom, provenance] = (['sbom', 'provenance'] as const).map((kind) => signedOf(signed, kind)[0]);
  if (sbom === undefined || provenance === undefined) throw new Error('what is required is not there');
  try {
    const listed = statementOfBom(readBom(JSON.stringify(sbom.predicate)), statement.name);
    const { project, commit, built, builder, lockfile } = readProvenance(provenance) ?? {};
    const verdicts = signedOf(signed, 'verdict').map(({ predicate }) => verdictOf(predicate));
    return {
      kind: 'signed',
      signedBy: [...new Set(signed.map(({ by }) => by.replace(/^signed by /, '')))],
      session,
      statement: {
        ...listed,
        name: statement.name,
        version: undefined,
        // What the signed document says of these bytes counts, and the sender's word where it says nothing.
        file: { ...file, ...listed.file, sha256: file.sha256 },
        project,
        commit,
        built,
        builder,
        lockfile,
        verdict: verdicts.reduce<ArtefactStatement['verdict']>(weightier, undefined),
      },
    };
  } catch (error) {
    if (!(error instanceof BomError)) throw error;
    return unsigned(`the signed SBOM cannot be read: ${error.message}`);
  }
}

/** What does not hold, the same of several kinds once: `provenance, sbom: the signature …`. */
function problemsIn(findings: readonly Finding[]): readonly string[] {
  const abouts = new Map<string, Set<string>>();
  for (const { about, problem, isRefusal = false } of findings) {
    if (problem === undefined || isRefusal) continue;
    abouts.set(problem, (abouts.get(problem) ?? new Set()).add(about));
  }
  return [...abouts].map(([problem, kinds]) => `${[...kinds].join(', ')}: ${problem}`);
}

function signedOf(signed: readonly Signed[], kind: StatementKind): readonly Statement[] {
  return signed
    .map(({ statement }) => statement)
    .filter(({ predicateType }) => kindOf(predicateType) === kind);
}

/** What is known of the sessions that provenance names: the least of it, where there are several. */
async function sessionWord(
  signed: readonly Signed[],
  isWanted: boolean,
  { find, server, since }: SessionBook,
): Promise<SessionWord | { readonly problem: string }> {
  let word: SessionWord = null;
  for (const { statement } of signed) {
    const standing = await sessionStanding(statement, find);
    if (standing === undefined) continue;
    if (standing.kind === 'other') return { problem: `session: ${standing.reason}` };
    if (standing.kind === 'known') {
      word ??= 'known';
      continue;
    }
    const isOurs = standing.server === undefined || isSamePlace(standing.server, server);
    // What the server has forgotten it can neither confirm nor deny.
    const isOld = standing.ends !== undefined && standing.ends < since;
    if (isOurs && !isOld) return { problem: 'session: it names a session that this server did not open' };
    word = isOurs ? 'forgotten' : 'elsewhere';
  }
  if (!isWanted || word === 'known') return word;
  const lacks = {
    none: 'it names none',
    forgotten: 'it is so old that nobody knows of it any more',
    elsewhere: 'another server opened it',
  };
  return {
    problem: `session: ${lacks[word ?? 'none']}, and [artefacts] own-session wants one of this server`,
  };
}

function isSamePlace(one: string, other: string | undefined): boolean {
  if (other === undefined || !URL.canParse(one)) return false;
  const [a, b] = [new URL(one), new URL(other)];
  return a.origin === b.origin && a.pathname.replace(/\/$/, '') === b.pathname.replace(/\/$/, '');
}

/** What a bundle says that it is of, before anybody believes it. */
function nameOf(bundle: string): string {
  try {
    return kindOf(readStatement(readBundle(bundle).payload).predicateType) ?? 'statement';
  } catch (error) {
    if (error instanceof AttestError) return 'bundle';
    throw error;
  }
}

function unsigned(reason: string): Checked {
  return { kind: 'unsigned', reason };
}
