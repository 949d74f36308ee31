import { type JsonValue, present } from '../read/json-value.ts';
import { serialOf } from '../serial.ts';
import { isRelease, productName, productOf, productPurl, releaseOf } from './product.ts';
import {
  type UnreadVex,
  type VexDocument,
  type VexJustification,
  type VexProduct,
  type VexStatement,
  type VexStatus,
  type VexWriting,
  whyTooLittle,
} from './statement.ts';
import { impactText, justificationOf, noteText, readNote, wordOf } from './words.ts';

// CSAF 2.0, profile 5 (`csaf_vex`); what other profiles say of products is read, too, and 2.1, which has `purls` in the
// place of `purl`.

/** Branches inside of branches are followed so deep. */
const maxDepth = 64;

/** Lists of products by what they say (3.2.3.9, "Product status"). `recommended` says nothing of a flaw. */
const statuses: Readonly<Record<string, VexStatus>> = {
  known_not_affected: 'not_affected',
  known_affected: 'affected',
  first_affected: 'affected',
  last_affected: 'affected',
  fixed: 'fixed',
  first_fixed: 'fixed',
  under_investigation: 'under_investigation',
};

/** A product, or one as a part of another. */
type Named =
  | { readonly kind: 'product'; readonly id: string | undefined; readonly sha256: string | undefined }
  | { readonly kind: 'part'; readonly part: string; readonly of: string };

export function isCsaf(root: JsonValue): boolean {
  return root.get('document', 'csaf_version').exists;
}

/** Reads what a document says of products. Each product of each of its lists is a statement. */
export function readCsaf(root: JsonValue): VexDocument {
  const names = namesIn(root.get('product_tree'));
  const groups = new Map(
    root
      .get('product_tree', 'product_groups')
      .list()
      .map((group) => [group.get('group_id').text ?? '', textsOf(group.get('product_ids'))]),
  );
  const author = root.get('document', 'publisher', 'name').text;
  const statements: VexStatement[] = [];
  const unread: UnreadVex[] = [];
  for (const [i, said] of root.get('vulnerabilities').list().entries()) {
    const ids = [
      said.get('cve').text,
      ...said
        .get('ids')
        .list()
        .map((one) => one.get('text').text),
    ].filter((text) => text !== undefined);
    const [advisory, ...aliases] = ids;
    if (advisory === undefined) {
      unread.push({ where: `vulnerabilities[${i}]`, reason: 'it names no vulnerability' });
      continue;
    }
    for (const [list, status] of Object.entries(statuses))
      for (const id of textsOf(said.get('product_status', list))) {
        const where = `vulnerabilities[${i}].product_status.${list}: ${id}`;
        const found = releaseIn(id, names);
        const words = wordsOf(root, said, { id, status, groups });
        if ('reason' in found) unread.push({ where, reason: found.reason });
        else if ('reason' in words) unread.push({ where, reason: words.reason });
        else statements.push({ author, advisory, aliases, ...found, ...words.said });
      }
  }
  return { format: 'csaf', id: root.get('document', 'tracking', 'id').text, author, statements, unread };
}

function namesIn(tree: JsonValue): ReadonlyMap<string, Named> {
  const names = new Map<string, Named>();
  const put = (product: JsonValue) => {
    const id = product.get('product_id').text;
    const helper = product.get('product_identification_helper');
    const hash = helper
      .get('hashes')
      .list()
      .flatMap((one) => one.get('file_hashes').list())
      .find((one) => /^sha-?256$/i.test(one.get('algorithm').text ?? ''));
    const purls = [helper.get('purl'), ...helper.get('purls').list()].flatMap(({ text }) => text ?? []);
    const known = purls.find(isRelease) ?? purls[0] ?? product.get('name').text;
    if (id !== undefined) names.set(id, { kind: 'product', id: known, sha256: hash?.get('value').text });
  };
  const walk = (branch: JsonValue, depth: number) => {
    if (branch.get('product').exists) put(branch.get('product'));
    if (depth < maxDepth) for (const inner of branch.get('branches').list()) walk(inner, depth + 1);
  };
  walk(tree, 0);
  for (const one of tree.get('full_product_names').list()) put(one);
  for (const one of tree.get('relationships').list()) {
    const id = one.get('full_product_name', 'product_id').text;
    const [part, of] = [one.get('product_reference').text, one.get('relates_to_product_reference').text];
    if (id !== undefined && part !== undefined && of !== undefined) names.set(id, { kind: 'part', part, of });
  }
  return names;
}

