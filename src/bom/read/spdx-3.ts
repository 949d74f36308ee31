import { Edges } from './edges.ts';
import { completenessOf, type ForeignBom, type ForeignComponent, type ForeignHash } from './foreign.ts';
import { purlOf } from './identity.ts';
import { type JsonValue, present } from './json-value.ts';

export const packageTypes = ['software_Package', 'ai_AIPackage', 'dataset_DatasetPackage'];

type Elements = ReadonlyMap<string, JsonValue>;

/** Reads the graph of SPDX 3.0 in JSON-LD. */
export function readSpdx3(root: JsonValue): ForeignBom {
  const graph = root.get('@graph').list();
  const elements: Elements = new Map(
    graph.flatMap((each) => {
      const id = spdx3Id(each);
      return id === undefined ? [] : [[id, each] as const];
    }),
  );
  const of = (type: string) => graph.filter((each) => spdx3Type(each) === type);
  const creation = of('CreationInfo')[0];
  const sbom = of('software_Sbom')[0];
  const relations = graph.filter((each) => each.get('relationshipType').exists);
  const outgoing = grouped(relations);
  const packages = packageTypes.flatMap(of).map((each) => packageOf(each, elements, outgoing));
  const roots = ids((sbom ?? of('SpdxDocument')[0])?.get('rootElement'));
  const subject = roots.length === 1 ? packages.find(({ ref }) => ref === roots[0]) : undefined;
  return {
    format: 'SPDX',
    version: creation?.get('specVersion').text ?? '',
    ...present({
      name: of('SpdxDocument')[0]?.get('name').text,
      serial: of('SpdxDocument')[0]?.get('spdxId').text,
      created: creation?.get('created').text,
      subject,
    }),
    creators: ids(creation?.get('createdBy')).flatMap((id) => agentTexts(elements.get(id))),
    tools: ids(creation?.get('createdUsing')).flatMap((id) => {
      const name = elements.get(id)?.get('name').text;
      const match = /^(.*) v?(\d[\w.+-]*)$/.exec(name ?? '');
      if (name === undefined) return [];
      return [match === null ? { name } : { name: match[1] ?? name, ...present({ version: match[2] }) }];
    }),
    context: ids(sbom?.get('software_sbomType')),
    components: packages.filter((each) => each !== subject),
    about: roots,
    ...relationsOf(relations).said,
    properties: [],
  };
}

/** What an element of the graph is; in JSON-LD `type` stands for `@type`, and either may be written. */
export function spdx3Type(each: JsonValue): string | undefined {
  return each.get('type').text ?? each.get('@type').text;
}

/** What an element of the graph is known by. */
export function spdx3Id(each: JsonValue): string | undefined {
  return each.get('spdxId').text ?? each.get('@id').text;
}

function relationsOf(relations: readonly JsonValue[]): Spdx3Relations {
  const all = new Spdx3Relations();
  for (const each of relations) all.add(each);
  return all;
}

/** The relationships of a document, given one after another. */
export class Spdx3Relations {
  readonly edges = new Edges();
  /** Words about completeness, as far as they count. */
  readonly #words = new Set<string>();
  #hasWords = false;

  add(each: JsonValue): void {
    const word = each.get('completeness');
    this.#hasWords ||= word.exists;
    if (word.text !== undefined)
      this.#words.add(/^(complete$|incomplete)/.test(word.text) ? word.text.slice(0, 10) : '');
    const from = each.get('from').text;
    const kind = each.get('relationshipType').text ?? '';
    if (from === undefined) return;
    if (kind === 'contains') this.edges.contains(from, ids(each.get('to')));
    else if (needing.has(kind)) this.edges.needs(from, ids(each.get('to')));
  }

  /** What they say together. */
  get said(): Pick<ForeignBom, 'dependencies' | 'statesCompleteness' | 'completeness'> {
    return { dependencies: this.edges.all(), ...this.completeness };
  }

