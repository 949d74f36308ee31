import { BomError } from '../error.ts';
import type { ForeignBom } from './foreign.ts';
import { JsonPieces } from './json-pieces.ts';
import { JsonValue } from './json-value.ts';
import { ids, packageTypes, readSpdx3, Spdx3Relations, spdx3Id, spdx3Identity, spdx3Type } from './spdx-3.ts';
import type { BomPieces, BomVisitor } from './visitor.ts';

/** Elements that say something of the document: the first of each counts. */
const heads = ['CreationInfo', 'SpdxDocument', 'software_Sbom'];
/** What a package has through a relationship, and how many of one subject are looked at. */
const having = /^has(DistributionArtifact|DeclaredLicense|ConcludedLicense)$/;
const mostHad = 100;

/**
 * Reads SPDX 3.0 in JSON-LD of any size bit by bit, as `readBom` does, but that packages are handed on by what they say
 * themselves. It is gone through twice: the first time for what its elements are to each other, and which one it is
 * about; and a third time where what that one has stands before where that is said. Throws `BomError('bom/document')`
 * for what is broken, `bom/format` for another kind.
 */
export class Spdx3Pieces implements BomPieces {
  readonly #visitor: BomVisitor;
  #json: JsonPieces;
  #pass = 1;
  /** Until it was gone through once. */
  #relations: Spdx3Relations | undefined = new Spdx3Relations();
  #completeness: Spdx3Relations['completeness'] | undefined;
  readonly #heads = new Map<string, object>();
  #root: string | undefined;
  #subject: object | undefined;
  /** What the subject has. */
  readonly #having: object[] = [];
  /** Elements that are asked for by what is kept, as far as they were found. */
  readonly #wanted = new Set<string>();
  readonly #found = new Map<string, object>();

  constructor(visitor: BomVisitor) {
    this.#visitor = visitor;
    this.#json = this.#begin((value, each) => this.#first(value, each));
  }

  get passes(): number {
    const isWhole = this.#pass === 1 || this.#found.size === this.#wanted.size;
    return Math.max(this.#pass, isWhole ? 2 : 3);
  }

  push(chunk: Buffer): void {
    this.#json.push(chunk);
  }

  again(): void {
    this.#json.end();
    this.#pass++;
    if (this.#pass === 3) {
      this.#json = this.#begin((value, each) => this.#find(value, each));
      return;
    }
    const relations = this.#relations;
    if (relations === undefined) throw new Error('it was gone through once');
    this.#relations = undefined;
    this.#completeness = relations.completeness;
    for (const [from, to] of relations.edges.each()) this.#visitor.needs(from, to);
    const head = (type: string) => new JsonValue(this.#heads.get(type));
    const about = this.#heads.has('software_Sbom') ? head('software_Sbom') : head('SpdxDocument');
    const roots = ids(about.get('rootElement'));
    this.#root = roots.length === 1 ? roots[0] : undefined;
    this.#want(head('CreationInfo'), ['createdBy', 'createdUsing']);
    this.#json = this.#begin((value, each) => this.#second(value, each));
  }

  end(): Omit<ForeignBom, 'components' | 'dependencies'> {
    this.#json.end();
    if (this.#completeness === undefined) throw new Error('it was gone through once');
    const subject = this.#subject === undefined ? [] : [this.#subject];
    const graph = [...this.#heads.values(), ...subject, ...this.#having, ...this.#found.values()];
    if (graph.length === 0) throw new BomError('bom/format', 'it is no SPDX 3');
    const { components: _, dependencies: __, ...bom } = readSpdx3(new JsonValue({ '@graph': graph }));
    return { ...bom, ...this.#completeness };
  }

  #begin(visit: (value: object, each: JsonValue) => void): JsonPieces {
    const entry = (list: string, value: unknown) => {
      if (list === '@graph' && typeof value === 'object' && value !== null)
        visit(value, new JsonValue(value));
    };
    // A list of all elements, which says nothing that they do not say.
    const nested = { inside: '@graph', key: 'element' };
    return new JsonPieces({ entry, member: () => {} }, { lists: new Set(['@graph']), nested });
  }

  #first(value: object, each: JsonValue): void {
    if (each.get('relationshipType').exists) this.#relations?.add(each);
    const type = spdx3Type(each) ?? '';
    if (heads.includes(type) && !this.#heads.has(type)) this.#heads.set(type, value);
  }

  #second(value: object, each: JsonValue): void {
    this.#find(value, each);
    if (packageTypes.includes(spdx3Type(each) ?? '')) {
      const isSubject = this.#root !== undefined && spdx3Id(each) === this.#root;
      if (isSubject && this.#subject === undefined) {
        this.#subject = value;
        this.#want(each, ['originatedBy', 'suppliedBy']);
      } else this.#visitor.component(spdx3Identity(each));
    } else if (
      this.#having.length < mostHad &&
      this.#root !== undefined &&
      each.get('from').text === this.#root &&
      having.test(each.get('relationshipType').text ?? '')
    ) {
      this.#having.push(value);
      this.#want(each, ['to']);
    }
  }

  #find(value: object, each: JsonValue): void {
    const id = spdx3Id(each);
    if (id !== undefined && this.#wanted.has(id)) this.#found.set(id, value);
  }

  #want(each: JsonValue, keys: readonly string[]): void {
    for (const key of keys) for (const id of ids(each.get(key))) this.#wanted.add(id);
  }
}