function releaseIn(
  id: string,
  names: ReadonlyMap<string, Named>,
): { readonly release: string; readonly product: VexProduct } | { readonly reason: string } {
  const named = names.get(id);
  if (named === undefined) return { reason: 'it is no product of the document' };
  const part = named.kind === 'part' ? names.get(named.part) : named;
  const of = named.kind === 'part' ? names.get(named.of) : undefined;
  if (part?.kind !== 'product' || (named.kind === 'part' && of?.kind !== 'product'))
    return { reason: 'it is a part of a part' };
  if (named.kind === 'product' && !isRelease(part.id))
    return { reason: 'it is no release, and no release is named as a part of it' };
  const read = releaseOf(part.id);
  if ('reason' in read) return read;
  return { release: read.purl, product: of?.kind === 'product' ? productOf(of.id, of.sha256) : {} };
}

interface About {
  readonly id: string;
  readonly status: VexStatus;
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

/** What is said of one product of a vulnerability. */
function wordsOf(
  root: JsonValue,
  said: JsonValue,
  { id, status, groups }: About,
):
  | {
      readonly said: Pick<
        VexStatement,
        'status' | 'justification' | 'impact' | 'action' | 'stated' | 'until'
      >;
    }
  | { readonly reason: string } {
  const isAbout = (one: JsonValue) =>
    textsOf(one.get('product_ids')).includes(id) ||
    textsOf(one.get('group_ids')).some((group) => groups.get(group)?.includes(id) === true);
  const flags = said.get('flags').list().filter(isAbout);
  const word = flags[0]?.get('label').text;
  let justification: VexJustification | undefined;
  if (word !== undefined && status === 'not_affected') {
    justification = justificationOf(word, 'common');
    if (justification === undefined) return { reason: `its flag \`${word}\` is no word of CSAF` };
  }
  const impacts = said
    .get('threats')
    .list()
    .filter((one) => one.get('category').text === 'impact' && isAbout(one));
  const details = impacts.flatMap((one) => one.get('details').text ?? []);
  // The note is behind the reason, which may be a text that looks like one.
  const noteAt = details.findLastIndex((text) => Object.keys(readNote(text)).length > 0);
  const impact = details.filter((_, i) => i !== noteAt).join(' ');
  const action = said
    .get('remediations')
    .list()
    .filter(isAbout)
    .flatMap((one) => one.get('details').text ?? [])
    .join(' ');
  const words = {
    status,
    justification,
    impact: impact === '' || status === 'affected' ? undefined : impact,
    action: status === 'affected' && action !== '' ? action : undefined,
    stated:
      flags[0]?.get('date').text ??
      impacts[0]?.get('date').text ??
      root.get('document', 'tracking', 'current_release_date').text,
    ...readNote(details[noteAt]),
  };
  const reason = whyTooLittle(words);
  return reason === undefined ? { said: words } : { reason };
}

function textsOf(list: JsonValue): readonly string[] {
  return list.list().flatMap((one) => one.text ?? []);
}

/**
 * Writes statements as a document of the profile `csaf_vex`; of the base profile where there are none, which the other
 * one must have. A vulnerability is there once, with all that is said of it: of each release in each product what was
 * said last.
 */
export function writeCsaf(all: readonly VexStatement[], writing: VexWriting): string {
  const { author, namespace, at, version } = writing;
  const statements = newestOf(all);
  const products = idsOf(statements.map(({ product }) => productPurl(product)));
  const releases = idsOf(
    statements.map(({ release }) => release),
    'CSAFREL',
  );
  const pairs = idsOf(
    statements.map((one) => pairOf(one)),
    'CSAFREF',
  );
  const byPair = new Map(statements.map((one) => [pairOf(one), one]));
  const named = new Map(statements.map((one) => [productPurl(one.product), one.product]));
  const tree = {
    full_product_names: [
      ...[...products].map(([purl, id]) => fullName(id, named.get(purl) ?? {}, purl)),
      ...[...releases].map(([purl, id]) => ({
        product_id: id,
        name: purl,
        product_identification_helper: { purl },
      })),
    ],
    relationships: [...byPair].map(([pair, { product, release }]) => ({
      category: 'default_component_of',
      product_reference: releases.get(release) ?? '',
      relates_to_product_reference: products.get(productPurl(product)) ?? '',
      full_product_name: {
        product_id: pairs.get(pair) ?? '',
        name: `${release} in ${productName(product)}`,
      },
    })),
  };
  const byAdvisory = Map.groupBy(statements, (one) => cveOf(one) ?? one.advisory);
  const body =
    statements.length === 0
      ? {}
      : {
          product_tree: tree,
          vulnerabilities: [...byAdvisory.values()].map((said) => vulnerabilityOf(said, pairs)),
        };
  const id = serialOf(JSON.stringify([author, at, body])).replace('urn:uuid:', 'safeguard-vex-');
  const document = {
    category: statements.length === 0 ? 'csaf_base' : 'csaf_vex',
    csaf_version: '2.0',
    lang: 'en',
    notes: [
      {
        category: 'summary',
        text: 'What is known of vulnerabilities in the releases that these products are made of.',
        title: 'Summary',
      },
    ],
    publisher: { category: 'vendor', name: author, namespace },
    title: `Statements on ${byAdvisory.size === 1 ? '1 vulnerability' : `${byAdvisory.size} vulnerabilities`}`,
    tracking: {
      current_release_date: at,
      generator: { date: at, engine: { name: 'safeguard', version } },
      id,
      initial_release_date: at,
      revision_history: [{ date: at, number: '1', summary: 'As it stood then' }],
      status: 'final',
      version: '1',
    },
  };
  return `${JSON.stringify({ document, ...body }, null, 2)}\n`;
}

/** CSAF has no history: two states of one product, or two reasons for one, contradict each other there (6.1.6, 6.1.33). */
function newestOf(statements: readonly VexStatement[]): readonly VexStatement[] {
  const newest = new Map<string, VexStatement>();
  for (const one of statements) {
    const key = JSON.stringify([cveOf(one) ?? one.advisory, pairOf(one)]);
    const known = newest.get(key);
    if (known === undefined || (known.stated ?? '') <= (one.stated ?? '')) newest.set(key, one);
  }
  return [...newest.values()];
}

function vulnerabilityOf(said: readonly VexStatement[], pairs: ReadonlyMap<string, string>): object {
  const idOf = (one: VexStatement) => pairs.get(pairOf(one)) ?? '';
  const cve = said.flatMap((one) => cveOf(one) ?? [])[0];
  const ids = [...new Set(said.flatMap(({ advisory, aliases }) => [advisory, ...aliases]))].filter(
    (text) => text !== cve,
  );
  const listOf = (status: VexStatus) => {
    const list = said.filter((one) => one.status === status).map(idOf);
    return list.length === 0 ? undefined : [...new Set(list)];
  };
  const flags = said.flatMap((one) => {
    const label = one.justification === undefined ? undefined : wordOf(one.justification, 'common');
    return label === undefined ? [] : [present({ label, date: one.stated, product_ids: [idOf(one)] })];
  });
  const threats = said.flatMap((one) =>
    [impactText(one, 'common'), noteText(one)]
      .filter((text) => text !== undefined)
      .map((details) => present({ category: 'impact', details, date: one.stated, product_ids: [idOf(one)] })),
  );
  const remediations = said.flatMap((one) =>
    one.action === undefined
      ? []
      : [{ category: 'mitigation', details: one.action, product_ids: [idOf(one)] }],
  );
  return present({
    cve,
    ids: ids.length === 0 ? undefined : ids.map((text) => ({ system_name: systemOf(text), text })),
    notes: [
      {
        category: 'description',
        text: [cve, ...ids].filter((text) => text !== undefined).join(', '),
        title: 'Vulnerability',
      },
    ],
    product_status: present({
      fixed: listOf('fixed'),
      known_affected: listOf('affected'),
      known_not_affected: listOf('not_affected'),
      under_investigation: listOf('under_investigation'),
    }),
    flags: flags.length === 0 ? undefined : flags,
    threats: threats.length === 0 ? undefined : threats,
    remediations: remediations.length === 0 ? undefined : remediations,
  });
}

function fullName(id: string, product: VexProduct, purl: string): object {
  const { sha256, name } = product;
  const hashes =
    sha256 === undefined
      ? {}
      : {
          hashes: [{ file_hashes: [{ algorithm: 'sha256', value: sha256 }], filename: name ?? 'artefact' }],
        };
  return {
    product_id: id,
    name: productName(product),
    product_identification_helper: { ...hashes, purl },
  };
}

/** Ids by what they stand for, in the order in which it comes. */
function idsOf(texts: readonly string[], prefix = 'CSAFPID'): ReadonlyMap<string, string> {
  return new Map([...new Set(texts)].map((text, i) => [text, `${prefix}-${String(i + 1).padStart(4, '0')}`]));
}

function pairOf({ product, release }: VexStatement): string {
  return JSON.stringify([productPurl(product), release]);
}

function cveOf({ advisory, aliases }: VexStatement): string | undefined {
  return [advisory, ...aliases].find((id) => /^CVE-\d{4}-\d{4,}$/.test(id));
}

function systemOf(id: string): string {
  return id.startsWith('RUSTSEC-') ? 'RustSec' : id.startsWith('GHSA-') ? 'GitHub' : 'OSV';
}
