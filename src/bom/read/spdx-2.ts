import { Edges } from './edges.ts';
import type { ForeignBom, ForeignComponent } from './foreign.ts';
import { purlOf } from './identity.ts';
import { type JsonValue, present } from './json-value.ts';

/** Reads SPDX 2.2 and 2.3 in JSON. `NOASSERTION` and `NONE` say nothing. */
export function readSpdx2(root: JsonValue): ForeignBom {
  const creators = root
    .get('creationInfo', 'creators')
    .list()
    .flatMap(({ text }) => text ?? []);
  const relations = root
    .get('relationships')
    .list()
    .map((each) => ({
      from: each.get('spdxElementId').text ?? '',
      kind: each.get('relationshipType').text ?? '',
      to: each.get('relatedSpdxElement').text ?? '',
    }));
  const document = root.get('SPDXID').text ?? 'SPDXRef-DOCUMENT';
  const described = new Set([
    ...root
      .get('documentDescribes')
      .list()
      .flatMap(({ text }) => text ?? []),
    ...relations.filter(({ from, kind }) => from === document && kind === 'DESCRIBES').map(({ to }) => to),
    ...relations.filter(({ kind, to }) => to === document && kind === 'DESCRIBED_BY').map(({ from }) => from),
  ]);
  // cargo-sbom describes a file for each package, that is generated from it.
  const about = [
    ...described,
    ...relations
      .filter(({ from, kind }) => kind === 'GENERATED_FROM' && described.has(from))
      .map(({ to }) => to),
    ...relations.filter(({ kind, to }) => kind === 'GENERATES' && described.has(to)).map(({ from }) => from),
  ];
  const packages = root.get('packages').list().map(packageOf);
  const subject =
    described.size === 1 ? packages.find(({ ref }) => ref !== undefined && described.has(ref)) : undefined;
  return {
    format: 'SPDX',
    version: root.get('spdxVersion').text?.replace('SPDX-', '') ?? '',
    ...present({
      name: root.get('name').text,
      serial: root.get('documentNamespace').text,
      created: root.get('creationInfo', 'created').text,
      subject,
    }),
    creators: creators.filter((text) => !text.startsWith('Tool:')).map(actorText),
    tools: creators.filter((text) => text.startsWith('Tool:')).map(toolOf),
    context: [root.get('creationInfo', 'comment').text].filter((text) => text !== undefined),
    components: packages.filter((each) => each !== subject),
    about,
    dependencies: edgesOf(relations).all(),
    statesCompleteness: relations.some(({ to }) => to === 'NONE' || to === 'NOASSERTION'),
    completeness: relations.some(({ to }) => to === 'NOASSERTION') ? 'incomplete' : 'unknown',
    properties: [],
  };
}

interface Relation {
  readonly from: string;
  readonly kind: string;
  readonly to: string;
}

/** Both directions in which SPDX 2 writes an edge (SPDX 2.3, 11.1). */
function edgesOf(relations: readonly Relation[]): Edges {
  const edges = new Edges();
  for (const { from, kind, to } of relations) {
    const isSaid = to !== 'NONE' && to !== 'NOASSERTION';
    if (/^(DEPENDS_ON|HAS_PREREQUISITE|STATIC_LINK|DYNAMIC_LINK)$/.test(kind))
      edges.needs(from, isSaid ? [to] : []);
    else if (kind === 'CONTAINS') edges.contains(from, isSaid ? [to] : []);
    else if (/^(.*_)?DEPENDENCY_OF$|^PREREQUISITE_FOR$|^OPTIONAL_COMPONENT_OF$/.test(kind))
      edges.needs(to, [from]);
    else if (kind === 'CONTAINED_BY') edges.contains(to, [from]);
  }
  return edges;
}

function packageOf(each: JsonValue): ForeignComponent {
  const hashes = each
    .get('checksums')
    .list()
    .flatMap((sum) => {
      const [algorithm, value] = [sum.get('algorithm').text, sum.get('checksumValue').text];
      return algorithm === undefined || value === undefined
        ? []
        : [{ algorithm: algorithm.replace(/^SHA(?=\d{3}$)/, 'SHA-'), value: value.toLowerCase() }];
    });
  const purls = each
    .get('externalRefs')
    .list()
    // Also by the whole address of the type.
    .filter((reference) => /(^|\/)purl$/.test(reference.get('referenceType').text ?? ''))
    .flatMap((reference) => reference.get('referenceLocator').text ?? []);
  const ref = each.get('SPDXID').text;
  const [name, version] = [each.get('name').text ?? '', each.get('versionInfo').text];
  const filename = each.get('packageFileName').text;
  return {
    name,
    creators: [each.get('originator'), each.get('supplier')].flatMap((actor) => said(actor)).map(actorText),
    licenses: said(each.get('licenseConcluded'))
      .concat(said(each.get('licenseDeclared')))
      .slice(0, 1),
    hashes,
    properties: [],
    ...present({
      ref,
      kind: each.get('primaryPackagePurpose').text?.toLowerCase() ?? scannedKind(ref),
      version,
      purl: purlOf({ name, version, purls, places: said(each.get('downloadLocation')) }),
      filename,
      deliveredSha512:
        filename === undefined ? undefined : hashes.find(({ algorithm }) => algorithm === 'SHA-512')?.value,
    }),
  };
}

/** SPDX 2.2 has no word for what a package is; syft has one in its references for what it scanned. */
function scannedKind(ref: string | undefined): string | undefined {
  return /^SPDXRef-DocumentRoot-(Directory|File|Image|Snap)-/.test(ref ?? '') ? 'file' : undefined;
}

function said(value: JsonValue): string[] {
  const { text } = value;
  return text === undefined || text === 'NOASSERTION' || text === 'NONE' ? [] : [text];
}

/** `Person: Name (address)`: the address where there is one, else the name. */
function actorText(text: string): string {
  const actor = text.replace(/^(Person|Organization):\s*/, '');
  return /\(([^()\s]+@[^()\s]+)\)\s*$/.exec(actor)?.[1] ?? actor.replace(/\s*\(\s*\)\s*$/, '');
}

/** `Tool: name-version`. */
function toolOf(text: string): ForeignBom['tools'][number] {
  const tool = text.replace(/^Tool:\s*/, '');
  const match = /^(.*?)-v?(\d[\w.+-]*)$/.exec(tool);
  return match === null ? { name: tool } : { name: match[1] ?? tool, ...present({ version: match[2] }) };
}
