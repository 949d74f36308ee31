import { type JsonValue, present } from '../read/json-value.ts';
import { serialOf } from '../serial.ts';
import { isRelease, productName, productOf, productPurl, releaseOf, withVersion } from './product.ts';
import {
  type UnreadVex,
  type VexDocument,
  type VexProduct,
  type VexStatement,
  type VexWriting,
  whyTooLittle,
} from './statement.ts';
import { cyclonedxStates, impactText, justificationOf, statesOfCyclonedx, wordOf } from './words.ts';

// CycloneDX's `vulnerabilities` (1.4 to 1.7), in a document of their own or beside the components that they are about.

/** Components inside of components are followed so deep. */
const maxDepth = 64;
const untilProperty = 'safeguard:vex:until';
const authorProperty = 'safeguard:vex:author';

/** A component that statements refer to, with the product that it is in. */
interface Part {
  readonly id: string | undefined;
  readonly sha256: string | undefined;
  readonly parent: Part | undefined;
}

/** Reads what a document says of vulnerabilities. Each thing that one affects is a statement. */
export function readCyclonedxVex(root: JsonValue): VexDocument {
  const subject = root.get('metadata', 'component');
  const parts = new Map<string, Part>();
  const whole = subject.exists ? place(subject, undefined, parts, 0) : undefined;
  for (const one of root.get('components').list()) place(one, whole, parts, 0);
  const author = authorOf(root);
  const statements: VexStatement[] = [];
  const unread: UnreadVex[] = [];
  for (const [i, said] of root.get('vulnerabilities').list().entries()) {
    const where = `vulnerabilities[${i}]`;
    const common = commonOf(root, said);
    if ('reason' in common) {
      unread.push({ where, reason: common.reason });
      continue;
    }
    const affects = said.get('affects').list();
    if (affects.length === 0) unread.push({ where, reason: 'it says of nothing that it is affected or not' });
    for (const [j, one] of affects.entries())
      for (const found of releasesIn(one, parts))
        if ('reason' in found) unread.push({ where: `${where}.affects[${j}]`, reason: found.reason });
        else statements.push({ author, ...common.said, ...found });
  }
  return { format: 'cyclonedx', id: root.get('serialNumber').text, author, statements, unread };
}

/** Keeps a component and those inside of it by their references. */
function place(
  component: JsonValue,
  parent: Part | undefined,
  parts: Map<string, Part>,
  depth: number,
): Part {
  const sha256 = component
    .get('hashes')
    .list()
    .find((hash) => hash.get('alg').text === 'SHA-256')
    ?.get('content').text;
  // A crate's own checksum is that of its archive.
  const id = component.get('purl').text ?? component.get('bom-ref').text;
  const part = { id, sha256: isRelease(id) ? undefined : sha256, parent };
  const ref = component.get('bom-ref').text;
  if (ref !== undefined && !parts.has(ref)) parts.set(ref, part);
  if (depth < maxDepth)
    for (const inner of component.get('components').list()) place(inner, part, parts, depth + 1);
  return part;
}

type Common = Omit<VexStatement, 'release' | 'product'>;

function commonOf(root: JsonValue, said: JsonValue): { readonly said: Common } | { readonly reason: string } {
  const advisory = said.get('id').text;
  if (advisory === undefined) return { reason: 'it names no vulnerability' };
  const state = said.get('analysis', 'state').text;
  if (state === undefined) return { reason: 'it has no analysis' };
  const status = Object.hasOwn(statesOfCyclonedx, state) ? statesOfCyclonedx[state] : undefined;
  if (status === undefined) return { reason: `its state \`${state}\` is no word of CycloneDX` };
  const word = said.get('analysis', 'justification').text;
  const justification = word === undefined ? undefined : justificationOf(word, 'cyclonedx');
  if (word !== undefined && justification === undefined)
    return { reason: `its justification \`${word}\` is no word of CycloneDX` };
  const detail = said.get('analysis', 'detail').text;
  const property = (name: string) =>
    said
      .get('properties')
      .list()
      .find((one) => one.get('name').text === name)
      ?.get('value').text;
  const responses = said
    .get('analysis', 'response')
    .list()
    .flatMap((one) => one.text ?? []);
  const action =
    said.get('recommendation').text ??
    said.get('workaround').text ??
    (responses.length === 0 ? undefined : responses.join(', '));
  const author = property(authorProperty);
  const common = {
    advisory,
    aliases: said
      .get('references')
      .list()
      .flatMap((one) => one.get('id').text ?? []),
    status,
    // What was resolved may be said with why it does not strike any more.
    justification: status === 'not_affected' ? justification : undefined,
    impact: status === 'affected' ? undefined : (detail ?? (state === 'false_positive' ? state : undefined)),
    action: status === 'affected' ? (action ?? detail) : undefined,
    stated:
      said.get('analysis', 'lastUpdated').text ??
      said.get('analysis', 'firstIssued').text ??
      said.get('updated').text ??
      root.get('metadata', 'timestamp').text,
    until: property(untilProperty),
    ...(author === undefined ? {} : { author }),
  };
  const reason = whyTooLittle(common);
  return reason === undefined ? { said: common } : { reason };
}

type Found = Pick<VexStatement, 'release' | 'product'> | { readonly reason: string };

