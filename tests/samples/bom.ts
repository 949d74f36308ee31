import type { Bom, Component } from '../../src/bom/document.ts';
import { cargoPurl, purlText } from '../../src/bom/purl.ts';

/** A document with everything in it that a writer may stumble over. */
export function sampleBom(more: Partial<Bom> = {}): Bom {
  const purl = cargoPurl('zstd-sys', '2.0.16+zstd.1.5.7');
  const subject: Component = {
    ...sampleComponent('path:#app@1.0.0'),
    kind: 'application',
    name: 'app',
    version: '1.0.0',
    scope: undefined,
  };
  const zstd: Component = {
    ...sampleComponent(purlText(purl)),
    name: 'zstd-sys',
    version: '2.0.16+zstd.1.5.7',
    purl,
    description: 'Low-level <bindings> & "more",\n\twith a tab, an é and a \u0001 control character\u{1f980}',
    authors: ['Example Team <team@example.org>', 'Nobody at all', 'odd <not an address>'],
    license: { kind: 'expression', text: 'MIT OR Apache-2.0' },
    hashes: [
      { algorithm: 'SHA-256', value: 'a'.repeat(64) },
      { algorithm: 'SHA-512', value: 'b'.repeat(128) },
    ],
    links: [
      { kind: 'vcs', url: 'https://example.org/zstd', hashes: [] },
      {
        kind: 'distribution',
        url: 'https://example.org/z.crate',
        hashes: [{ algorithm: 'SHA-512', value: 'b'.repeat(128) }],
      },
      { kind: 'source-distribution', url: 'https://example.org/z.crate', hashes: [] },
    ],
    file: { name: 'zstd-sys-2.0.16+zstd.1.5.7.crate', executable: false, archive: true, structured: true },
    properties: [{ name: 'safeguard:feature', value: 'std' }],
  };
  const macro: Component = {
    ...sampleComponent('pkg:cargo/macro@0.1.0'),
    name: 'macro',
    version: '0.1.0',
    license: { kind: 'named', text: 'see <LICENSE>' },
    scope: 'excluded',
  };
  return {
    subject,
    phase: 'pre-build',
    created: '2026-08-20T07:11:00Z',
    reproducible: true,
    creator: 'psirt@example.org',
    tools: [{ name: 'safeguard', version: '0.1.0' }],
    components: [macro, zstd],
    dependencies: [
      { ref: subject.ref, dependsOn: [macro.ref, zstd.ref] },
      { ref: macro.ref, dependsOn: [] },
      { ref: zstd.ref, dependsOn: [] },
    ],
    completeness: 'complete',
    unknowns: [],
    properties: [{ name: 'cdx:rustc:sbom:target:triple', value: 'x86_64-unknown-linux-gnu' }],
    ...more,
  };
}

/** One with native libraries, of which one has no version. */
export function nativeBom(): Bom {
  const bom = sampleBom();
  const native: Component = {
    ...sampleComponent('pkg:generic/zstd@1.5.7'),
    name: 'zstd',
    version: '1.5.7',
    evidence: {
      field: 'version',
      confidence: 0.99,
      methods: [
        { technique: 'manifest-analysis', confidence: 0.9, value: '2.0.16+zstd.1.5.7' },
        { technique: 'source-code-analysis', confidence: 0.8, value: 'zstd/lib/zstd.h' },
      ],
    },
  };
  const unknown: Component = { ...sampleComponent('native:libvendor.so'), name: 'libvendor.so' };
  const natives = [native, unknown];
  return {
    ...bom,
    components: [unknown, ...bom.components, native],
    dependencies: [...bom.dependencies, ...natives.map(({ ref }) => ({ ref, dependsOn: [] }))],
    leaves: natives.map(({ ref }) => ref),
  };
}

function sampleComponent(ref: string): Component {
  return {
    ref,
    kind: 'library',
    name: '',
    version: '',
    purl: undefined,
    description: undefined,
    authors: [],
    license: undefined,
    hashes: [],
    links: [],
    scope: 'required',
    file: undefined,
    properties: [],
  };
}
