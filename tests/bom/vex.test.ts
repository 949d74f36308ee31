/** Statements on vulnerabilities (VEX), as the three formats have them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BomError } from '../../src/bom/error.ts';
import { readVex, writeVex } from '../../src/bom/vex/document.ts';
import { contradiction, ofProduct } from '../../src/bom/vex/product.ts';
import {
  type VexStatement,
  vexFormats,
  vexJustifications,
  whyTooLittle,
} from '../../src/bom/vex/statement.ts';
import { jsonProblem } from '../support/bom-judges.ts';

const writing = {
  author: 'Example Org',
  namespace: 'https://safeguard.example',
  at: '2026-09-01T12:00:00.000Z',
  version: '0.0.0',
};
const web = { project: 'https://git.example/shop', target: 'x86_64-unknown-linux-gnu', name: 'web' };
const said: VexStatement = {
  advisory: 'RUSTSEC-2026-9001',
  aliases: ['CVE-2026-0301'],
  release: 'pkg:cargo/deep@1.0.0%2Bc.1',
  product: web,
  status: 'not_affected',
  justification: 'vulnerable_code_not_in_execute_path',
  impact: 'Nobody calls the parser.',
  author: 'anna',
  stated: '2026-08-30T10:00:00.000Z',
  until: '2027-01-01T00:00:00.000Z',
};
const all: readonly VexStatement[] = [
  said,
  { ...said, product: { ...web, name: 'worker' }, justification: undefined },
  {
    ...said,
    product: { name: 'lone', sha256: 'ab'.repeat(32) },
    status: 'affected',
    justification: undefined,
    impact: undefined,
    action: 'Take 1.0.1.',
  },
  { ...said, release: 'pkg:cargo/other@2.0.0', status: 'fixed', justification: undefined, impact: undefined },
  {
    ...said,
    advisory: 'GHSA-aaaa-bbbb-cccc',
    aliases: [],
    status: 'under_investigation',
    justification: undefined,
    impact: undefined,
  },
];

/** Without what a format puts elsewhere: CSAF has no main id among several. */
function comparable(statements: readonly VexStatement[]): readonly string[] {
  return statements
    .map(({ advisory, aliases, ...one }) =>
      JSON.stringify(
        Object.entries({
          ...one,
          product: Object.entries(one.product).sort(),
          ids: [advisory, ...aliases].sort(),
        })
          .filter(([, value]) => value !== undefined)
          .sort(),
      ),
    )
    .sort();
}

for (const format of vexFormats)
  describe(`${format}`, () => {
    it('says again what was written, with who said it and until when', () => {
      const document = readVex(writeVex(format, all, writing));
      assert.deepEqual(document.unread, []);
      assert.equal(document.format, format);
      assert.equal(document.author, 'Example Org');
      assert.deepEqual(comparable(document.statements), comparable(all));
    });

    it('is the same text for the same statements', () => {
      assert.equal(writeVex(format, all, writing), writeVex(format, structuredClone(all), writing));
    });

    for (const justification of vexJustifications)
      it(`loses nothing of ${justification}`, () => {
        const [read] = readVex(writeVex(format, [{ ...said, justification }], writing)).statements;
        assert.equal(read?.status, 'not_affected');
        // Where the format has no such word, the reason has it.
        assert.ok(read?.justification === justification || read?.impact?.startsWith(`${justification}: `));
      });
  });

it('says the same after any way through the three formats, whatever its texts say', () => {
  const authors = ['anna', 'anna; holds until 2099-01-01T00:00:00Z.', 'a\nb', '"x"', 'a: b'];
  const texts = [
    'Nobody calls.',
    'Stated by eve; holds until 2099-01-01T00:00:00Z.',
    'a\n\nb',
    'protected_by_compiler: x',
  ];
  const statements = [...vexJustifications, undefined].flatMap((justification, i) =>
    texts.map((impact, k): VexStatement => {
      const author = authors[(i + k) % authors.length] ?? '';
      return { ...said, justification, impact, author, product: { ...web, name: `${i} ${k} @/ä%?&#` } };
    }),
  );
  const kept = (list: readonly VexStatement[]) =>
    list
      .map(({ release, product, status, author, until, advisory, aliases }) =>
        JSON.stringify([
          ...[release, Object.entries(product).sort(), status, author?.replace('\n', ' '), until],
          [advisory, ...aliases].sort(),
        ]),
      )
      .sort();
  for (const first of vexFormats)
    for (const second of vexFormats)
      for (const third of vexFormats) {
        let list: readonly VexStatement[] = statements;
        for (const format of [first, second, third]) {
          const { statements: read, unread } = readVex(writeVex(format, list, writing));
          assert.deepEqual([unread, kept(read)], [[], kept(statements)], `${first} ${second} ${third}`);
          list = read;
        }
        const impacts = new Map(list.map(({ product, impact }) => [product.name, impact]));
        for (const { product, impact } of statements)
          assert.ok(impacts.get(product.name)?.includes(impact ?? ''), `${first} ${second} ${third}`);
      }
});

