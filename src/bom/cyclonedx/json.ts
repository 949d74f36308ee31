import { answererOf, contactOf, isNamed, makerOf } from '../contact.ts';
import type { Bom, Component, Dependency, Hash, License, Link } from '../document.ts';
import { jsonParts } from '../json-parts.ts';
import { purlText } from '../purl.ts';
import { serialOf } from '../serial.ts';
import { acknowledgements, type CyclonedxVersion, deliveryProperties, reproducible } from './properties.ts';

/**
 * A document as CycloneDX JSON, two spaces deep, with a line break at its end. The same document gives the same bytes:
 * its serial number is made of its contents.
 */
export function cyclonedxJson(bom: Bom, version: CyclonedxVersion): string {
  return [...cyclonedxJsonParts(bom, version)].join('');
}

/** The same in parts, to be written one after the other: of a large document no more than one component is in memory. */
export function* cyclonedxJsonParts(bom: Bom, version: CyclonedxVersion): Generator<string> {
  const head = { $schema: schemaOf(version), bomFormat: 'CycloneDX', specVersion: version };
  yield* jsonParts(
    { ...head, serialNumber: cyclonedxSerial(bom), version: 1, ...bodyOf(bom, version) },
    '  ',
  );
  yield '\n';
}

/** The serial number of a document in every form of CycloneDX. */
export function cyclonedxSerial(bom: Bom): string {
  return serialOf(jsonParts(bodyOf(bom, '1.7')));
}

function schemaOf(version: CyclonedxVersion): string {
  return `http://cyclonedx.org/schema/bom-${version}.schema.json`;
}

function bodyOf(bom: Bom, version: CyclonedxVersion) {
  const properties = [...bom.properties, ...reproducible(bom)];
  return {
    metadata: {
      ...(bom.created === undefined ? {} : { timestamp: bom.created }),
      lifecycles: [{ phase: bom.phase }],
      tools: {
        components: bom.tools.map(({ name, version }) => ({ type: 'application', name, version })),
      },
      ...(isNamed(bom.creator) ? { authors: [contactOf(bom.creator)] } : {}),
      component: componentOf(bom.subject, version),
      ...manufacturer(bom.creator),
      ...listed('properties', properties),
    },
    components: bom.components.values().map((component) => componentOf(component, version)),
    dependencies: bom.dependencies.values().map(dependencyOf),
    compositions: compositionsOf(bom),
  };
}

function compositionsOf({ completeness, subject, dependencies, leaves = [] }: Bom) {
  const known = dependencies.flatMap(({ ref }) => (leaves.includes(ref) ? [] : [ref]));
  return [
    { aggregate: completeness, assemblies: [subject.ref], dependencies: known },
    ...(leaves.length === 0 ? [] : [{ aggregate: 'unknown', dependencies: leaves }]),
  ];
}

function componentOf(component: Component, version: CyclonedxVersion) {
  const { ref, kind, name, purl, description, authors, license, hashes, links, scope, evidence } = component;
  const properties = [...component.properties, ...deliveryProperties(component)];
  return {
    type: kind,
    'bom-ref': ref,
    ...manufacturer(makerOf(component)),
    ...listed('authors', authors.map(contactOf)),
    name,
    ...(component.version === '' ? {} : { version: component.version }),
    ...(description === undefined ? {} : { description }),
    ...(scope === undefined ? {} : { scope }),
    ...listed('hashes', hashes.map(hashOf)),
    ...(license === undefined ? {} : { licenses: licensesOf(license, version) }),
    ...(purl === undefined ? {} : { purl: purlText(purl) }),
    ...listed('externalReferences', links.map(linkOf)),
    ...(evidence === undefined ? {} : { evidence: { identity: [evidence] } }),
    ...listed('properties', properties),
  };
}

/** Whom to turn to, where that is an address. */
function manufacturer(text: string | undefined) {
  const answerer = text === undefined ? undefined : answererOf(text);
  if (answerer === undefined) return {};
  return {
    manufacturer: 'url' in answerer ? { url: [answerer.url] } : { contact: [answerer.contact] },
  };
}

function licensesOf(license: License, version: CyclonedxVersion) {
  return license.kind === 'expression'
    ? acknowledgements[version].map((acknowledgement) => ({ expression: license.text, acknowledgement }))
    : [{ license: { name: license.text, acknowledgement: 'declared' } }];
}

function linkOf({ kind, url, hashes }: Link) {
  return { url, type: kind, ...listed('hashes', hashes.map(hashOf)) };
}

function hashOf({ algorithm, value }: Hash) {
  return { alg: algorithm, content: value };
}

function dependencyOf({ ref, dependsOn }: Dependency) {
  return { ref, dependsOn };
}

/** A key with a list, or nothing where the list is empty. */
function listed<K extends string, T>(key: K, values: readonly T[]): Partial<Record<K, readonly T[]>> {
  return values.length === 0 ? {} : ({ [key]: values } as Record<K, readonly T[]>);
}
