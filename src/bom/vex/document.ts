import { BomError } from '../error.ts';
import { JsonValue } from '../read/json-value.ts';
import { isCsaf, readCsaf, writeCsaf } from './csaf.ts';
import { readCyclonedxVex, writeCyclonedxVex } from './cyclonedx.ts';
import { isOpenvex, readOpenvex, writeOpenvex } from './openvex.ts';
import type { VexDocument, VexFormat, VexStatement, VexWriting } from './statement.ts';

/**
 * Reads statements out of OpenVEX (0.2.0 and before), CycloneDX (JSON with `vulnerabilities`, 1.4 to 1.7) or CSAF (2.0
 * and 2.1). What of it cannot be taken is named. Throws `BomError('bom/format')` for anything else, `bom/document` for
 * JSON that is broken.
 */
export function readVex(text: string): VexDocument {
  let root: JsonValue;
  try {
    root = new JsonValue(JSON.parse(text.trimStart().replace(/^\uFEFF/, '')));
  } catch (cause) {
    throw new BomError('bom/document', `it is no JSON: ${(cause as Error).message}`, cause);
  }
  if (isOpenvex(root)) return readOpenvex(root);
  if (root.get('bomFormat').text === 'CycloneDX') return readCyclonedxVex(root);
  if (isCsaf(root)) return readCsaf(root);
  throw new BomError('bom/format', 'it is neither OpenVEX nor CycloneDX nor CSAF');
}

/** Writes statements in a format: two spaces deep, with a line break at the end. */
export function writeVex(
  format: VexFormat,
  statements: readonly VexStatement[],
  writing: VexWriting,
): string {
  switch (format) {
    case 'openvex':
      return writeOpenvex(statements, writing);
    case 'cyclonedx':
      return writeCyclonedxVex(statements, writing);
    case 'csaf':
      return writeCsaf(statements, writing);
  }
}
