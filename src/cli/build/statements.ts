import packageJson from '../../../package.json' with { type: 'json' };
import {
  predicates,
  type Resource,
  type Statement,
  type Subject,
  statement,
} from '../../attest/statement.ts';
import { verificationSummary } from '../../attest/summary.ts';
import { type ProvenanceInput, provenanceOf } from '../../build/provenance/provenance.ts';
import { sha256Of } from '../../build/sbom/artefact.ts';
import type { GateVerdict } from '../../gate/change.ts';
import type { Signing } from './signing.ts';

/** What is said of every artefact of a build. */
export interface Said {
  readonly provenance: Omit<ProvenanceInput, 'finished' | 'byproducts'>;
  readonly verdict: GateVerdict;
  readonly signing: Signing;
}

/** The kinds of statements in the names of their files. */
export const statementKinds = ['provenance', 'verdict', 'sbom'] as const;

/** The name of the file that has a statement about an artefact: signed, or as it stands. */
export function statementFile(name: string, kind: (typeof statementKinds)[number], signed: boolean): string {
  return `${name}.${kind}.${signed ? 'sigstore' : 'intoto'}.json`;
}

/**
 * What a statement's file is called until everything is in its place: a build that is killed before leaves nothing that
 * verifies.
 */
export const unfinished = '.unfinished';

/** A file that a build left beside its artefacts, as the provenance names it: with its digest, and what is said of it. */
export function byproduct(
  name: string,
  bytes: Uint8Array,
  annotations: Readonly<Record<string, boolean>> = {},
): Resource {
  return {
    name,
    digest: { sha256: sha256Of(bytes) },
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}

/**
 * What is said of one artefact, as JSON, by the names that the files are to have. `besides` is what the build left
 * beside the SBOM.
 */
export function statementsAbout(
  { name, sha256, sha512 }: { readonly name: string; readonly sha256: string; readonly sha512: string },
  sbom: { readonly file: string; readonly text: string },
  besides: readonly Resource[],
  { provenance, verdict, signing }: Said,
): ReadonlyMap<string, string> {
  const subject: readonly Subject[] = [{ name, digest: { sha256, sha512 } }];
  const byproducts = [byproduct(sbom.file, Buffer.from(sbom.text)), ...besides];
  const finished = now();
  const made = statement(
    subject,
    predicates.provenance,
    provenanceOf({ ...provenance, finished, byproducts }),
  );
  const summary = statement(
    subject,
    predicates.verdict,
    verificationSummary({
      verdict: verdict.verdict,
      policy: verdict.policy,
      resourceUri: `pkg:generic/${encodeURIComponent(name)}?checksum=sha256:${sha256}`,
      at: finished,
      version: packageJson.version,
      provenance: {
        name: statementFile(name, 'provenance', signing.isSigned),
        digest: { sha256: sha256Of(Buffer.from(JSON.stringify(made))) },
      },
    }),
  );
  const document: unknown = JSON.parse(sbom.text);
  const all: Readonly<Record<(typeof statementKinds)[number], Statement>> = {
    provenance: made,
    verdict: summary,
    sbom: statement(subject, predicates.sbom, document),
  };
  return new Map(
    statementKinds.map((kind) => [statementFile(name, kind, signing.isSigned), JSON.stringify(all[kind])]),
  );
}

/** RFC 3339, in UTC, to the second. */
export function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
