import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { CyclonedxPieces } from '../../bom/read/cyclonedx-pieces.ts';
import { BomParts } from '../../inventory/from-bom.ts';
import type { ArtefactStatement } from '../../inventory/statement.ts';
import { CliError } from '../shared/error.ts';
import { printable } from '../shared/terminal.ts';

/** Bytes of a document that is read as a whole. */
const maxWhole = 256 * 1024 * 1024;
/** Bytes from which on CycloneDX in JSON is read bit by bit. */
const large = 16 * 1024 * 1024;
/** Bytes that are read at once. */
const atOnce = 1024 * 1024;

/** Whether a document, by its size and its beginning, is one for `largeDocument`. */
export function isLargeDocument(path: string, beginning: string): boolean {
  return statSync(path).size >= large && /"bomFormat"\s*:\s*"CycloneDX"/.test(beginning);
}

/** What CycloneDX in JSON says of an artefact, of any size: no more of it is held than is taken. Throws `BomError`, `InventoryError`. */
export function largeDocument(path: string): ArtefactStatement {
  const parts = new BomParts('CycloneDX');
  const document = new CyclonedxPieces({
    component: (each) => parts.add(each),
    needs: (from, to) => parts.needs(from, to),
  });
  const chunk = Buffer.alloc(atOnce);
  const file = openSync(path, 'r');
  try {
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk))
      document.push(chunk.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return parts.statement(document.end(), basename(path));
}

/** The text of a document. Throws `CliError` where it is too large to be read as a whole. */
export function wholeDocument(path: string): string {
  if (statSync(path).size > maxWhole)
    throw new CliError('cli/file', `${printable(path)} is larger than ${maxWhole} bytes`, {
      next: 'Add documents of one artefact and one target each, or CycloneDX in JSON, which may be larger.',
    });
  return readFileSync(path, 'utf8');
}
