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

/**
 * SPDX 2 in tags and values, as the value that its JSON form would be, as far as that is read here (SPDX 2.3, annexes C and G). What is no
 * tag is passed over.
 */
export function spdx2OfTags(text: string): object {
  const document = new Map<string, string>();
  const creation = new Map<string, string>();
  const creators: string[] = [];
  const packages: Package[] = [];
  const relationships: object[] = [];
  // What a tag is about is what began last; of files, snippets and remarks nothing is read.
  let about: Package | 'document' | 'other' = 'document';
  for (const [tag, value] of tagsOf(text)) {
    const [first, second, third] = value.split(/\s+/);
    if (tag === 'PackageName') {
      about = { fields: new Map([['name', value]]), checksums: [], externalRefs: [] };
      packages.push(about);
    } else if (/^(FileName|SnippetSPDXID|LicenseID|Reviewer|Annotator)$/.test(tag)) about = 'other';
    else if (tag === 'Relationship')
      relationships.push({ spdxElementId: first, relationshipType: second, relatedSpdxElement: third });
    else if (tag === 'Creator') creators.push(value);
    else if (about === 'document') {
      put(document, documentFields[tag], value);
      put(creation, creationFields[tag], value);
    } else if (about !== 'other') {
      put(about.fields, packageFields[tag], value);
      if (tag === 'PackageChecksum')
        about.checksums.push({ algorithm: first?.replace(/:$/, ''), checksumValue: second });
      if (tag === 'ExternalRef') about.externalRefs.push({ referenceType: second, referenceLocator: third });
    }
  }
  return {
    ...Object.fromEntries(document),
    creationInfo: { ...Object.fromEntries(creation), creators },
    packages: packages.map(({ fields, ...lists }) => ({ ...Object.fromEntries(fields), ...lists })),
    relationships,
  };
}

function put(fields: Map<string, string>, name: string | undefined, value: string): void {
  if (name !== undefined) fields.set(name, value);
}

/** Tags with their values; one in `<text>` may go over several lines. */
function* tagsOf(text: string): Generator<readonly [tag: string, value: string]> {
  const line = /^[ \t]*([A-Za-z]+):[ \t]*(?:<text>([\s\S]*?)<\/text>|(.*))/gm;
  for (const [, tag = '', whole, plain] of text.matchAll(line)) yield [tag, (whole ?? plain ?? '').trim()];
}
