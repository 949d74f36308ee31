import { CyclonedxPieces } from './cyclonedx-pieces.ts';
import type { ForeignBom } from './foreign.ts';
import { JsonPieces } from './json-pieces.ts';
import { isCyclonedxXml, isTagged } from './read.ts';
import { Spdx2Pieces } from './spdx-2-pieces.ts';
import { Spdx3Pieces } from './spdx-3-pieces.ts';
import type { BomPieces, BomVisitor } from './visitor.ts';

/** A form that can be read bit by bit, with its format. */
export interface PiecesForm {
  readonly format: ForeignBom['format'];
  readonly open: (visitor: BomVisitor) => BomPieces;
}

const forms = {
  cyclonedx: { format: 'CycloneDX', open: (visitor) => new CyclonedxPieces(visitor, 'json') },
  cyclonedxXml: { format: 'CycloneDX', open: (visitor) => new CyclonedxPieces(visitor, 'xml') },
  spdx2: { format: 'SPDX', open: (visitor) => new Spdx2Pieces(visitor, 'json') },
  spdx2Tags: { format: 'SPDX', open: (visitor) => new Spdx2Pieces(visitor, 'tags') },
  spdx3: { format: 'SPDX', open: (visitor) => new Spdx3Pieces(visitor) },
} as const satisfies Record<string, PiecesForm>;

/**
 * By the beginning of a document how it is read bit by bit; `unclear`: it is JSON that does not say so there, for a
 * `FormFinder`. `undefined`: it is of no kind that is read here.
 */
export function piecesOf(beginning: string): PiecesForm | 'unclear' | undefined {
  const start = beginning.replace(/^\uFEFF/, '').trimStart();
  if (isCyclonedxXml(start)) return forms.cyclonedxXml;
  if (isTagged(start)) return forms.spdx2Tags;
  if (!start.startsWith('{')) return undefined;
  if (/"bomFormat"\s*:\s*"CycloneDX"/.test(start)) return forms.cyclonedx;
  if (/"spdxVersion"\s*:\s*"SPDX-2/.test(start)) return forms.spdx2;
  return /^\{\s*("@context"\s*:\s*"[^"]*"\s*,\s*)?"@graph"\s*:/.test(start) ? forms.spdx3 : 'unclear';
}

/** Finds the form of JSON whose keys are in another order: microsoft/sbom-tool has the version behind the packages. */
export class FormFinder {
  readonly #json = new JsonPieces(
    {
      entry: (list) => {
        if (list === '@graph') this.form = forms.spdx3;
      },
      member: (key, value) => {
        if (key === 'bomFormat' && value === 'CycloneDX') this.form = forms.cyclonedx;
        if (key === 'spdxVersion' && String(value).startsWith('SPDX-2')) this.form = forms.spdx2;
      },
    },
    {
      lists: new Set([
        ...['@graph', 'components', 'dependencies', 'vulnerabilities', 'services', 'annotations'],
        ...['packages', 'relationships', 'files', 'snippets', 'hasExtractedLicensingInfos', 'formulation'],
      ]),
    },
  );
  /** As soon as it is found. */
  form: PiecesForm | undefined;

  /** Takes the next bytes. Throws `BomError` for what is no JSON object. */
  push(chunk: Buffer): void {
    this.#json.push(chunk);
  }
}
