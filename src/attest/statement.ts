import { AttestError } from './error.ts';
import { jsonIn } from './json.ts';

/** What is said of artefacts (in-toto Attestation Framework, spec/v1/statement.md). Plain JSON. */
export interface Statement<P = unknown> {
  readonly _type: typeof statementType;
  readonly subject: readonly Subject[];
  readonly predicateType: string;
  readonly predicate: P;
}

/** An artefact, known by its digests (lower-case hex). */
export interface Subject {
  readonly name: string;
  readonly digest: Readonly<Record<string, string>>;
}

/** Something that a statement names (spec/v1/resource_descriptor.md). */
export interface Resource {
  readonly name?: string;
  readonly uri?: string;
  readonly digest?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

export const statementType = 'https://in-toto.io/Statement/v1';

/** What a statement's payload is called in an envelope. */
export const payloadType = 'application/vnd.in-toto+json';

/** The kinds of statements that a build makes. */
export const predicates = {
  provenance: 'https://slsa.dev/provenance/v1',
  verdict: 'https://slsa.dev/verification_summary/v1',
  sbom: 'https://cyclonedx.org/bom',
} as const;

/** A kind of statement about a program. */
export type StatementKind = keyof typeof predicates;

/**
 * The kind that a predicate type is of: an SBOM may be CycloneDX' or SPDX' (`https://spdx.dev/Document`, with or
 * without a version); `undefined`: another.
 */
export function kindOf(predicateType: string): StatementKind | undefined {
  if (/^https:\/\/spdx\.dev\/Document(?:\/v[\d.]+)?$/.test(predicateType)) return 'sbom';
  const kinds = Object.keys(predicates) as readonly StatementKind[];
  return kinds.find((kind) => predicates[kind] === predicateType);
}

export function statement<P>(subject: readonly Subject[], predicateType: string, predicate: P): Statement<P> {
  return { _type: statementType, subject, predicateType, predicate };
}

/** Reads the payload of an envelope. Throws `AttestError('attest/statement')`. */
export function readStatement(payload: Uint8Array): Statement {
  const value = jsonIn(textOf(payload), 'attest/statement', 'what is signed');
  const { _type, subject, predicateType, predicate } = (value ?? {}) as Record<string, unknown>;
  if (_type !== statementType || !Array.isArray(subject) || typeof predicateType !== 'string')
    throw new AttestError('attest/statement', 'what is signed is no in-toto statement of version 1');
  return { _type, subject: subject.map(subjectOf), predicateType, predicate };
}

function textOf(payload: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(payload);
  } catch (cause) {
    throw new AttestError('attest/statement', 'what is signed is no JSON', cause);
  }
}

function subjectOf(value: unknown): Subject {
  const { name, digest } = (value ?? {}) as Record<string, unknown>;
  const digests = Object.entries((digest ?? {}) as Record<string, unknown>);
  if (!digests.every(([, each]) => typeof each === 'string'))
    throw new AttestError('attest/statement', 'a subject of the statement has a digest that is no text');
  return {
    name: typeof name === 'string' ? name : '',
    digest: Object.fromEntries(digests) as Subject['digest'],
  };
}
