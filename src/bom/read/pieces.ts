import { CyclonedxPieces } from './cyclonedx-pieces.ts';
import type { ForeignBom } from './foreign.ts';
import { isTagged } from './read.ts';
import { Spdx2Pieces } from './spdx-2-pieces.ts';
import type { BomPieces, BomVisitor } from './visitor.ts';

/** A form that can be read bit by bit, with its format. */
export interface PiecesForm {
  readonly format: ForeignBom['format'];
  readonly open: (visitor: BomVisitor) => BomPieces;
}

/** By the beginning of a document how it is read bit by bit; `undefined`: it is read as a whole. */
export function piecesOf(beginning: string): PiecesForm | undefined {
  const start = beginning.replace(/^\uFEFF/, '').trimStart();
  if (/"bomFormat"\s*:\s*"CycloneDX"/.test(start))
    return { format: 'CycloneDX', open: (visitor) => new CyclonedxPieces(visitor) };
  if (/"spdxVersion"\s*:\s*"SPDX-2/.test(start))
    return { format: 'SPDX', open: (visitor) => new Spdx2Pieces(visitor, 'json') };
  if (isTagged(start)) return { format: 'SPDX', open: (visitor) => new Spdx2Pieces(visitor, 'tags') };
  return undefined;
}
