import type { Bom, Component, Property } from '../document.ts';

/** The versions that are written. BSI TR-03183-2 2.1 asks for 1.6 or later. */
export const cyclonedxVersions = ['1.7', '1.6'] as const;

export type CyclonedxVersion = (typeof cyclonedxVersions)[number];

/**
 * What is said of a crate's licence: its maker's word (BSI's original licence), and that it is the one to use it under
 * (BSI's distribution licence; TR-03183-2
 * 2.1, 3.2.8 and 8.2): between its maker and the document nobody chose another. A document of 1.6 has room for one expression.
 */
export const acknowledgements = { '1.7': ['declared', 'concluded'], '1.6': ['declared'] } as const;

/** What the delivered file is, in the names of BSI's property taxonomy 0.1.0. */
export function deliveryProperties({ file }: Component): readonly Property[] {
  if (file === undefined) return [];
  return [
    { name: 'bsi:component:filename', value: file.name },
    { name: 'bsi:component:executable', value: file.executable ? 'executable' : 'non-executable' },
    { name: 'bsi:component:archive', value: file.archive ? 'archive' : 'no archive' },
    { name: 'bsi:component:structured', value: file.structured ? 'structured' : 'unstructured' },
  ];
}

/** A document without a time of its own making is the same tomorrow (CycloneDX property taxonomy, `cdx:reproducible`). */
export function reproducible(bom: Bom): readonly Property[] {
  return bom.reproducible ? [{ name: 'cdx:reproducible', value: 'true' }] : [];
}
