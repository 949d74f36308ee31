import { answererOf, contactOf, makerOf } from '../contact.ts';
import { type Bom, byText, type Component, type Hash, type Link, type Property } from '../document.ts';
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
  const authors = [bom.subject, ...bom.components].flatMap(makersOf);
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

/** Authors, and where none of them has an address the page that answers for the component. */
function makersOf(component: Component): readonly string[] {
  const maker = makerOf(component);
  return [...new Set([...component.authors, ...(maker === undefined ? [] : [maker])])];
}

/**
 * Whoever has an address is a person or, with a URL, an organisation: `Agent` alone is no creator to the tools that
 * hold documents against BSI's list.
 */
function agentOf(text: string, { id }: Writing): Node {
  const { name, email } = contactOf(text);
  const answerer = answererOf(text);
  const [type, identifierType, identifier] =
    answerer === undefined
      ? ['Agent']
      : 'url' in answerer
        ? ['Organization', 'urlScheme', answerer.url]
        : ['Person', 'email', answerer.contact.email];
  return element(type, id('agent', text), {
    name: name ?? email,
    ...(identifier === undefined
      ? {}
      : {
          externalIdentifier: [
            { type: 'ExternalIdentifier', externalIdentifierType: identifierType, identifier },
          ],
        }),
  });
}

function packageOf(component: Component, { id }: Writing): Node {
  const { ref, name, version, description, kind, purl, hashes, links, properties } = component;
  const makers = makersOf(component);
  const url = (wanted: string) => links.find((link) => link.kind === wanted)?.url;
  const vcs = url('vcs');
  return element('software_Package', id('package', ref), {
    name,
    ...(description === undefined ? {} : { description }),
    ...optional('software_packageVersion', version === '' ? undefined : version),
    software_primaryPurpose: kind,
    ...(purl === undefined
      ? {}
      : {
          software_packageUrl: purlText(purl),
          externalIdentifier: [
            {
              type: 'ExternalIdentifier',
              externalIdentifierType: 'packageUrl',
              identifier: purlText(purl),
            },
          ],
        }),
    ...optional('software_homePage', url('website')),
    ...optional('software_downloadLocation', url('distribution')),
    ...(hashes.length === 0 ? {} : { verifiedUsing: hashes.map(hashOf) }),
    ...(makers.length === 0 ? {} : { originatedBy: makers.map((maker) => id('agent', maker)) }),
    ...(vcs === undefined ? {} : { externalRef: [externalRef('vcs', [vcs])] }),
    ...(properties.length === 0 ? {} : { extension: [extensionOf(properties)] }),
  });
}

/** The delivered file of a package, and of a crate the archive of its sources, which is the same one (BSI TR-03183-2 2.1, 8.2). */
function filesOf({ bom, id }: Writing): readonly Node[] {
  return [bom.subject, ...bom.components].flatMap(({ ref, file, hashes, links }) => {
    if (file === undefined) return [];
    const fileId = id('file', ref);
    const at = (kind: Link['kind']) => links.filter((link) => link.kind === kind).map(({ url }) => url);
    const [delivered, source] = [at('distribution'), at('source-distribution')];
    const places = [
      ...(delivered.length === 0 ? [] : [externalRef('binaryArtifact', delivered)]),
      ...(source.length === 0 ? [] : [externalRef('sourceArtifact', source)]),
    ];
    const purposes = [
      ...(file.executable ? ['executable'] : []),
      ...(file.archive ? ['archive'] : []),
      file.structured ? 'container' : 'firmware',
    ];
    return [
      element('software_File', fileId, {
        name: file.name,
        ...(source.length === 0 ? {} : { software_primaryPurpose: 'source' }),
        software_additionalPurpose: purposes,
        ...(places.length === 0 ? {} : { externalRef: places }),
        ...(hashes.length === 0 ? {} : { verifiedUsing: hashes.map(hashOf) }),
      }),
      relationship(id('delivered', ref), 'hasDistributionArtifact', id('package', ref), [fileId]),
      ...(source.length === 0
        ? []
        : [relationship(id('source', ref), 'generates', fileId, [id('package', ref)])]),
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
        ...refs.flatMap((ref) => [
          relationship(id('licensed', ref), 'hasDeclaredLicense', id('package', ref), [license]),
          relationship(id('concluded', ref), 'hasConcludedLicense', id('package', ref), [license]),
        ]),
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

function externalRef(externalRefType: string, locator: readonly string[]): Node {
  return { type: 'ExternalRef', externalRefType, locator };
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