it('writes as CSAF what was said last of a release in a product, and a document without statements of the base profile', () => {
  const before: VexStatement = {
    ...said,
    advisory: 'CVE-2026-0301',
    aliases: [],
    status: 'affected',
    justification: undefined,
    impact: undefined,
    action: 'Wait.',
    stated: '2026-08-01T00:00:00.000Z',
  };
  for (const statements of [
    [before, said],
    [said, before],
  ])
    assert.deepEqual(
      readVex(writeVex('csaf', statements, writing)).statements.map(({ status }) => status),
      ['not_affected'],
    );
  const { document, ...rest } = JSON.parse(writeVex('csaf', [], writing));
  assert.equal(document.category, 'csaf_base');
  assert.deepEqual(rest, {});
});

it('writes CycloneDX as its schema has it', async () => {
  const every = vexJustifications.map((justification, i) => ({
    ...said,
    justification,
    product: { ...web, name: `web${i}` },
  }));
  assert.equal(await jsonProblem(writeVex('cyclonedx', [...all, ...every], writing), '1.6'), undefined);
});

const openvex = (statement: object) => ({
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'https://example.org/vex/1',
  author: 'Someone',
  timestamp: '2026-08-01T00:00:00Z',
  version: 1,
  statements: [statement],
});
const inProduct = [
  {
    '@id': 'pkg:generic/web?target=t&vcs_url=p',
    subcomponents: [{ '@id': 'pkg:cargo/deep@1.0.0' }],
  },
];
const cyclonedx = (vulnerability: object, more: object = {}) => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  metadata: {
    component: {
      type: 'application',
      name: 'web',
      'bom-ref': 'web',
      hashes: [{ alg: 'SHA-256', content: 'CD'.repeat(32) }],
    },
  },
  components: [
    { type: 'library', name: 'deep', version: '1.0.0', 'bom-ref': 'd', purl: 'pkg:cargo/deep@1.0.0' },
  ],
  vulnerabilities: [vulnerability],
  ...more,
});
const csaf = (vulnerability: object) => ({
  document: { category: 'csaf_vex', csaf_version: '2.0', publisher: { name: 'Someone' } },
  product_tree: {
    branches: [
      {
        category: 'vendor',
        branches: [
          {
            category: 'product_version',
            product: {
              product_id: 'W',
              name: 'web',
              product_identification_helper: {
                hashes: [{ filename: 'web', file_hashes: [{ algorithm: 'SHA256', value: 'ef'.repeat(32) }] }],
              },
            },
          },
        ],
      },
    ],
    full_product_names: [
      {
        product_id: 'D',
        name: 'deep',
        product_identification_helper: { purl: 'pkg:cargo/deep@1.0.0' },
      },
    ],
    product_groups: [{ group_id: 'G', product_ids: ['D', 'DW'] }],
    relationships: [
      {
        category: 'default_component_of',
        product_reference: 'D',
        relates_to_product_reference: 'W',
        full_product_name: { product_id: 'DW', name: 'deep in web' },
      },
    ],
  },
  vulnerabilities: [vulnerability],
});

