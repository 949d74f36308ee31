import { BomError } from '../error.ts';
import { readXml, type XmlElement } from './xml.ts';

/**
 * CycloneDX in XML as the value that its JSON form would be, as far as that is read here (bom-1.2.xsd to bom-1.7.xsd
 * beside their JSON schemas). Throws `BomError('bom/format')` for other XML, `bom/document` for what is broken.
 */
export function cyclonedxOfXml(text: string): object {
  return cyclonedxOfRoot(readXml(text));
}

/** The same of a document that was read. Throws `BomError('bom/format')` for other XML. */
export function cyclonedxOfRoot(root: XmlElement): object {
  const namespaces = [...root.attributes].filter(([name]) => /^xmlns(:|$)/.test(name));
  const version = namespaces.flatMap(
    ([, address]) => /cyclonedx\.org\/schema\/bom\/([\d.]+)$/.exec(address)?.[1] ?? [],
  )[0];
  if (root.name !== 'bom' || version === undefined)
    throw new BomError('bom/format', 'it is XML, and no CycloneDX');
  return {
    bomFormat: 'CycloneDX',
    specVersion: version,
    serialNumber: root.attributes.get('serialNumber'),
    metadata: metadataOf(child(root, 'metadata')),
    components: listOf(root, 'components', componentOfXml),
    dependencies: listOf(root, 'dependencies', dependencyOfXml),
    compositions: listOf(root, 'compositions', (each) => ({ aggregate: leaf(each, 'aggregate') })),
    properties: propertiesOf(root),
  };
}

/** What a `<dependency>` says that something needs. */
export function dependencyOfXml(each: XmlElement): object {
  return {
    ref: each.attributes.get('ref'),
    dependsOn: each.children
      .filter(({ name }) => name === 'dependency')
      .map((one) => one.attributes.get('ref')),
  };
}

function metadataOf(metadata: XmlElement | undefined): object | undefined {
  if (metadata === undefined) return undefined;
  const [subject, tools] = [child(metadata, 'component'), child(metadata, 'tools')];
  const named = (each: XmlElement) => ({ name: leaf(each, 'name'), version: leaf(each, 'version') });
  return {
    timestamp: leaf(metadata, 'timestamp'),
    lifecycles: listOf(metadata, 'lifecycles', (each) => ({
      phase: leaf(each, 'phase'),
      name: leaf(each, 'name'),
    })),
    // A list of tools, or since 1.5 components and services.
    tools:
      tools?.children.some(({ name }) => name === 'tool') === true
        ? tools.children.map(named)
        : tools && {
            components: listOf(tools, 'components', named),
            services: listOf(tools, 'services', named),
          },
    ...answering(metadata),
    component: subject === undefined ? undefined : componentOfXml(subject),
    properties: propertiesOf(metadata),
  };
}

/** A `<component>`, with those inside of it. */
export function componentOfXml(each: XmlElement): object {
  return {
    type: each.attributes.get('type'),
    'bom-ref': each.attributes.get('bom-ref'),
    ...Object.fromEntries(
      ['author', 'publisher', 'group', 'name', 'version', 'scope', 'purl'].map((name) => [
        name,
        leaf(each, name),
      ]),
    ),
    ...answering(each),
    hashes: hashesOf(each),
    licenses: listOf(each, 'licenses', (choice) =>
      choice.name === 'expression'
        ? { expression: choice.text.trim(), acknowledgement: choice.attributes.get('acknowledgement') }
        : {
            license: {
              id: leaf(choice, 'id'),
              name: leaf(choice, 'name'),
              acknowledgement: choice.attributes.get('acknowledgement'),
            },
          },
    ),
    externalReferences: listOf(each, 'externalReferences', (reference) => ({
      type: reference.attributes.get('type'),
      url: leaf(reference, 'url'),
      hashes: hashesOf(reference),
    })),
    evidence: {
      // Of these there may be several, without a list around them.
      identity: child(each, 'evidence')
        ?.children.filter(({ name }) => name === 'identity')
        .map((one) => ({ field: leaf(one, 'field'), concludedValue: leaf(one, 'concludedValue') })),
    },
    properties: propertiesOf(each),
    components: listOf(each, 'components', componentOfXml),
  };
}

/** Who answers for it. */
function answering(each: XmlElement): object {
  const contact = (one: XmlElement) => ({ name: leaf(one, 'name'), email: leaf(one, 'email') });
  const organisation = (name: string) => {
    const found = child(each, name);
    if (found === undefined) return [];
    const all = (kind: string) => found.children.filter((one) => one.name === kind);
    const said = {
      name: leaf(found, 'name'),
      url: all('url').map(({ text }) => text.trim()),
      contact: all('contact').map(contact),
    };
    return [[name, said] as const];
  };
  return {
    authors: listOf(each, 'authors', contact),
    ...Object.fromEntries(['manufacturer', 'manufacture', 'supplier'].flatMap(organisation)),
  };
}

function hashesOf(each: XmlElement): readonly object[] | undefined {
  return listOf(each, 'hashes', (hash) => ({ alg: hash.attributes.get('alg'), content: hash.text.trim() }));
}

function propertiesOf(each: XmlElement): readonly object[] | undefined {
  return listOf(each, 'properties', ({ attributes, text }) => ({
    name: attributes.get('name'),
    value: text,
  }));
}

function child(each: XmlElement, name: string): XmlElement | undefined {
  return each.children.find((one) => one.name === name);
}

function leaf(each: XmlElement, name: string): string | undefined {
  return child(each, name)?.text.trim();
}

function listOf<T>(each: XmlElement, name: string, read: (one: XmlElement) => T): readonly T[] | undefined {
  return child(each, name)?.children.map(read);
}
