import { contactOf } from '../contact.ts';
import type { Bom, Component, Dependency, Hash, License, Link } from '../document.ts';
import { jsonParts } from '../json-parts.ts';
import { purlText } from '../purl.ts';
import { serialOf } from '../serial.ts';
import { type CyclonedxVersion, deliveryProperties, reproducible } from './properties.ts';

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
  yield* jsonParts({ ...head, serialNumber: cyclonedxSerial(bom), version: 1, ...bodyOf(bom) }, '  ');
  yield '\n';
}

/** The serial number of a document in every form of CycloneDX. */
export function cyclonedxSerial(bom: Bom): string {
  return serialOf(jsonParts(bodyOf(bom)));
}

function schemaOf(version: CyclonedxVersion): string {
  return `http://cyclonedx.org/schema/bom-${version}.schema.json`;
}

function bodyOf(bom: Bom) {
  const properties = [...bom.properties, ...reproducible(bom)];
  return {
    metadata: {
      ...(bom.created === undefined ? {} : { timestamp: bom.created }),
      lifecycles: [{ phase: bom.phase }],
      tools: {
        components: bom.tools.map(({ name, version }) => ({ type: 'application', name, version })),
      },
      ...(bom.creator === undefined ? {} : { authors: [contactOf(bom.creator)] }),
      component: componentOf(bom.subject),
      ...listed('properties', properties),
    },
    components: bom.components.values().map(componentOf),
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

function componentOf(component: Component) {
  const { ref, kind, name, version, purl, description, authors, license, hashes, links, scope, evidence } =
    component;
  const properties = [...component.properties, ...deliveryProperties(component)];
  return {
    type: kind,
    'bom-ref': ref,
    ...listed('authors', authors.map(contactOf)),
    name,
    ...(version === '' ? {} : { version }),
    ...(description === undefined ? {} : { description }),
    ...(scope === undefined ? {} : { scope }),
    ...listed('hashes', hashes.map(hashOf)),
    ...(license === undefined ? {} : { licenses: [licenseOf(license)] }),
    ...(purl === undefined ? {} : { purl: purlText(purl) }),
    ...listed('externalReferences', links.map(linkOf)),
    ...(evidence === undefined ? {} : { evidence: { identity: [evidence] } }),
    ...listed('properties', properties),
  };
}

function licenseOf(license: License) {
  return license.kind === 'expression'
    ? { expression: license.text, acknowledgement: 'declared' }
    : { license: { name: license.text, acknowledgement: 'declared' } };
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