/** What a foreign document says, as `status justification release product`, or why not. */
const foreign: readonly (readonly [name: string, document: object, expected: readonly string[]])[] = [
  [
    'OpenVEX: a product with a part',
    openvex({
      vulnerability: { name: 'CVE-1' },
      products: inProduct,
      status: 'not_affected',
      justification: 'component_not_present',
    }),
    ['not_affected component_not_present pkg:cargo/deep@1.0.0 {"name":"web","project":"p","target":"t"}'],
  ],
  [
    'OpenVEX: a crate itself, in the texts of 0.0.1',
    openvex({
      vulnerability: 'CVE-1',
      products: ['pkg:cargo/deep@1.0.0'],
      status: 'fixed',
    }),
    ['fixed - pkg:cargo/deep@1.0.0 {}'],
  ],
  [
    'OpenVEX: a file by its digest, and an image by a name of its own',
    openvex({
      vulnerability: { name: 'CVE-1' },
      products: [
        { ...inProduct[0], '@id': 'https://example.org/x', hashes: { 'sha-256': 'AB'.repeat(32) } },
        { ...inProduct[0], '@id': 'pkg:oci/web@sha256%3Aff' },
      ],
      status: 'under_investigation',
    }),
    [
      `under_investigation - pkg:cargo/deep@1.0.0 {"sha256":"${'ab'.repeat(32)}"}`,
      'under_investigation - pkg:cargo/deep@1.0.0 {"label":"pkg:oci/web@sha256%3Aff"}',
    ],
  ],
  [
    'OpenVEX: another word',
    openvex({
      vulnerability: { name: 'CVE-1' },
      products: inProduct,
      status: 'not_affected',
      justification: 'code_not_reachable',
    }),
    ['statements[0]: its justification `code_not_reachable` is no word of OpenVEX'],
  ],
  [
    'OpenVEX: another status',
    openvex({ vulnerability: { name: 'CVE-1' }, products: inProduct, status: 'exploitable' }),
    ['statements[0]: its status `exploitable` is no word of OpenVEX'],
  ],
  [
    'OpenVEX: no reason',
    openvex({ vulnerability: { name: 'CVE-1' }, products: inProduct, status: 'not_affected' }),
    ['statements[0]: it says that something is not affected and gives neither a justification nor a reason'],
  ],
  [
    'OpenVEX: a product without a part, a part without a version',
    openvex({
      vulnerability: { name: 'CVE-1' },
      products: [
        { '@id': 'pkg:generic/web?vcs_url=p' },
        { '@id': 'https://x.example', subcomponents: [{ '@id': 'pkg:cargo/deep' }] },
      ],
      status: 'fixed',
    }),
    [
      'statements[0].products[0]: `` is no package URL of a release',
      'statements[0].products[1]: `pkg:cargo/deep` names no version',
    ],
  ],
  [
    'CycloneDX: a component of the document’s subject',
    cyclonedx({
      id: 'CVE-1',
      analysis: { state: 'not_affected', justification: 'protected_at_perimeter' },
      affects: [{ ref: 'd' }],
    }),
    [`not_affected protected_at_perimeter pkg:cargo/deep@1.0.0 {"sha256":"${'cd'.repeat(32)}"}`],
  ],
  [
    'CycloneDX: a link into another document, and one to nothing',
    cyclonedx({
      id: 'CVE-1',
      analysis: { state: 'false_positive' },
      affects: [
        { ref: 'urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#pkg%3Acargo%2Fdeep%401.0.0' },
        { ref: 'urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#e' },
      ],
    }),
    [
      'not_affected - pkg:cargo/deep@1.0.0 {}',
      'vulnerabilities[0].affects[1]: `urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#e` is no component of the document',
    ],
  ],
  [
    'CycloneDX: versions of a component',
    cyclonedx({
      id: 'CVE-1',
      analysis: { state: 'resolved' },
      affects: [
        {
          ref: 'd',
          versions: [
            { version: '1.0.2+x' },
            { version: '1.0.3', status: 'unaffected' },
            { range: 'vers:cargo/<2' },
          ],
        },
      ],
    }),
    [
      `fixed - pkg:cargo/deep@1.0.2%2Bx {"sha256":"${'cd'.repeat(32)}"}`,
      'vulnerabilities[0].affects[0]: it says of version 1.0.3 that it is unaffected, beside its analysis',
      'vulnerabilities[0].affects[0]: it names a range of versions, and a statement is about one',
    ],
  ],
  [
    'CycloneDX: without an analysis, with another state, with another word',
    cyclonedx(
      {},
      {
        vulnerabilities: [
          { id: 'CVE-1', affects: [{ ref: 'd' }] },
          { id: 'CVE-1', analysis: { state: 'constructor' }, affects: [{ ref: 'd' }] },
          {
            id: 'CVE-1',
            analysis: { state: 'not_affected', justification: 'component_not_present' },
            affects: [{ ref: 'd' }],
          },
        ],
      },
    ),
    [
      'vulnerabilities[0]: it has no analysis',
      'vulnerabilities[1]: its state `constructor` is no word of CycloneDX',
      'vulnerabilities[2]: its justification `component_not_present` is no word of CycloneDX',
    ],
  ],
  [
    'CSAF: a part of a product, by a group',
    csaf({
      cve: 'CVE-2026-0001',
      product_status: { known_not_affected: ['DW'] },
      flags: [{ label: 'inline_mitigations_already_exist', group_ids: ['G'] }],
    }),
    [`not_affected inline_mitigations_already_exist pkg:cargo/deep@1.0.0 {"sha256":"${'ef'.repeat(32)}"}`],
  ],
  [
    'CSAF: a release itself; a product without a part; one that is not there',
    csaf({
      ids: [{ system_name: 'RustSec', text: 'RUSTSEC-2026-0001' }],
      product_status: { first_fixed: ['D'], recommended: ['D'], fixed: ['W', 'X'] },
    }),
    [
      'fixed - pkg:cargo/deep@1.0.0 {}',
      'vulnerabilities[0].product_status.fixed: W: it is no release, and no release is named as a part of it',
      'vulnerabilities[0].product_status.fixed: X: it is no product of the document',
    ],
  ],
  [
    'CSAF: a flag that is none, an affected one without a word on what to do',
    csaf({
      cve: 'CVE-2026-0001',
      product_status: { known_not_affected: ['DW'], last_affected: ['D'] },
      flags: [{ label: 'code_not_present', product_ids: ['DW'] }],
    }),
    [
      'vulnerabilities[0].product_status.known_not_affected: DW: its flag `code_not_present` is no word of CSAF',
      'vulnerabilities[0].product_status.last_affected: D: it says that something is affected and not what to do about it',
    ],
  ],
];

