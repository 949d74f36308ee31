import { type Envelope, verifyEnvelope } from '../attest/dsse.ts';
import { AttestError } from '../attest/error.ts';
import type { Verifier } from '../attest/keys.ts';
import { builderIn } from '../attest/provenance.ts';
import { signedStatement } from '../attest/signed-statement.ts';
import { predicates, type Statement } from '../attest/statement.ts';
import { BomError } from '../bom/error.ts';
import { readBom } from '../bom/read/read.ts';
import { statementOfBom } from './from-bom.ts';
import { readProvenance } from './provenance.ts';
import type { ArtefactStatement } from './statement.ts';

/** Who may sign for artefacts. */
export interface Signers {
  readonly keys: readonly Verifier[];
  /** Who must have built them (`runDetails.builder.id`); empty: anybody whose key is known. */
  readonly builders: readonly string[];
}

/** What a signature makes of a statement. */
export type Checked =
  /** Its components are the signed document's, and what is said of its source the signed provenance's. */
  | { readonly kind: 'signed'; readonly statement: ArtefactStatement }
  /** It stands on the word of whoever sent it; with the reason where signatures came with it and do not count. */
  | { readonly kind: 'unsigned'; readonly reason: string | undefined };

/**
 * Holds what came with a statement against the keys: an SBOM and provenance have to be signed by one of them, each about the very bytes of the file. Then
 * nothing of the sender's own list counts. `bundles` are Sigstore bundles, as JSON.
 */
export function checkSigned(
  statement: ArtefactStatement,
  bundles: readonly string[],
  { keys, builders }: Signers,
): Checked {
  const { file } = statement;
  if (bundles.length === 0) return { kind: 'unsigned', reason: undefined };
  if (keys.length === 0) return unsigned('this server goes by no key ([artefacts] signers)');
  if (file === undefined) return unsigned('it says of no file what its bytes are');
  const said: Statement[] = [];
  try {
    for (const bundle of bundles)
      said.push(signedStatement(bundle, (envelope) => verifyByAny(envelope, keys)));
  } catch (error) {
    if (!(error instanceof AttestError)) throw error;
    return unsigned(error.message);
  }
  const about = said.filter(({ subject }) => subject.some(({ digest }) => digest.sha256 === file.sha256));
  const [sbom, provenance] = [predicates.sbom, predicates.provenance].map((kind) =>
    about.find(({ predicateType }) => predicateType === kind),
  );
  if (sbom === undefined) return unsigned('no SBOM is signed that is about these bytes');
  if (provenance === undefined) return unsigned('no provenance is signed that is about these bytes');
  const builder = builderIn(provenance.predicate);
  if (builders.length > 0 && !builders.includes(builder ?? ''))
    return unsigned(`${builder ?? 'nobody'} built it, which is none of [artefacts] builders`);
  try {
    const listed = statementOfBom(readBom(JSON.stringify(sbom.predicate)), statement.name);
    const { project, commit, built } = readProvenance(provenance) ?? {};
    return {
      kind: 'signed',
      statement: {
        ...listed,
        name: statement.name,
        version: undefined,
        file,
        project,
        commit,
        built,
      },
    };
  } catch (error) {
    if (!(error instanceof BomError)) throw error;
    return unsigned(`the signed SBOM cannot be read: ${error.message}`);
  }
}

/** Throws `AttestError` where none of the keys signed it. */
function verifyByAny(envelope: Envelope, keys: readonly Verifier[]): void {
  for (const key of keys)
    try {
      verifyEnvelope(envelope, key);
      return;
    } catch (error) {
      if (!(error instanceof AttestError)) throw error;
    }
  throw new AttestError('attest/signature', 'a statement is signed by none of the keys that count here');
}

function unsigned(reason: string): Checked {
  return { kind: 'unsigned', reason };
}
