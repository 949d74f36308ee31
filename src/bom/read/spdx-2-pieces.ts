import { BomError } from '../error.ts';
import { type DocumentReader, jsonDocument, textDocument } from './document-reader.ts';
import type { ForeignBom } from './foreign.ts';
import { JsonValue, present } from './json-value.ts';
import { Spdx2Relations, spdx2Head, spdx2Package } from './spdx-2.ts';
import { SpdxTags } from './spdx-tags.ts';
import type { BomPieces, BomVisitor } from './visitor.ts';

/** Lists of a document; what is not read of them is passed over. */
const lists = new Set([
  'packages',
  'relationships',
  'files',
  'snippets',
  'annotations',
  'hasExtractedLicensingInfos',
]);
/** Members that say something of the document. */
const kept = ['spdxVersion', 'SPDXID', 'name', 'documentNamespace', 'creationInfo', 'documentDescribes'];

/**
 * Reads SPDX 2 of any size, in JSON or in tags with values, bit by bit, as `readBom` does. It is gone through twice:
 * what its packages are to each other, and which one it is about, may stand behind them. Throws
 * `BomError('bom/document')` for what is broken, `bom/format` for a document of another kind.
 */
export class Spdx2Pieces implements BomPieces {
  readonly passes = 2;
  readonly #visitor: BomVisitor;
  readonly #isTagged: boolean;
  /** Until it was gone through once. */
  #relations: Spdx2Relations | undefined;
  #reader: DocumentReader;
  /** By the first time through. */
  #head: ReturnType<typeof spdx2Head> | undefined;
  #subjectRef: string | undefined;
  #subject: ReturnType<typeof spdx2Package> | undefined;

  constructor(visitor: BomVisitor, form: 'json' | 'tags') {
    this.#visitor = visitor;
    this.#isTagged = form === 'tags';
    const relations = new Spdx2Relations();
    this.#relations = relations;
    this.#reader = this.#begin({ package: () => {}, relationship: (each) => relations.add(each) });
  }

  push(chunk: Buffer): void {
    this.#reader.push(chunk);
  }

  /** It was gone through once, and begins again. */
  again(): void {
    const root = new JsonValue(this.#reader.end());
    if (root.get('spdxVersion').text?.startsWith('SPDX-2') !== true)
      throw new BomError('bom/format', 'it is no SPDX 2');
    const relations = this.#relations;
    if (relations === undefined) throw new Error('it was gone through once');
    this.#relations = undefined;
    const about = relations.aboutOf(root);
    this.#head = spdx2Head(root, relations, about);
    this.#subjectRef = about.subject;
    for (const [from, to] of relations.edges.each()) this.#visitor.needs(from, to);
    this.#reader = this.#begin({ package: (each) => this.#package(each), relationship: () => {} });
  }

  end(): Omit<ForeignBom, 'components' | 'dependencies'> {
    this.#reader.end();
    if (this.#head === undefined) throw new Error('it was gone through once');
    return { ...this.#head, ...present({ subject: this.#subject }) };
  }

  #package(value: JsonValue): void {
    const each = spdx2Package(value);
    const isSubject = each.ref !== undefined && each.ref === this.#subjectRef;
    if (isSubject && this.#subject === undefined) this.#subject = each;
    else this.#visitor.component(each);
  }

  #begin(found: Found): DocumentReader {
    return this.#isTagged ? tagReader(found) : jsonReader(found);
  }
}

interface Found {
  readonly package: (each: JsonValue) => void;
  readonly relationship: (each: JsonValue) => void;
}

function jsonReader(found: Found): DocumentReader {
  const entry = (list: string, value: unknown) => {
    if (list === 'packages') found.package(new JsonValue(value));
    if (list === 'relationships') found.relationship(new JsonValue(value));
  };
  return jsonDocument(entry, kept, { lists });
}

function tagReader(found: Found): DocumentReader {
  return textDocument(
    new SpdxTags({
      package: (each) => found.package(new JsonValue(each)),
      relationship: (each) => found.relationship(new JsonValue(each)),
    }),
  );
}
