import { BomError } from '../error.ts';
import { readCyclonedx } from './cyclonedx.ts';
import type { ForeignBom } from './foreign.ts';
import { JsonValue } from './json-value.ts';
import { readSpdx2 } from './spdx-2.ts';
import { readSpdx3 } from './spdx-3.ts';

/**
 * Reads a document of CycloneDX (JSON, 1.2 to 1.7) or SPDX (JSON, 2.2 and 2.3; JSON-LD, 3.0). Throws `BomError('bom/format')`
 * for anything else, `bom/document` for JSON that is broken.
 */
export function readBom(text: string): ForeignBom {
  const start = text.trimStart();
  if (start.startsWith('<')) throw new BomError('bom/format', 'it is XML: documents are read as JSON');
  let root: JsonValue;
  try {
    root = new JsonValue(JSON.parse(start.replace(/^\uFEFF/, '')));
  } catch (cause) {
    throw new BomError('bom/document', `it is no JSON: ${(cause as Error).message}`, cause);
  }
  if (root.get('bomFormat').text === 'CycloneDX') return readCyclonedx(root);
  if (root.get('spdxVersion').text?.startsWith('SPDX-2') === true) return readSpdx2(root);
  if (root.get('@graph').list().length > 0) return readSpdx3(root);
  throw new BomError('bom/format', 'it is neither CycloneDX nor SPDX');
}
