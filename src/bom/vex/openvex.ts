import { type JsonValue, present } from '../read/json-value.ts';
import { serialOf } from '../serial.ts';
import { isRelease, productOf, productPurl, releaseOf } from './product.ts';
import {
  type UnreadVex,
  type VexDocument,
  type VexProduct,
  type VexStatement,
  type VexStatus,
  type VexWriting,
  vexStatuses,
  whyTooLittle,
} from './statement.ts';
import { impactText, justificationOf, noteText, readNote, wordOf } from './words.ts';

// OpenVEX 0.2.0 (github.com/openvex/spec, OPENVEX-SPEC.md); of 0.0.1 and 0.0.2 the names of vulnerabilities and
// products as bare texts.

const context = 'https://openvex.dev/ns/v0.2.0';

export function isOpenvex(root: JsonValue): boolean {
  return root.get('@context').text?.startsWith('https://openvex.dev/ns') === true;
}

/** Reads a document. Each product and each release in it is a statement. */
export function readOpenvex(root: JsonValue): VexDocument {
  const statements: VexStatement[] = [];
  const unread: UnreadVex[] = [];
  const author = root.get('author').text;
  for (const [i, said] of root.get('statements').list().entries()) {
    const where = `statements[${i}]`;
    const common = commonOf(root, said);
    if ('reason' in common) {
      unread.push({ where, reason: common.reason });
      continue;
    }
    const products = said.get('products').list();
    if (products.length === 0) unread.push({ where, reason: 'it names no product' });
    for (const [j, product] of products.entries())
      for (const { release, of } of releasesIn(product)) {
        const read = releaseOf(release);
        if ('reason' in read) unread.push({ where: `${where}.products[${j}]`, reason: read.reason });
        else statements.push({ author, ...common.said, release: read.purl, product: of });
      }
  }
  return { format: 'openvex', id: root.get('@id').text, author, statements, unread };
}

type Common = Omit<VexStatement, 'release' | 'product'>;

function commonOf(root: JsonValue, said: JsonValue): { readonly said: Common } | { readonly reason: string } {
  const advisory = said.get('vulnerability', 'name').text ?? said.get('vulnerability').text;
  if (advisory === undefined) return { reason: 'it names no vulnerability' };
  const status = said.get('status').text;
  if (!isStatus(status)) return { reason: `its status \`${status ?? ''}\` is no word of OpenVEX` };
  const word = said.get('justification').text;
  const justification = word === undefined ? undefined : justificationOf(word, 'common');
  if (word !== undefined && justification === undefined)
    return { reason: `its justification \`${word}\` is no word of OpenVEX` };
  const common = {
    advisory,
    aliases: said
      .get('vulnerability', 'aliases')
      .list()
      .flatMap((one) => one.text ?? []),
    status,
    justification,
    impact: said.get('impact_statement').text,
    action: said.get('action_statement').text,
    stated: said.get('timestamp').text ?? root.get('timestamp').text,
    ...readNote(said.get('status_notes').text),
  };
  const reason = whyTooLittle(common);
  return reason === undefined ? { said: common } : { reason };
}

/** The releases that a product has by what is said, or the product itself where it is one. */
function releasesIn(
  product: JsonValue,
): readonly { readonly release: string | undefined; readonly of: VexProduct }[] {
  const id = idOf(product);
  const parts = product.get('subcomponents').list();
  if (parts.length === 0 && isRelease(id)) return [{ release: id, of: {} }];
  const of = productOf(id, product.get('hashes', 'sha-256').text);
  if (parts.length === 0) return [{ release: undefined, of }];
  return parts.map((part) => ({ release: idOf(part), of }));
}

function idOf(one: JsonValue): string | undefined {
  return one.get('identifiers', 'purl').text ?? one.get('@id').text ?? one.text;
}

function isStatus(word: string | undefined): word is VexStatus {
  return (vexStatuses as readonly (string | undefined)[]).includes(word);
}

/** Writes statements as a document: the same ones at the same time are the same text. */
export function writeOpenvex(
  statements: readonly VexStatement[],
  { author, at, version }: VexWriting,
): string {
  const said = statements.map((one) =>
    present({
      vulnerability: {
        name: one.advisory,
        ...(one.aliases.length === 0 ? {} : { aliases: [...new Set(one.aliases)] }),
      },
      timestamp: one.stated,
      products: [productIn(one)],
      status: one.status,
      status_notes: noteText(one),
      justification: one.justification === undefined ? undefined : wordOf(one.justification, 'common'),
      impact_statement: one.status === 'not_affected' ? impactText(one, 'common') : undefined,
      action_statement: one.status === 'affected' ? one.action : undefined,
    }),
  );
  const document = {
    '@context': context,
    '@id': serialOf(JSON.stringify([author, at, said])),
    author,
    timestamp: at,
    version: 1,
    tooling: `safeguard ${version}`,
    statements: said,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function productIn({ product, release }: VexStatement): object {
  const purl = productPurl(product);
  const { sha256 } = product;
  return {
    '@id': purl,
    identifiers: { purl },
    ...(sha256 === undefined ? {} : { hashes: { 'sha-256': sha256 } }),
    subcomponents: [{ '@id': release, identifiers: { purl: release } }],
  };
}