  get completeness(): Pick<ForeignBom, 'statesCompleteness' | 'completeness'> {
    return { statesCompleteness: this.#hasWords, completeness: completenessOf([...this.#words]) };
  }
}

/** SPDX 3.0.1, Core, RelationshipType: those that say that something is needed. */
const needing = new Set([
  'dependsOn',
  'hasStaticLink',
  'hasDynamicLink',
  'hasOptionalDependency',
  'hasProvidedDependency',
  'hasPrerequisite',
]);

/** Relations by what they are from: a package looks at its own alone, of hundreds of thousands. */
function grouped(relations: readonly JsonValue[]): ReadonlyMap<string | undefined, readonly JsonValue[]> {
  const groups = new Map<string | undefined, JsonValue[]>();
  for (const each of relations) {
    const from = each.get('from').text;
    const known = groups.get(from);
    if (known === undefined) groups.set(from, [each]);
    else known.push(each);
  }
  return groups;
}

/** A package, as far as it says by itself which it is: nothing of who answers for it, licences, and its file. */
export function spdx3Identity(each: JsonValue): ForeignComponent {
  const { creators: _, ...more } = packageOf(each, nothing, nothing);
  return { ...more, creators: [] };
}

const nothing = new Map<string, never>();

function packageOf(
  each: JsonValue,
  elements: Elements,
  outgoing: ReadonlyMap<string | undefined, readonly JsonValue[]>,
): ForeignComponent {
  const ref = spdx3Id(each);
  const own = outgoing.get(ref) ?? [];
  const related = (kind: RegExp) =>
    own
      .filter((one) => kind.test(one.get('relationshipType').text ?? ''))
      .flatMap((one) => ids(one.get('to')).flatMap((id) => elements.get(id) ?? []));
  const file = related(/^hasDistributionArtifact$/)[0];
  const purposes = file === undefined ? [] : ids(file.get('software_additionalPurpose'));
  const flag = (yes: string) => (file === undefined ? undefined : purposes.includes(yes));
  const hashes = hashesOf(each.get('verifiedUsing'));
  const [name, version] = [each.get('name').text ?? '', each.get('software_packageVersion').text];
  const licensed = (kind: RegExp) =>
    related(kind).flatMap(
      (license) => license.get('simplelicensing_licenseExpression').text ?? license.get('name').text ?? [],
    );
  const [original, distribution] = [licensed(/^hasDeclaredLicense$/), licensed(/^hasConcludedLicense$/)];
  const place = (type: string) =>
    [each, ...(file === undefined ? [] : [file])]
      .flatMap((one) => one.get('externalRef').list())
      .filter((one) => one.get('externalRefType').text === type)
      .flatMap((one) => ids(one.get('locator')))[0];
  const identifiers = each
    .get('externalIdentifier')
    .list()
    .filter((one) => one.get('externalIdentifierType').text === 'packageUrl')
    .map((one) => one.get('identifier'));
  const texts = (values: readonly JsonValue[]) => values.flatMap(({ text }) => text ?? []);
  return {
    name,
    creators: [...ids(each.get('originatedBy')), ...ids(each.get('suppliedBy'))].flatMap((id) =>
      agentTexts(elements.get(id)),
    ),
    licenses: [...new Set([...original, ...distribution])],
    hashes,
    properties: propertiesOf(each),
    ...present({
      ref,
      kind: each.get('software_primaryPurpose').text?.toLowerCase(),
      version,
      purl: purlOf({
        name,
        version,
        purls: texts([each.get('software_packageUrl'), ...identifiers]),
        places: texts([each.get('software_downloadLocation')]),
      }),
      originalLicense: original[0],
      distributionLicense: distribution[0],
      deliveredAt: place('binaryArtifact') ?? each.get('software_downloadLocation').text,
      sourceAt: place('sourceArtifact'),
      filename: file?.get('name').text,
      deliveredSha512: hashesOf(file?.get('verifiedUsing')).find(({ algorithm }) => algorithm === 'SHA-512')
        ?.value,
      executable: flag('executable'),
      archive: flag('archive'),
      structured: flag('container'),
    }),
  };
}

function propertiesOf(each: JsonValue): ForeignComponent['properties'] {
  return each
    .get('extension')
    .list()
    .flatMap((extension) => extension.get('extension_cdxProperty').list())
    .flatMap((property) => {
      const name = property.get('extension_cdxPropName').text;
      return name === undefined ? [] : [{ name, value: property.get('extension_cdxPropValue').text ?? '' }];
    });
}

function hashesOf(list: JsonValue | undefined): readonly ForeignHash[] {
  return (list?.list() ?? []).flatMap((each) => {
    const [algorithm, value] = [each.get('algorithm').text, each.get('hashValue').text];
    return algorithm === undefined || value === undefined
      ? []
      : [
          {
            algorithm: algorithm.toUpperCase().replace(/^SHA(?=\d{3}$)/, 'SHA-'),
            value: value.toLowerCase(),
          },
        ];
  });
}

function agentTexts(agent: JsonValue | undefined): readonly string[] {
  if (agent === undefined) return [];
  const addresses = agent
    .get('externalIdentifier')
    .list()
    .flatMap((each) => each.get('identifier').text ?? []);
  return addresses.length > 0 ? addresses : [agent.get('name').text].filter((text) => text !== undefined);
}

/** References: one, or a list of them. */
export function ids(value: JsonValue | undefined): readonly string[] {
  return (value?.list('orOne') ?? []).flatMap(({ text }) => text ?? []);
}
