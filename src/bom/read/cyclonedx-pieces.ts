import { BomError } from '../error.ts';
import { dependencyOf, identitiesOf, readCyclonedx } from './cyclonedx.ts';
import { componentOfXml, cyclonedxOfRoot, dependencyOfXml } from './cyclonedx-xml.ts';
import { type DocumentReader, jsonDocument, textDocument } from './document-reader.ts';
import type { ForeignBom } from './foreign.ts';
import { JsonValue } from './json-value.ts';
import type { BomPieces, BomVisitor } from './visitor.ts';
import { XmlPieces } from './xml.ts';

/** Lists of the document's own; what is not read of them is passed over. */
const lists = new Set([
  'components',
  'dependencies',
  'services',
  'vulnerabilities',
  'annotations',
  'formulation',
]);
const nested = { inside: 'components', key: 'components' };
/** Members that say something of the document. */
const kept = ['bomFormat', 'specVersion', 'serialNumber', 'metadata', 'compositions', 'properties'];

/**
 * Reads CycloneDX of any size, in JSON or in XML, bit by bit. As `readBom`, but that components and edges are handed on
 * and none is held. Throws `BomError('bom/document')` for what is broken, `bom/format` for a document of another kind.
 */
export class CyclonedxPieces implements BomPieces {
  readonly passes = 1;
  readonly #visitor: BomVisitor;
  readonly #reader: DocumentReader;

  constructor(visitor: BomVisitor, form: 'json' | 'xml') {
    this.#visitor = visitor;
    const found: Found = {
      component: (value) => {
        for (const each of identitiesOf(value)) visitor.component(each);
      },
      dependency: (value) => {
        const said = dependencyOf(value);
        if (said !== undefined) visitor.needs(said.ref, said.dependsOn);
      },
    };
    this.#reader = form === 'json' ? jsonReader(found) : xmlReader(found);
  }

  push(chunk: Buffer): void {
    this.#reader.push(chunk);
  }

  again(): void {
    throw new Error('it is gone through once');
  }

  /** What the document says of itself, when all of it was given. */
  end(): Omit<ForeignBom, 'components' | 'dependencies'> {
    const root = new JsonValue(this.#reader.end());
    if (root.get('bomFormat').text !== 'CycloneDX') throw new BomError('bom/format', 'it is no CycloneDX');
    const { components, dependencies: _, ...bom } = readCyclonedx(root);
    // Those inside of its subject.
    for (const each of components) this.#visitor.component(each);
    return bom;
  }
}

interface Found {
  readonly component: (each: JsonValue) => void;
  readonly dependency: (each: JsonValue) => void;
}

function jsonReader(found: Found): DocumentReader {
  const entry = (list: string, value: unknown) => {
    if (list === 'components') found.component(new JsonValue(value));
    if (list === 'dependencies') found.dependency(new JsonValue(value));
  };
  return jsonDocument(entry, kept, { lists, nested });
}

function xmlReader(found: Found): DocumentReader {
  const xml = new XmlPieces(
    (list, element) => {
      if (list === 'components') found.component(new JsonValue(componentOfXml(element)));
      if (list === 'dependencies') found.dependency(new JsonValue(dependencyOfXml(element)));
    },
    { lists, nested },
  );
  return textDocument({ push: (text) => xml.push(text), end: () => cyclonedxOfRoot(xml.end()) });
}
