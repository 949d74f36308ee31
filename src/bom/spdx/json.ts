import { contactOf } from '../contact.ts';
import { type Bom, byText, type Component, type Hash, type Property } from '../document.ts';
import { purlText } from '../purl.ts';
import { serialOf } from '../serial.ts';

/** An element of SPDX's graph; all but `CreationInfo` have an `spdxId`. */
type Node = Readonly<Record<string, unknown>>;

/** What a document about a `Bom` is written with: its elements' ids begin with the document's own, made of its contents. */
interface Writing {
  readonly id: (kind: string, of: string) => string;
  readonly bom: Bom;
}

/**
 * A document as SPDX 3.0.1 (JSON-LD, one `@graph`), two spaces deep. Edges to what only runs while the artefact is made have
 * the scope `build`, the others `runtime`; properties are in SPDX's form of CycloneDX's (profile Extension).
 */
export function spdxJson(bom: Bom): string {
  const serial = serialOf(JSON.stringify(bom, (_, value) => (value instanceof Map ? [...value] : value)));
  const id: Writing['id'] = (kind, of) => `${serial}#${kind}-${serialOf(of).slice('urn:uuid:'.length)}`;
  const writing: Writing = { id, bom };
  const people = agentsOf(writing);
  const inventory = [
    ...[bom.subject, ...bom.components].map((component) => packageOf(component, writing)),
    ...filesOf(writing),
    ...licensesOf(writing),
    ...edgesOf(writing),
  ];
  const sbom = element('software_Sbom', id('sbom', ''), {
    rootElement: [id('package', bom.subject.ref)],
    element: idsOf(inventory),
    software_sbomType: [sbomType[bom.phase]],
  });
  const document = element('SpdxDocument', id('document', ''), {
    profileConformance: ['core', 'software', 'simpleLicensing', 'extension'],
    rootElement: [sbom.spdxId],
    element: idsOf([sbom, ...people, ...inventory]),
  });
  const graph = [creationInfo(writing), document, sbom, ...people, ...inventory];
  return `${JSON.stringify({ '@context': context, '@graph': graph }, null, 2)}\n`;
}

const context = 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld';
const creation = '_:creation';
const sbomType = { 'pre-build': 'source', build: 'build', 'post-build': 'analyzed' } as const;
const completeness = { complete: 'complete', incomplete: 'incomplete', unknown: 'noAssertion' } as const;

function creationInfo({ bom, id }: Writing): Node {
  return {
    '@id': creation,
    type: 'CreationInfo',
    specVersion: '3.0.1',
    created: bom.created ?? '1970-01-01T00:00:00Z',
    createdBy: [creatorId({ bom, id })],
    createdUsing: bom.tools.map(({ name, version }) => id('tool', `${name} ${version}`)),
  };
}

/** Where nobody answers for the document, the program that wrote it does. */
function creatorId({ bom, id }: Writing): string {
  return id('agent', bom.creator ?? '');
}

function agentsOf(writing: Writing): readonly Node[] {
  const { bom, id } = writing;
  const authors = [bom.subject, ...bom.components].flatMap((component) => component.authors);
  const named = new Set([...(bom.creator === undefined ? [] : [bom.creator]), ...authors]);
  const tools = bom.tools.map(({ name, version }) =>
    element('Tool', id('tool', `${name} ${version}`), { name: `${name} ${version}` }),
  );
  const itself =
    bom.creator === undefined
      ? [element('SoftwareAgent', creatorId(writing), { name: bom.tools[0]?.name ?? 'safeguard' })]
      : [];
  return [...tools, ...itself, ...[...named].toSorted(byText).map((text) => agentOf(text, writing))];
}

function agentOf(text: string, { id }: Writing): Node {
  const { name, email } = contactOf(text);
  const address =
    email === undefined ? (URL.canParse(text) ? ['urlScheme', text] : undefined) : ['email', email];
  return element('Agent', id('agent', text), {
    name: name ?? email,
    ...(address === undefined
      ? {}
      : {
          externalIdentifier: [
            { type: 'ExternalIdentifier', externalIdentifierType: address[0], identifier: address[1] },
          ],
        }),
  });
}

