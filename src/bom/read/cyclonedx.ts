import { Edges } from './edges.ts';
import { completenessOf, type ForeignBom, type ForeignComponent, type ForeignHash } from './foreign.ts';
import { purlOf } from './identity.ts';
import { type JsonValue, present } from './json-value.ts';

/** Reads CycloneDX JSON of any version, by what it says and not by what its version allows. */
export function readCyclonedx(root: JsonValue): ForeignBom {
  const metadata = root.get('metadata');
  const subject = metadata.get('component');
  const aggregates = root
    .get('compositions')
    .list()
    .map((each) => each.get('aggregate').text ?? 'not_specified');
  const edges = new Edges();
  for (const each of root.get('dependencies').list()) {
    const found = dependencyOf(each);
    if (found !== undefined) edges.needs(found.ref, found.dependsOn);
  }
  return {
    format: 'CycloneDX',
    version: root.get('specVersion').text ?? '',
    ...present({ serial: root.get('serialNumber').text, created: metadata.get('timestamp').text }),
    creators: [
      ...metadata.get('authors').list().flatMap(contactTexts),
      ...['manufacturer', 'manufacture', 'supplier'].flatMap((key) => organisationTexts(metadata.get(key))),
    ],
    tools: toolsOf(metadata.get('tools')),
    context: metadata
      .get('lifecycles')
      .list()
      .flatMap((each) => each.get('phase').text ?? each.get('name').text ?? []),
    ...(subject.exists ? { subject: componentOf(subject) } : {}),
    components: [...componentsIn(subject), ...componentsIn(root)],
    about: [...componentsIn(subject)].flatMap(({ ref }) => ref ?? []),
    dependencies: edges.all(),
    statesCompleteness: aggregates.some((word) => word !== 'not_specified'),
    completeness: completenessOf(aggregates),
    properties: [...propertiesOf(metadata), ...propertiesOf(root)],
  };
}

/** A list of tools, or since 1.5 components and services. */
function toolsOf(tools: JsonValue): ForeignBom['tools'] {
  return [...tools.list(), ...tools.get('components').list(), ...tools.get('services').list()].flatMap(
    (each) => {
      const name = each.get('name').text;
      return name === undefined ? [] : [{ name, ...present({ version: each.get('version').text }) }];
    },
  );
}

/** What one says that it needs. */
export function dependencyOf(
  each: JsonValue,
): { readonly ref: string; readonly dependsOn: readonly string[] } | undefined {
  const ref = each.get('ref').text;
  return ref === undefined ? undefined : { ref, dependsOn: textsOf(each.get('dependsOn').list()) };
}

/** A component, and those inside of it: what tells which they are, and nothing of who answers for them, licences and digests. */
export function* identitiesOf(each: JsonValue): Generator<ForeignComponent> {
  yield identityOf(each);
  if (each.get('components').exists) yield* componentsIn(each, identityOf);
}

/** Those inside of others too, however deep, each behind what it is in. */
function* componentsIn(whole: JsonValue, read = componentOf): Generator<ForeignComponent> {
  const levels = [whole.get('components').list().values()];
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const { value, done } = level.next();
    if (done === true) {
      levels.pop();
      continue;
    }
    yield read(value);
    levels.push(value.get('components').list().values());
  }
}

function identityOf(each: JsonValue): ForeignComponent {
  const { name, version, purl, ...more } = namesOf(each);
  return {
    name,
    creators: [],
    licenses: [],
    hashes: [],
    properties: each.get('properties').exists ? propertiesOf(each) : [],
    ...present({ ...more, version, purl }),
  };
}

/** What every component is known by. */
function namesOf(each: JsonValue) {
  const group = each.get('group').text;
  const name = each.get('name').text ?? '';
  const version = each.get('version').text;
  const own = each.get('purl').text;
  const purls = own === undefined ? [] : [own];
  // Of a million components most say neither.
  const found = each.get('evidence').exists ? [...purls, ...identifiedIn(each)] : purls;
  const places = each.get('externalReferences').exists
    ? textsOf(distributedOf(each).map((reference) => reference.get('url')))
    : [];
  const purl = purlOf({ name, version, purls: found, places });
  return {
    name: group === undefined ? name : `${group}/${name}`,
    ref: each.get('bom-ref').text,
    kind: each.get('type').text?.toLowerCase(),
    version,
    purl,
    scope: each.get('scope').text,
  };
}

