import { BomError } from '../error.ts';
import { dependencyOf, identitiesOf, readCyclonedx } from './cyclonedx.ts';
import type { ForeignBom } from './foreign.ts';
import { JsonPieces } from './json-pieces.ts';
import { JsonValue } from './json-value.ts';
import type { BomPieces, BomVisitor } from './visitor.ts';

/** Lists of the document's own; what is not read of them is passed over. */
const lists = new Set([
  'components',
  'dependencies',
  'services',
  'vulnerabilities',
  'annotations',
  'formulation',
]);
/** Members that say something of the document. */
const kept = ['bomFormat', 'specVersion', 'serialNumber', 'metadata', 'compositions', 'properties'];

/**
 * Reads CycloneDX JSON of any size bit by bit. As `readBom`, but that components and edges are handed on and none is held. Throws
 * `BomError('bom/document')` for what is broken, `bom/format` for JSON of another kind.
 */
export class CyclonedxPieces implements BomPieces {
  readonly passes = 1;
  readonly #visitor: BomVisitor;
  readonly #members = new Map<string, unknown>();
  readonly #json: JsonPieces;

  constructor(visitor: BomVisitor) {
    this.#visitor = visitor;
    this.#json = new JsonPieces(
      {
        entry: (list, value) => this.#entry(list, new JsonValue(value)),
        member: (key, value) => {
          if (kept.includes(key)) this.#members.set(key, value);
        },
      },
      { lists, nested: 'components' },
    );
  }

  push(chunk: Buffer): void {
    this.#json.push(chunk);
  }

  again(): void {
    throw new Error('it is gone through once');
  }

  /** What the document says of itself, when all of it was given. */
  end(): Omit<ForeignBom, 'components' | 'dependencies'> {
    this.#json.end();
    const root = new JsonValue(Object.fromEntries(this.#members));
    if (root.get('bomFormat').text !== 'CycloneDX') throw new BomError('bom/format', 'it is no CycloneDX');
    const { components, dependencies: _, ...bom } = readCyclonedx(root);
    // Those inside of its subject.
    for (const each of components) this.#visitor.component(each);
    return bom;
  }

  #entry(list: string, value: JsonValue): void {
    if (list === 'components') for (const each of identitiesOf(value)) this.#visitor.component(each);
    if (list !== 'dependencies') return;
    const found = dependencyOf(value);
    if (found !== undefined) this.#visitor.needs(found.ref, found.dependsOn);
  }
}
