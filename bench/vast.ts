/**
 * Writes a CycloneDX document of any size, for `safeguard inventory add`: `node bench/vast.ts --components 1000000 --depth 50 --bytes 275000000 FILE`. Layers of equal
 * size lie over each other, and each component needs one or two of the next.
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

write(
  `{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{"component":{"type":"application","bom-ref":"root","name":"vast","version":"1.0.0"}},"components":[`,
);
for (let i = 0; i < components; i++) {
  const of = { name: `crate-${i}`, version: version(i), purl: ref(i), description };
  write(`${i === 0 ? '' : ',\n'}${JSON.stringify({ type: 'library', 'bom-ref': ref(i), ...of })}`);
}
write(`],"dependencies":[{"ref":"root","dependsOn":${refs(Array.from({ length: layer }, (_, i) => i))}}`);
for (let i = 0; i < components; i++) write(`,\n{"ref":"${ref(i)}","dependsOn":${refs(needsOf(i))}}`);
write(']}');
flush();
closeSync(file);
