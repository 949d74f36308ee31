/** XML that is read bit by bit is what it is as a whole, and CycloneDX in it too. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BomError } from '../../src/bom/error.ts';
import type { ForeignComponent } from '../../src/bom/read/foreign.ts';
import { readBom } from '../../src/bom/read/read.ts';
import { readXml, type XmlElement, XmlPieces } from '../../src/bom/read/xml.ts';
import { inPieces } from './in-pieces.ts';

const options = { lists: new Set(['list']), nested: { inside: 'list', key: 'list' } };

function taken(text: string, size: number): { readonly entries: XmlElement[]; readonly root: XmlElement } {
  const entries: XmlElement[] = [];
  const xml = new XmlPieces((_, each) => entries.push(bare(each)), options);
  for (let at = 0; at < text.length; at += size) xml.push(text.slice(at, at + size));
  return { entries, root: bare(xml.end()) };
}

function bare({ name, attributes, children, text }: XmlElement): XmlElement {
  return { name, attributes, children: children.map(bare), text };
}

/** The same out of the whole. */
function asWhole(text: string) {
  const entries: XmlElement[] = [];
  const apart = (each: XmlElement, isEntry: boolean): XmlElement => ({
    ...each,
    children: each.children.map((one) => {
      if (!isEntry || one.name !== 'list') return apart(one, false);
      for (const inner of one.children) entries.push(apart(inner, true));
      return { ...one, children: [], text: '' };
    }),
  });
  const root = apart(bare(readXml(text)), true);
  return { entries, root };
}

const name = fc.constantFrom('list', 'b:entry', 'other', 'é');
const text = fc.constantFrom(
  '',
  ' ',
  'x',
  '&lt;é&#x1f980;',
  '<!-- > <a> -->',
  '<![CDATA[<list>]]>',
  '<?p > ?>',
);
const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc
    .tuple(
      name,
      fc.constantFrom('', ' a="1"', " b:c='>&quot;' "),
      fc.array(fc.oneof(text, tie('element')), { maxLength: 4, depthIdentifier: 'deep' }),
    )
    .map(([tag, attributes, inner]) =>
      inner.length === 0 ? `<${tag}${attributes}/>` : `<${tag}${attributes}>${inner.join('')}</${tag} >`,
    ),
}));

describe('XML in pieces', () => {
  it('is what it is as a whole, wherever it is cut', () => {
    fc.assert(
      fc.property(element, fc.integer({ min: 1, max: 30 }), (one, size) => {
        const whole = `\uFEFF<?xml version="1.0"?>\n<!-- > -->${one}\n`;
        assert.deepEqual(taken(whole, size), asWhole(whole));
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused where it is broken, however much comes', () => {
    for (const bad of [
      '<a>',
      '<a></b>',
      '<a/><b/>',
      '<a/>x',
      '<!DOCTYPE a><a/>',
      '<a',
      '',
      'x',
      '<a><!-- </a>',
    ])
      for (const size of [1, 3, 100])
        assert.throws(
          () => taken(bad, size),
          (error) => error instanceof BomError && error.code === 'bom/document',
          bad,
        );
    const endless = (begin: string, more: string) => {
      const xml = new XmlPieces(() => {}, { ...options, most: 100_000 });
      xml.push(`<a>${begin}`);
      const piece = more.repeat(10_000);
      for (let i = 0; i < 70; i++) xml.push(piece);
    };
    for (const begin of ['<b c="', '<!-- ', '<![CDATA[', 'x', '<b> <c>'])
      for (const more of ['x', '>', '<b>'])
        if (begin !== '<b> <c>' || more !== '>')
          assert.throws(() => endless(begin, more), /too long|1000 elements deep|ends nothing/, begin + more);
  });

  it('has no tag that is longer than any', () => {
    const xml = new XmlPieces(() => {}, options);
    assert.throws(() => xml.push(`<a b="${'>'.repeat(2_000_000)}`), /too long/);
  });

  it('holds none of the entries of its lists', () => {
    const xml = new XmlPieces(() => {}, { ...options, most: 2000 });
    xml.push('<bom><list>');
    for (let i = 0; i < 1000; i++) xml.push(`\n<entry a="${i}">${'x'.repeat(500)}</entry>`);
    xml.push('</list></bom>');
    assert.equal(xml.end().name, 'bom');
    const outside = new XmlPieces(() => {}, { ...options, most: 2000 });
    assert.throws(() => {
      outside.push('<bom><other>');
      for (let i = 0; i < 1000; i++) outside.push('<entry/>');
    }, /too long/);
  });
});

const part = fc.constantFrom('a', 'b', 'c', 'd', 'é &amp; "x"');
const { components } = fc.letrec<{ components: string; component: string }>((tie) => ({
  components: fc
    .array(tie('component'), { maxLength: 3, depthIdentifier: 'components' })
    .map((all) => `\n<components>${all.join('\n')}</components>`),
  component: fc
    .tuple(part, fc.boolean(), fc.oneof(fc.constant(''), tie('components') as fc.Arbitrary<string>))
    .map(
      ([one, hasRef, inner]) =>
        `<component type="library"${hasRef ? ` bom-ref="${one.replaceAll('"', '&quot;')}"` : ''}><name>${one}</name><version>1.0.0</version>` +
        `<purl>pkg:cargo/${one}@1.0.0</purl><properties><property name="p">${one}</property></properties>${inner}</component>`,
    ),
}));

describe('CycloneDX in XML, in pieces', () => {
  it('says what it says as a whole', () => {
    const key = ({ ref, name: of }: ForeignComponent) => `${ref} ${of}`;
    const sorted = (all: readonly ForeignComponent[]) => all.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
    fc.assert(
      fc.property(components, components, fc.integer({ min: 1, max: 60 }), (all, inside, size) => {
        const document =
          `<?xml version="1.0" encoding="UTF-8"?><bom xmlns="http://cyclonedx.org/schema/bom/1.5" serialNumber="urn:uuid:1" version="1"><metadata><timestamp>2026-11-30T00:00:00Z</timestamp>` +
          `<component type="application" bom-ref="app"><name>app</name>${inside}</component></metadata>${all}` +
          '<dependencies><dependency ref="app"><dependency ref="a"/><provides/></dependency><dependency ref="b"/></dependencies>' +
          '<compositions><composition><aggregate>complete</aggregate></composition></compositions></bom>';
        const { bom } = inPieces(document, size);
        const whole = readBom(document);
        assert.deepEqual(
          { ...bom, components: sorted(bom.components) },
          { ...whole, components: sorted(whole.components) },
        );
      }),
      { numRuns: 500 },
    );
  });
});
