import { answererOf, type Contact, contactOf, isNamed, makerOf } from '../contact.ts';
import type { Bom, Component, Dependency, Evidence, Hash, License, Link, Property } from '../document.ts';
import { purlText } from '../purl.ts';
import { cyclonedxSerial } from './json.ts';
import { acknowledgements, type CyclonedxVersion, deliveryProperties, reproducible } from './properties.ts';
import { type Element, element, type Piece, xmlText } from './xml-text.ts';

/** A document as CycloneDX XML: what `cyclonedxJson` says, in the order of the XML schema (bom-1.7.xsd). */
export function cyclonedxXml(bom: Bom, version: CyclonedxVersion): string {
  const { created, creator } = bom;
  const metadata = element('metadata', {}, [
    leaf('timestamp', created),
    element('lifecycles', {}, [element('lifecycle', {}, [leaf('phase', bom.phase)])]),
    element('tools', {}, [element('components', {}, bom.tools.map(toolOf))]),
    isNamed(creator) ? element('authors', {}, [contactElement('author', contactOf(creator))]) : undefined,
    componentOf(bom.subject, version),
    manufacturer(creator),
    propertiesOf([...bom.properties, ...reproducible(bom)]),
  ]);
  return xmlText(
    element(
      'bom',
      {
        xmlns: `http://cyclonedx.org/schema/bom/${version}`,
        serialNumber: cyclonedxSerial(bom),
        version: '1',
      },
      [
        metadata,
        element(
          'components',
          {},
          bom.components.map((component) => componentOf(component, version)),
        ),
        element('dependencies', {}, bom.dependencies.map(dependencyOf)),
        element('compositions', {}, compositionsOf(bom)),
      ],
    ),
  );
}

function toolOf({ name, version }: Bom['tools'][number]): Element {
  return element('component', { type: 'application' }, [leaf('name', name), leaf('version', version)]);
}

function componentOf(component: Component, version: CyclonedxVersion): Element {
  const { ref, kind, name, purl, description, authors, license, hashes, links, scope, evidence } = component;
  return element('component', { type: kind, 'bom-ref': ref }, [
    manufacturer(makerOf(component)),
    authors.length === 0
      ? undefined
      : element(
          'authors',
          {},
          authors.map((author) => contactElement('author', contactOf(author))),
        ),
    leaf('name', name),
    leaf('version', component.version === '' ? undefined : component.version),
    leaf('description', description),
    leaf('scope', scope),
    hashesOf(hashes),
    license === undefined ? undefined : element('licenses', {}, licensesOf(license, version)),
    leaf('purl', purl === undefined ? undefined : purlText(purl)),
    links.length === 0 ? undefined : element('externalReferences', {}, links.map(linkOf)),
    propertiesOf([...component.properties, ...deliveryProperties(component)]),
    evidence === undefined ? undefined : element('evidence', {}, [identityOf(evidence)]),
  ]);
}

function identityOf({ field, confidence, methods }: Evidence): Element {
  return element('identity', {}, [
    leaf('field', field),
    leaf('confidence', String(confidence)),
    element(
      'methods',
      {},
      methods.map((method) =>
        element('method', {}, [
          leaf('technique', method.technique),
          leaf('confidence', String(method.confidence)),
          leaf('value', method.value),
        ]),
      ),
    ),
  ]);
}

function manufacturer(text: string | undefined): Piece {
  const answerer = text === undefined ? undefined : answererOf(text);
  if (answerer === undefined) return undefined;
  return element('manufacturer', {}, [
    'url' in answerer ? leaf('url', answerer.url) : contactElement('contact', answerer.contact),
  ]);
}

function licensesOf(license: License, version: CyclonedxVersion): readonly Element[] {
  return license.kind === 'expression'
    ? acknowledgements[version].map((acknowledgement) =>
        element('expression', { acknowledgement }, license.text),
      )
    : [element('license', { acknowledgement: 'declared' }, [leaf('name', license.text)])];
}

function linkOf({ kind, url, hashes }: Link): Element {
  return element('reference', { type: kind }, [leaf('url', url), hashesOf(hashes)]);
}

function hashesOf(hashes: readonly Hash[]): Element | undefined {
  if (hashes.length === 0) return undefined;
  return element(
    'hashes',
    {},
    hashes.map(({ algorithm, value }) => element('hash', { alg: algorithm }, value)),
  );
}

function propertiesOf(properties: readonly Property[]): Element | undefined {
  if (properties.length === 0) return undefined;
  return element(
    'properties',
    {},
    properties.map(({ name, value }) => element('property', { name }, value)),
  );
}

function contactElement(as: 'author' | 'contact', { name, email }: Contact): Element {
  return element(as, {}, [leaf('name', name), leaf('email', email)]);
}

function dependencyOf({ ref, dependsOn }: Dependency): Element {
  return element(
    'dependency',
    { ref },
    dependsOn.map((other) => element('dependency', { ref: other }, [])),
  );
}

function compositionsOf({ completeness, subject, dependencies, leaves = [] }: Bom): readonly Element[] {
  const refs = (all: readonly string[]) =>
    element(
      'dependencies',
      {},
      all.map((ref) => element('dependency', { ref }, [])),
    );
  const known = dependencies.flatMap(({ ref }) => (leaves.includes(ref) ? [] : [ref]));
  const whole = element('composition', {}, [
    leaf('aggregate', completeness),
    element('assemblies', {}, [element('assembly', { ref: subject.ref }, [])]),
    refs(known),
  ]);
  if (leaves.length === 0) return [whole];
  return [whole, element('composition', {}, [leaf('aggregate', 'unknown'), refs(leaves)])];
}

function leaf(name: string, text: string | undefined): Piece {
  return text === undefined ? undefined : element(name, {}, text);
}
