import { BomError } from '../error.ts';
import { readCyclonedx } from './cyclonedx.ts';
import { cyclonedxOfXml } from './cyclonedx-xml.ts';
import type { ForeignBom } from './foreign.ts';
import { JsonValue } from './json-value.ts';
import { readSpdx2 } from './spdx-2.ts';
import { readSpdx3 } from './spdx-3.ts';
import { spdx2OfTags } from './spdx-tags.ts';

/**
 * Reads a document of CycloneDX (JSON or XML, 1.2 to 1.7) or SPDX (JSON or tags with values, 2.2 and 2.3; JSON-LD, 3.0). Throws
 * `BomError('bom/format')` for anything else, `bom/document` for JSON or XML that is broken.
 */
export function readBom(text: string): ForeignBom {
  const start = text.trimStart().replace(/^\uFEFF/, '');
  if (start.startsWith('<')) return readCyclonedx(new JsonValue(cyclonedxOfXml(start)));
  if (isTagged(start)) return readSpdx2(new JsonValue(spdx2OfTags(start)));
  let root: JsonValue;
  try {
    root = new JsonValue(JSON.parse(start));
  } catch (cause) {
    throw new BomError('bom/document', `it is no JSON: ${(cause as Error).message}`, cause);
  }
  if (root.get('bomFormat').text === 'CycloneDX') return readCyclonedx(root);
  if (root.get('spdxVersion').text?.startsWith('SPDX-2') === true) return readSpdx2(root);
  if (root.get('@graph').list().length > 0) return readSpdx3(root);
  throw new BomError('bom/format', 'it is neither CycloneDX nor SPDX');
}

/** Whether the beginning of a file may be one of a document: in JSON of any kind, in XML and tags only of one that is read here. */
export function mayBeBom(beginning: string): boolean {
  const start = beginning.replace(/^\uFEFF/, '').trimStart();
  if (start.startsWith('<')) return isCyclonedxXml(start);
  return /^[{[]/.test(start) || isTagged(start);
}

/** Whether it may be CycloneDX in XML, by its beginning. */
export function isCyclonedxXml(start: string): boolean {
  return start.startsWith('<') && start.includes('cyclonedx.org/schema/bom/');
}

/** Whether it may be SPDX 2 in tags and values: that begins with its version, but for remarks. */
export function isTagged(start: string): boolean {
  return /^(#[^\n]*\n\s*)*SPDXVersion:[ \t]*SPDX-2/.test(start);
}
