/**
 * Writes a document of any size, for `safeguard inventory add`: `node bench/vast.ts --components 1000000 --depth 50
 * --bytes 275000000 FILE`. Layers of equal size lie over each other, and each component needs one or two of the next.
 * CycloneDX, of a name that ends in `.xml` in XML; of one in `.spdx.json` or `.spdx` SPDX 2.3, in JSON or in tags with
 * values; in `.spdx3.json` SPDX 3.0.1.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: {
    components: { type: 'string', default: '1000000' },
    depth: { type: 'string', default: '50' },
    bytes: { type: 'string', default: '275000000' },
  },
  allowPositionals: true,
});
const [components, depth, bytes] = [values.components, values.depth, values.bytes].map(Number) as [
  number,
  number,
  number,
];
const layer = Math.floor(components / depth);
const file = openSync(positionals[0] ?? 'vast.cdx.json', 'w');
let text = '';
const write = (more: string) => {
  text += more;
  if (text.length > 1024 * 1024) flush();
};
const flush = () => {
  writeSync(file, text);
  text = '';
};

const version = (i: number) => `1.${i % 40}.${i % 7}`;
const ref = (i: number) => `pkg:cargo/crate-${i}@${version(i)}`;
const refs = (list: readonly number[]) => JSON.stringify(list.map(ref));
/** Bytes that a component and its edges take without a description. */
const bare = 285;
const description = 'x'.repeat(Math.max(0, Math.floor(bytes / components) - bare));

/** What a component needs: of the layer below. */
function needsOf(i: number): readonly number[] {
  const below = (Math.floor(i / layer) + 1) * layer;
  if (below + layer > components) return [];
  const [one, other] = [below + (i % layer), below + ((i * 7 + 3) % layer)];
  return i % 2 === 1 || one === other ? [one] : [one, other];
}

const top = Array.from({ length: layer }, (_, i) => i);

function cyclonedx(): void {
  write(
    `{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{"component":{"type":"application","bom-ref":"root","name":"vast","version":"1.0.0"}},"components":[`,
  );
  for (let i = 0; i < components; i++) {
    const of = { name: `crate-${i}`, version: version(i), purl: ref(i), description };
    write(`${i === 0 ? '' : ',\n'}${JSON.stringify({ type: 'library', 'bom-ref': ref(i), ...of })}`);
  }
  write(`],"dependencies":[{"ref":"root","dependsOn":${refs(top)}}`);
  for (let i = 0; i < components; i++) write(`,\n{"ref":"${ref(i)}","dependsOn":${refs(needsOf(i))}}`);
  write(']}');
}

function cyclonedxXml(): void {
  const needs = (list: readonly number[]) => list.map((i) => `<dependency ref="${ref(i)}"/>`).join('');
  write(
    '<?xml version="1.0" encoding="UTF-8"?>\n<bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1"><metadata><component type="application" bom-ref="root"><name>vast</name><version>1.0.0</version></component></metadata><components>',
  );
  for (let i = 0; i < components; i++)
    write(
      `\n<component type="library" bom-ref="${ref(i)}"><name>crate-${i}</name><version>${version(i)}</version><description>${description}</description><purl>${ref(i)}</purl></component>`,
    );
  write(`</components><dependencies><dependency ref="root">${needs(top)}</dependency>`);
  for (let i = 0; i < components; i++)
    write(`\n<dependency ref="${ref(i)}">${needs(needsOf(i))}</dependency>`);
  write('</dependencies></bom>');
}

function spdx3(): void {
  const address = (name: string) => `https://example.org/vast/${name}`;
  const element = (i: number) => address(`package/crate-${i}`);
  const creation = { creationInfo: '_:creation' };
  const related = (from: string, to: readonly string[], n: number | string) =>
    `,\n${JSON.stringify({ type: 'Relationship', spdxId: address(`relation/${n}`), ...creation, from, relationshipType: 'dependsOn', to })}`;
  const of = [
    { type: 'CreationInfo', '@id': '_:creation', specVersion: '3.0.1', created: '2026-11-30T00:00:00Z' },
    { type: 'SpdxDocument', spdxId: address('document'), ...creation, rootElement: [address('sbom')] },
    { type: 'software_Package', spdxId: address('root'), name: 'vast', software_packageVersion: '1.0.0' },
  ];
  write('{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[');
  write(of.map((each) => JSON.stringify(each)).join(',\n'));
  for (let i = 0; i < components; i++)
    write(
      `,\n${JSON.stringify({ type: 'software_Package', spdxId: element(i), ...creation, name: `crate-${i}`, software_packageVersion: version(i), software_packageUrl: ref(i), description })}`,
    );
  write(related(address('root'), top.map(element), 'root'));
  for (let i = 0; i < components; i++) write(related(element(i), needsOf(i).map(element), i));
  write(
    `,\n{"type":"software_Sbom","spdxId":"${address('sbom')}","rootElement":["${address('root')}"],"element":["${address('root')}"`,
  );
  for (let i = 0; i < components; i++) write(`,\n"${element(i)}"`);
  write(']}]}');
}

const id = (i: number) => `SPDXRef-Package-crate-${i}`;

function spdxJson(): void {
  write(
    '{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"vast","packages":[{"SPDXID":"SPDXRef-root","name":"vast","versionInfo":"1.0.0"}',
  );
  for (let i = 0; i < components; i++) {
    const locator = { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: ref(i) };
    const of = { SPDXID: id(i), name: `crate-${i}`, versionInfo: version(i), externalRefs: [locator] };
    write(`,\n${JSON.stringify({ ...of, description })}`);
  }
  const related = (from: string, kind: string, to: string) =>
    `{"spdxElementId":"${from}","relationshipType":"${kind}","relatedSpdxElement":"${to}"}`;
  write(`],"relationships":[${related('SPDXRef-DOCUMENT', 'DESCRIBES', 'SPDXRef-root')}`);
  for (const i of top) write(`,\n${related('SPDXRef-root', 'DEPENDS_ON', id(i))}`);
  for (let i = 0; i < components; i++)
    for (const to of needsOf(i)) write(`,\n${related(id(i), 'DEPENDS_ON', id(to))}`);
  write(']}');
}

function spdxTags(): void {
  write('SPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: vast\n');
  const described = 'Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-root\n';
  write(`\nPackageName: vast\nSPDXID: SPDXRef-root\nPackageVersion: 1.0.0\n${described}`);
  for (let i = 0; i < components; i++) {
    write(`\nPackageName: crate-${i}\nSPDXID: ${id(i)}\nPackageVersion: ${version(i)}\n`);
    write(`PackageDescription: <text>${description}</text>\nExternalRef: PACKAGE-MANAGER purl ${ref(i)}\n`);
    for (const to of needsOf(i)) write(`Relationship: ${id(i)} DEPENDS_ON ${id(to)}\n`);
  }
  for (const i of top) write(`Relationship: SPDXRef-root DEPENDS_ON ${id(i)}\n`);
}

const name = positionals[0] ?? '';
if (name.endsWith('.xml')) cyclonedxXml();
else if (name.endsWith('.spdx3.json')) spdx3();
else if (name.endsWith('.spdx.json')) spdxJson();
else if (name.endsWith('.spdx')) spdxTags();
else cyclonedx();
flush();
closeSync(file);