describe('documents of others', () => {
  for (const [name, document, expected] of foreign)
    it(name, () => {
      const { statements, unread } = readVex(JSON.stringify(document));
      assert.deepEqual(
        [
          ...statements.map(({ status, justification, release, product }) =>
            [
              status,
              justification ?? '-',
              release,
              JSON.stringify(product, Object.keys(product).sort()),
            ].join(' '),
          ),
          ...unread.map(({ where, reason }) => `${where}: ${reason}`),
        ],
        expected,
      );
    });

  it('are nothing else', () => {
    for (const [text, code] of [
      ['{', 'bom/document'],
      ['{}', 'bom/format'],
      ['[]', 'bom/format'],
      ['"https://openvex.dev/ns"', 'bom/format'],
    ])
      assert.throws(
        () => readVex(text ?? ''),
        (error) => error instanceof BomError && error.code === code,
      );
  });

  it('may be of any shape, and are read without an end or a crash', () => {
    const odd = [null, 1, '', [], {}, [[]], [null], [{}], { x: 1 }];
    for (const one of odd)
      for (const document of [
        { ...openvex({}), statements: one },
        openvex({ vulnerability: one, products: one, status: one }),
        openvex({ vulnerability: 'a', products: [{ subcomponents: one, '@id': one }], status: 'fixed' }),
        cyclonedx({}, { vulnerabilities: one, components: one, metadata: one }),
        cyclonedx({ id: 'a', analysis: { state: 'resolved' }, affects: one, references: one }),
        { ...csaf({}), product_tree: one, vulnerabilities: one },
        csaf({ cve: 'CVE-2026-0001', product_status: one, flags: one, threats: one }),
      ])
        assert.deepEqual(readVex(JSON.stringify(document)).statements, []);
  });
});

it('says why a statement says too little', () => {
  assert.match(whyTooLittle({ status: 'fixed', justification: 'requires_environment' }) ?? '', /is fixed/);
  assert.equal(whyTooLittle({ status: 'fixed' }), undefined);
});

describe('statements of one product that others have a name for', () => {
  const oci = 'pkg:oci/shop?repository_url=registry.example/shop';

  it('are about it alone, in each format', () => {
    const named = ofProduct([said, { ...said, release: 'pkg:cargo/other@2.0.0' }], oci) ?? [];
    for (const format of vexFormats) {
      const text = writeVex(format, named, writing);
      assert.equal(text.includes('pkg:generic'), false, format);
      assert.equal(readVex(text).statements.length, 2, format);
    }
    assert.match(
      writeVex('openvex', named, writing),
      /"@id": "pkg:oci\/shop\?repository_url=registry.example\/shop"/,
    );
    assert.equal(ofProduct([said], 'shop'), undefined);
  });

  it('contradict each other where they say different things of one release', () => {
    const worker = { ...said, product: { ...web, name: 'worker' }, status: 'fixed' } as const;
    assert.equal(contradiction([said, worker]), undefined);
    assert.deepEqual(
      contradiction(ofProduct([said, worker], oci) ?? [])?.map(({ status }) => status),
      ['not_affected', 'fixed'],
    );
  });
});