function packageOf(component: Component, { id }: Writing): Node {
  const { ref, name, version, description, kind, purl, hashes, authors, links, properties } = component;
  const url = (wanted: string) => links.find((link) => link.kind === wanted)?.url;
  const vcs = url('vcs');
  return element('software_Package', id('package', ref), {
    name,
    ...(description === undefined ? {} : { description }),
    ...optional('software_packageVersion', version === '' ? undefined : version),
    software_primaryPurpose: kind,
    ...(purl === undefined ? {} : { software_packageUrl: purlText(purl) }),
    ...optional('software_homePage', url('website')),
    ...optional('software_downloadLocation', url('distribution')),
    ...(hashes.length === 0 ? {} : { verifiedUsing: hashes.map(hashOf) }),
    ...(authors.length === 0
      ? {}
      : { originatedBy: [...new Set(authors)].map((author) => id('agent', author)) }),
    ...(vcs === undefined
      ? {}
      : { externalRef: [{ type: 'ExternalRef', externalRefType: 'vcs', locator: [vcs] }] }),
    ...(properties.length === 0 ? {} : { extension: [extensionOf(properties)] }),
  });
}

/** The delivered file of a package, as BSI TR-03183-2 asks (8.1, SPDX 3). */
function filesOf({ bom, id }: Writing): readonly Node[] {
  return bom.components.flatMap(({ ref, file, hashes }) => {
    if (file === undefined) return [];
    const fileId = id('file', ref);
    const purposes = [
      ...(file.executable ? ['executable'] : []),
      ...(file.archive ? ['archive'] : []),
      file.structured ? 'container' : 'firmware',
    ];
    return [
      element('software_File', fileId, {
        name: file.name,
        software_additionalPurpose: purposes,
        ...(hashes.length === 0 ? {} : { verifiedUsing: hashes.map(hashOf) }),
      }),
      relationship(id('delivered', ref), 'hasDistributionArtifact', id('package', ref), [fileId]),
    ];
  });
}

function licensesOf({ bom, id }: Writing): readonly Node[] {
  const users = new Map<string, string[]>();
  for (const { license, ref } of [bom.subject, ...bom.components]) {
    if (license?.kind !== 'expression') continue;
    users.set(license.text, [...(users.get(license.text) ?? []), ref]);
  }
  return [...users]
    .toSorted(([a], [b]) => byText(a, b))
    .flatMap(([text, refs]) => {
      const license = id('license', text);
      return [
        element('simplelicensing_LicenseExpression', license, { simplelicensing_licenseExpression: text }),
        ...refs.map((ref) =>
          relationship(id('licensed', ref), 'hasDeclaredLicense', id('package', ref), [license]),
        ),
      ];
    });
}

function edgesOf({ bom, id }: Writing): readonly Node[] {
  const excluded = new Set(bom.components.filter(({ scope }) => scope === 'excluded').map(({ ref }) => ref));
  return bom.dependencies.flatMap(({ ref, dependsOn }) =>
    (['runtime', 'build'] as const).flatMap((scope) => {
      const to = dependsOn.filter((other) => excluded.has(other) === (scope === 'build'));
      if (to.length === 0) return [];
      return [
        element('LifecycleScopedRelationship', id(`depends-${scope}`, ref), {
          relationshipType: 'dependsOn',
          scope,
          from: id('package', ref),
          to: to.map((other) => id('package', other)),
          completeness: completeness[bom.completeness],
        }),
      ];
    }),
  );
}

function relationship(spdxId: string, relationshipType: string, from: string, to: readonly string[]): Node {
  return element('Relationship', spdxId, { relationshipType, from, to });
}

function extensionOf(properties: readonly Property[]): Node {
  return {
    type: 'extension_CdxPropertiesExtension',
    extension_cdxProperty: properties.map(({ name, value }) => ({
      type: 'extension_CdxPropertyEntry',
      extension_cdxPropName: name,
      extension_cdxPropValue: value,
    })),
  };
}

function hashOf({ algorithm, value }: Hash): Node {
  return { type: 'Hash', algorithm: algorithm.toLowerCase().replace('-', ''), hashValue: value };
}

function element(type: string, spdxId: string, fields: Node): Node & { readonly spdxId: string } {
  return { type, spdxId, creationInfo: creation, ...fields };
}

function optional(key: string, value: string | undefined): Node {
  return value === undefined ? {} : { [key]: value };
}

function idsOf(nodes: readonly Node[]): readonly unknown[] {
  return nodes.map(({ spdxId }) => spdxId);
}