/** purls that whoever looked at it concluded that it has. */
function identifiedIn(each: JsonValue): readonly string[] {
  const identities = each.get('evidence', 'identity').list('orOne');
  return textsOf(
    identities.filter((one) => one.get('field').text === 'purl').map((one) => one.get('concludedValue')),
  );
}

function distributedOf(each: JsonValue): readonly JsonValue[] {
  return each
    .get('externalReferences')
    .list()
    .filter((reference) => reference.get('type').text?.startsWith('distribution') === true);
}

function componentOf(each: JsonValue): ForeignComponent {
  const properties = propertiesOf(each);
  const property = (name: string) => properties.find((one) => one.name === name)?.value;
  const flag = (name: string, yes: string) => {
    const value = property(`bsi:component:${name}`);
    return value === undefined ? undefined : value === yes;
  };
  const distribution = distributedOf(each).flatMap((reference) => hashesOf(reference.get('hashes')));
  const { name, ...names } = namesOf(each);
  const licenses = each.get('licenses').list().flatMap(licenseOf);
  const acknowledged = (as: string) => licenses.find((license) => license.as === as)?.text;
  const place = (type: string) =>
    each
      .get('externalReferences')
      .list()
      .find((reference) => reference.get('type').text === type)
      ?.get('url').text;
  return {
    name,
    creators: [
      ...['manufacturer', 'supplier'].flatMap((key) => organisationTexts(each.get(key))),
      ...each.get('authors').list().flatMap(contactTexts),
      ...[each.get('author').text, each.get('publisher').text].filter((text) => text !== undefined),
    ],
    licenses: [...new Set(licenses.flatMap(({ text }) => text))],
    hashes: hashesOf(each.get('hashes')),
    properties,
    ...present({
      ...names,
      originalLicense: acknowledged('declared'),
      distributionLicense: acknowledged('concluded'),
      deliveredAt: place('distribution'),
      sourceAt: place('source-distribution'),
      deliveredSha512: distribution.find(({ algorithm }) => algorithm === 'SHA-512')?.value,
      filename: property('bsi:component:filename'),
      executable: flag('executable', 'executable'),
      archive: flag('archive', 'archive'),
      structured: flag('structured', 'structured'),
    }),
  };
}

function propertiesOf(each: JsonValue): ForeignComponent['properties'] {
  return each
    .get('properties')
    .list()
    .flatMap((property) => {
      const name = property.get('name').text;
      return name === undefined ? [] : [{ name, value: property.get('value').text ?? '' }];
    });
}

function hashesOf(list: JsonValue): readonly ForeignHash[] {
  return list.list().flatMap((each) => {
    const [algorithm, value] = [each.get('alg').text, each.get('content').text];
    return algorithm === undefined || value === undefined ? [] : [{ algorithm, value: value.toLowerCase() }];
  });
}

function textsOf(values: readonly JsonValue[]): readonly string[] {
  return values.flatMap(({ text }) => text ?? []);
}

function licenseOf(choice: JsonValue): readonly { readonly text: string; readonly as: string | undefined }[] {
  const license = choice.get('license');
  const text = choice.get('expression').text ?? license.get('id').text ?? license.get('name').text;
  const as = (license.exists ? license : choice).get('acknowledgement').text;
  return text === undefined ? [] : [{ text, as }];
}

function contactTexts(contact: JsonValue): readonly string[] {
  return [contact.get('email').text ?? contact.get('name').text].filter((text) => text !== undefined);
}

function organisationTexts(organisation: JsonValue): readonly string[] {
  const urls = organisation
    .get('url')
    .list('orOne')
    .flatMap(({ text }) => text ?? []);
  const contacts = organisation.get('contact').list('orOne').flatMap(contactTexts);
  return [...urls, ...contacts, ...[organisation.get('name').text].filter((text) => text !== undefined)];
}
