import { Edges } from './edges.ts';
import type { ForeignBom, ForeignComponent } from './foreign.ts';
import { purlOf } from './identity.ts';
import { type JsonValue, present } from './json-value.ts';

/** Reads SPDX 2.2 and 2.3 in JSON. `NOASSERTION` and `NONE` say nothing. */
export function readSpdx2(root: JsonValue): ForeignBom {
  const relations = new Spdx2Relations();
  for (const each of root.get('relationships').list()) relations.add(each);
  const about = relations.aboutOf(root);
  const packages = root.get('packages').list().map(spdx2Package);
  const subject = packages.find(({ ref }) => ref !== undefined && ref === about.subject);
  return {
    ...spdx2Head(root, relations, about),
    ...present({ subject }),
    components: packages.filter((each) => each !== subject),
    dependencies: relations.edges.all(),
  };
}

/** What a document says of itself, but for its packages and edges. */
export function spdx2Head(
  root: JsonValue,
  relations: Spdx2Relations,
  { about }: Spdx2About,
): Omit<ForeignBom, 'components' | 'dependencies' | 'subject'> {
  const creators = root
    .get('creationInfo', 'creators')
    .list()
    .flatMap(({ text }) => text ?? []);
  return {
    format: 'SPDX',
    version: root.get('spdxVersion').text?.replace('SPDX-', '') ?? '',
    ...present({
      name: root.get('name').text,
      serial: root.get('documentNamespace').text,
      created: root.get('creationInfo', 'created').text,
    }),
    creators: creators.filter((text) => !text.startsWith('Tool:')).map(actorText),
    tools: creators.filter((text) => text.startsWith('Tool:')).map(toolOf),
    context: [root.get('creationInfo', 'comment').text].filter((text) => text !== undefined),
    about,
    statesCompleteness: relations.hasNone || relations.hasUnknown,
    completeness: relations.hasUnknown ? 'incomplete' : 'unknown',
    properties: [],
  };
}

/** What a document is about: references, and of the one package that it describes. */
export interface Spdx2About {
  readonly about: readonly string[];
  readonly subject: string | undefined;
}

/** The relationships of a document, given one after another. */
export class Spdx2Relations {
  readonly edges = new Edges();
  /** Whether one is to `NONE`; to `NOASSERTION`. */
  hasNone = false;
  hasUnknown = false;
  /** Pairs that say what describes what, and what is made of what. */
  readonly #describing: Relation[] = [];
  readonly #made: Relation[] = [];

  add(each: JsonValue): void {
    const [from = '', kind = '', to = ''] = [
      each.get('spdxElementId').text,
      each.get('relationshipType').text,
      each.get('relatedSpdxElement').text,
    ];
    this.hasNone ||= to === 'NONE';
    this.hasUnknown ||= to === 'NOASSERTION';
    if (kind === 'DESCRIBES' || kind === 'DESCRIBED_BY') this.#describing.push({ from, kind, to });
    else if (kind === 'GENERATED_FROM' || kind === 'GENERATES') this.#made.push({ from, kind, to });
    else putEdge(this.edges, { from, kind, to });
  }

  /** What it is about, when all were given. `root`: the document without its lists. */
  aboutOf(root: JsonValue): Spdx2About {
    const document = root.get('SPDXID').text ?? 'SPDXRef-DOCUMENT';
    const described = new Set([
      ...root
        .get('documentDescribes')
        .list()
        .flatMap(({ text }) => text ?? []),
      ...this.#describing.flatMap(({ from, kind, to }) =>
        kind === 'DESCRIBES' && from === document ? [to] : [],
      ),
      ...this.#describing.flatMap(({ from, kind, to }) =>
        kind === 'DESCRIBED_BY' && to === document ? [from] : [],
      ),
    ]);
    // cargo-sbom describes a file for each package, that is generated from it.
    const about = [
      ...described,
      ...this.#made.flatMap(({ from, kind, to }) =>
        kind === 'GENERATED_FROM' && described.has(from) ? [to] : [],
      ),
      ...this.#made.flatMap(({ from, kind, to }) =>
        kind === 'GENERATES' && described.has(to) ? [from] : [],
      ),
    ];
    return { about, subject: described.size === 1 ? [...described][0] : undefined };
  }
}

interface Relation {
  readonly from: string;
  readonly kind: string;
  readonly to: string;
}

/** Both directions in which SPDX 2 writes an edge (SPDX 2.3, 11.1). */
function putEdge(edges: Edges, { from, kind, to }: Relation): void {
  const isSaid = to !== 'NONE' && to !== 'NOASSERTION';
  if (/^(DEPENDS_ON|HAS_PREREQUISITE|STATIC_LINK|DYNAMIC_LINK)$/.test(kind))
    edges.needs(from, isSaid ? [to] : []);
  else if (kind === 'CONTAINS') edges.contains(from, isSaid ? [to] : []);
  else if (/^(.*_)?DEPENDENCY_OF$|^PREREQUISITE_FOR$|^OPTIONAL_COMPONENT_OF$/.test(kind))
    edges.needs(to, [from]);
  else if (kind === 'CONTAINED_BY') edges.contains(to, [from]);
}

/** What a package of a document is. */
export function spdx2Package(each: JsonValue): ForeignComponent {
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
      originalLicense: said(each.get('licenseDeclared'))[0],
      distributionLicense: said(each.get('licenseConcluded'))[0],
      deliveredAt: said(each.get('downloadLocation'))[0],
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