function releasesIn(affected: JsonValue, parts: ReadonlyMap<string, Part>): readonly Found[] {
  const ref = affected.get('ref').text;
  if (ref === undefined) return [{ reason: 'it refers to nothing' }];
  const part = parts.get(ref) ?? linked(ref, parts);
  if (part === undefined) return [{ reason: `\`${ref}\` is no component of the document` }];
  const product = productIn(part);
  const versions = affected.get('versions').list();
  if (versions.length === 0) return [releaseIn(part.id, product)];
  return versions.map((one): Found => {
    const version = one.get('version').text;
    if (version === undefined)
      return { reason: 'it names a range of versions, and a statement is about one' };
    const status = one.get('status').text ?? 'affected';
    if (status !== 'affected')
      return { reason: `it says of version ${version} that it is ${status}, beside its analysis` };
    return releaseIn(withVersion(part.id, version), product);
  });
}

function releaseIn(id: string | undefined, product: VexProduct): Found {
  const read = releaseOf(id);
  return 'reason' in read ? read : { release: read.purl, product };
}

/** What a link leads to in another document (`urn:cdx:SERIAL/VERSION#REF`), where its reference is a purl; a purl is one itself. */
function linked(ref: string, parts: ReadonlyMap<string, Part>): Part | undefined {
  const fragment = /^urn:cdx:[^#]*#(.*)$/s.exec(ref)?.[1];
  let text = ref;
  try {
    if (fragment !== undefined) text = decodeURIComponent(fragment);
  } catch {
    return undefined;
  }
  if (fragment !== undefined && parts.has(text)) return parts.get(text);
  return isRelease(text) ? { id: text, sha256: undefined, parent: undefined } : undefined;
}

/** The nearest of those around a component that is no release itself. */
function productIn({ parent }: Part): VexProduct {
  for (let part = parent; part !== undefined; part = part.parent)
    if (!isRelease(part.id)) return productOf(part.id, part.sha256);
  return {};
}

function authorOf(root: JsonValue): string | undefined {
  const metadata = root.get('metadata');
  const [author] = metadata.get('authors').list();
  return (
    author?.get('name').text ??
    author?.get('email').text ??
    metadata.get('manufacturer', 'name').text ??
    metadata.get('supplier', 'name').text
  );
}

/** Writes statements as a document of CycloneDX 1.6: its products as components, with their releases inside. */
export function writeCyclonedxVex(
  statements: readonly VexStatement[],
  { author, at, version }: VexWriting,
): string {
  const byProduct = Map.groupBy(statements, ({ product }) => productPurl(product));
  const components = [...byProduct].map(([purl, said]) => {
    const product = said[0]?.product ?? {};
    return present({
      type: 'application',
      'bom-ref': purl,
      name: product.name ?? 'artefact',
      hashes: product.sha256 === undefined ? undefined : [{ alg: 'SHA-256', content: product.sha256 }],
      purl,
      components: [...new Set(said.map(({ release }) => release))].map((release) => ({
        type: 'library',
        'bom-ref': refOf(purl, release),
        ...namedBy(release),
        purl: release,
      })),
    });
  });
  const body = {
    metadata: {
      timestamp: at,
      tools: { components: [{ type: 'application', name: 'safeguard', version }] },
      authors: [{ name: author }],
    },
    components,
    vulnerabilities: statements.map(vulnerabilityOf),
  };
  const head = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: serialOf(JSON.stringify(body)),
    version: 1,
  };
  return `${JSON.stringify({ ...head, ...body }, null, 2)}\n`;
}

function vulnerabilityOf(one: VexStatement, i: number): object {
  const { advisory, aliases, product, release, status, justification, action, stated, until, author } = one;
  const properties = [
    ...(until === undefined ? [] : [{ name: untilProperty, value: until }]),
    ...(author === undefined ? [] : [{ name: authorProperty, value: author }]),
  ];
  return present({
    'bom-ref': `statement-${i + 1}`,
    id: advisory,
    source: { name: sourceOf(advisory) },
    references:
      aliases.length === 0
        ? undefined
        : [...new Set(aliases)].map((id) => ({ id, source: { name: sourceOf(id) } })),
    description: `${advisory} in ${release}, of ${productName(product)}`,
    recommendation: status === 'affected' ? action : undefined,
    analysis: present({
      state: cyclonedxStates[status],
      justification: justification === undefined ? undefined : wordOf(justification, 'cyclonedx'),
      detail: impactText(one, 'cyclonedx'),
      lastUpdated: stated,
    }),
    affects: [{ ref: refOf(productPurl(product), release) }],
    properties: properties.length === 0 ? undefined : properties,
  });
}

/** One release may be in several products, and each reference is there once. */
function refOf(product: string, release: string): string {
  return `${product}|${release}`;
}

function namedBy(release: string): { readonly name: string; readonly version: string } {
  const [, name = release, version = ''] = /^pkg:[^/]+\/([^@?#]+)@([^?#]*)/.exec(release) ?? [];
  return { name: decodeURIComponent(name), version: decodeURIComponent(version) };
}

function sourceOf(id: string): string {
  if (id.startsWith('RUSTSEC-')) return 'RustSec';
  if (id.startsWith('CVE-')) return 'CVE';
  if (id.startsWith('GHSA-')) return 'GitHub Advisory Database';
  return 'OSV';
}
