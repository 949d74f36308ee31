import { BomError } from '../error.ts';

/** Tags that are read here, by what their field is called in JSON. */
const documentFields: Readonly<Record<string, string>> = {
  SPDXVersion: 'spdxVersion',
  SPDXID: 'SPDXID',
  DocumentName: 'name',
  DocumentNamespace: 'documentNamespace',
};
const creationFields: Readonly<Record<string, string>> = { Created: 'created', CreatorComment: 'comment' };
const packageFields: Readonly<Record<string, string>> = {
  SPDXID: 'SPDXID',
  PackageVersion: 'versionInfo',
  PackageFileName: 'packageFileName',
  PackageDownloadLocation: 'downloadLocation',
  PrimaryPackagePurpose: 'primaryPackagePurpose',
  PackageSupplier: 'supplier',
  PackageOriginator: 'originator',
  PackageLicenseConcluded: 'licenseConcluded',
  PackageLicenseDeclared: 'licenseDeclared',
};

interface Package {
  readonly fields: Map<string, string>;
  readonly checksums: object[];
  readonly externalRefs: object[];
}

/** Who is given what stands in tags and values: each as the value that its JSON form would be. */
export interface TagVisitor {
  readonly package: (each: object) => void;
  readonly relationship: (each: object) => void;
}

/**
 * SPDX 2 in tags and values, as the value that its JSON form would be, as far as that is read here (SPDX 2.3, annexes C
 * and G). What is no tag is passed over.
 */
export function spdx2OfTags(text: string): object {
  const [packages, relationships]: [object[], object[]] = [[], []];
  const tags = new SpdxTags({
    package: (each) => packages.push(each),
    relationship: (each) => relationships.push(each),
  });
  tags.push(text);
  return { ...tags.end(), packages, relationships };
}

/** The same of any size: packages and relationships are handed on as they end, and none is held. */
export class SpdxTags {
  readonly #visitor: TagVisitor;
  readonly #document = new Map<string, string>();
  readonly #creation = new Map<string, string>();
  readonly #creators: string[] = [];
  /** What a tag is about is what began last; of files, snippets and remarks nothing is read. */
  #about: Package | 'document' | 'other' = 'document';
  #rest = '';
  /** Where the end of a text is looked for that began in the rest. */
  #open: number | undefined;

  constructor(visitor: TagVisitor) {
    this.#visitor = visitor;
  }

  /** Takes the next letters. Throws `BomError` for a text longer than any. */
  push(text: string): void {
    this.#rest = this.#rest === '' ? text : this.#rest + text;
    if (this.#rest.length > maxRest) throw new BomError('bom/document', 'a text in it is too long');
    const last = this.#rest.lastIndexOf('\n') + 1;
    if (last === 0) return;
    if (this.#open !== undefined && !this.#rest.includes(end, Math.max(0, this.#open - end.length))) {
      this.#open = this.#rest.length;
      return;
    }
    this.#open = undefined;
    this.#rest = this.#rest.slice(this.#read(this.#rest.slice(0, last), false));
  }

  /** What the document says of itself, when all of it was given. */
  end(): object {
    this.#read(this.#rest, true);
    this.#endPackage();
    return {
      ...Object.fromEntries(this.#document),
      creationInfo: { ...Object.fromEntries(this.#creation), creators: this.#creators },
    };
  }

  /** Reads whole lines, and says how far: a text that has no end yet is read again with what follows. */
  #read(text: string, isLast: boolean): number {
    for (const { 0: whole, index, 1: tag = '', 2: quoted, 3: plain } of text.matchAll(line)) {
      if (!isLast && quoted === undefined && plain?.startsWith('<text>') === true) {
        this.#open = text.length;
        return index;
      }
      if (whole !== '') this.#tag(tag, (quoted ?? plain ?? '').trim());
    }
    return text.length;
  }

  #tag(tag: string, value: string): void {
    const [first, second, third] = value.split(/\s+/);
    const about = this.#about;
    if (tag === 'PackageName') {
      this.#endPackage();
      this.#about = { fields: new Map([['name', value]]), checksums: [], externalRefs: [] };
    } else if (/^(FileName|SnippetSPDXID|LicenseID|Reviewer|Annotator)$/.test(tag)) {
      this.#endPackage();
      this.#about = 'other';
    } else if (tag === 'Relationship')
      this.#visitor.relationship({
        spdxElementId: first,
        relationshipType: second,
        relatedSpdxElement: third,
      });
    else if (tag === 'Creator') this.#creators.push(value);
    else if (about === 'document') {
      put(this.#document, documentFields[tag], value);
      put(this.#creation, creationFields[tag], value);
    } else if (about !== 'other') {
      put(about.fields, packageFields[tag], value);
      if (tag === 'PackageChecksum')
        about.checksums.push({ algorithm: first?.replace(/:$/, ''), checksumValue: second });
      if (tag === 'ExternalRef') about.externalRefs.push({ referenceType: second, referenceLocator: third });
    }
  }

  #endPackage(): void {
    if (typeof this.#about !== 'object') return;
    const { fields, ...lists } = this.#about;
    this.#visitor.package({ ...Object.fromEntries(fields), ...lists });
    this.#about = 'other';
  }
}

/** Letters of what has not ended. */
const maxRest = 64 * 1024 * 1024;

/** Tags with their values; one in `<text>` may go over several lines. */
const line = /^[ \t]*([A-Za-z]+):[ \t]*(?:<text>([\s\S]*?)<\/text>|(.*))/gm;
const end = '</text>';

function put(fields: Map<string, string>, name: string | undefined, value: string): void {
  if (name !== undefined) fields.set(name, value);
}
