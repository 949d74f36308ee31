import { createHash } from 'node:crypto';
import type { Bom, DeliveredFile, Hash, Property } from '../../bom/document.ts';
import { buildIdProperty, functionsProperty, segmentsProperty } from '../../bom/properties.ts';
import { type CratesInput, cratesBom } from './crates.ts';
import { reachedFrom } from './reached.ts';

/** A file that a build made. */
export interface Artefact {
  readonly name: string;
  readonly kind: 'program' | 'library';
  /** The package that it is of. */
  readonly package: { readonly name: string; readonly version: string };
  readonly sha256: string;
  readonly sha512: string;
  /** What the linker gave it, lower-case hex. */
  readonly buildId: string | undefined;
  /** SHA-256 of what its segments bring into memory (`binary/segments.ts`). */
  readonly segments: string | undefined;
  /** Which functions it has code of (`FunctionFilter.text`); `undefined`: not known. */
  readonly functions: string | undefined;
}

/** What an artefact's bytes are known by. */
export function digestsOf(bytes: Uint8Array): Pick<Artefact, 'sha256' | 'sha512'> {
  return { sha256: sha256Of(bytes), sha512: createHash('sha512').update(bytes).digest('hex') };
}

/** SHA-256 in lower-case hex. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The document about one artefact of a build: its own crates, with the features that they were compiled with in this build. */
export function artefactBom(input: CratesInput, artefact: Artefact): Bom {
  const resolution = reachedFrom(input.resolution, artefact.package);
  const bom = cratesBom({ ...input, resolution });
  const { name, kind, sha256, sha512, buildId, segments, functions } = artefact;
  const hashes: readonly Hash[] = [
    { algorithm: 'SHA-256', value: sha256 },
    { algorithm: 'SHA-512', value: sha512 },
  ];
  const file: DeliveredFile = { name, executable: kind === 'program', archive: false, structured: true };
  const properties: readonly Property[] = [
    ...bom.subject.properties,
    ...(buildId === undefined ? [] : [{ name: buildIdProperty, value: buildId }]),
    ...(segments === undefined ? [] : [{ name: segmentsProperty, value: segments }]),
    ...(functions === undefined ? [] : [{ name: functionsProperty, value: functions }]),
  ];
  return {
    ...bom,
    phase: 'build',
    subject: {
      ...bom.subject,
      kind: kind === 'program' ? 'application' : 'library',
      hashes,
      file,
      properties,
    },
  };
}
