import { BomError } from '../error.ts';
import { type Purl, parsePurl, purlText } from '../purl.ts';
import type { VexProduct, VexStatement } from './statement.ts';

/**
 * The purl of a product: `pkg:generic/NAME` with the qualifiers `vcs_url` and `checksum` of purl-spec, and a `target`
 * of our own. A name alone says nothing of whose it is.
 */
export function productPurl({ project, target, name, sha256, purl }: VexProduct): string {
  if (purl !== undefined) return purl;
  const qualifiers = new Map(
    [
      ['checksum', sha256 === undefined ? '' : `sha256:${sha256}`],
      ['target', target ?? ''],
      ['vcs_url', project ?? ''],
    ].filter((pair): pair is [string, string] => pair[1] !== ''),
  );
  return purlText({ type: 'generic', name: name ?? 'artefact', qualifiers });
}

/**
 * The same statements about one product that others call so: a scanner compares the product of a statement with its own
 * purl of what it scans, and knows none of ours (`go-vex` 0.2.9, as grype and trivy use it). `undefined` where `text`
 * is no purl.
 */
export function ofProduct(
  statements: readonly VexStatement[],
  text: string,
): readonly VexStatement[] | undefined {
  const purl = purlIn(text);
  if (purl === undefined) return undefined;
  const product = { purl: purlText(purl), name: purl.name };
  return statements.map((one) => ({ ...one, product }));
}

/** Two statements that say different things of one release in one product. */
export function contradiction(
  statements: readonly VexStatement[],
): readonly [VexStatement, VexStatement] | undefined {
  const said = new Map<string, VexStatement>();
  for (const one of statements) {
    const key = JSON.stringify([one.advisory, one.release, productPurl(one.product)]);
    const other = said.get(key);
    if (other !== undefined && other.status !== one.status) return [other, one];
    said.set(key, one);
  }
  return undefined;
}

/** A product as people call it. */
export function productName({ project, target, name, sha256, label }: VexProduct): string {
  const of = [target, project].filter((text) => text !== undefined).join(' of ');
  const what = name ?? (sha256 === undefined ? (label ?? 'artefact') : `sha256:${sha256.slice(0, 12)}`);
  return of === '' ? what : `${what} for ${of}`;
}

/** What a document's product is here, by its purl or other id and by its SHA-256 (hex). */
export function productOf(id: string | undefined, sha256: string | undefined): VexProduct {
  const purl = purlIn(id);
  const hash = hashOf(sha256) ?? hashOf(purl?.qualifiers.get('checksum'));
  const lineage = purl === undefined ? {} : lineageOf(purl);
  if (hash !== undefined) return { ...lineage, sha256: hash };
  return lineage.name !== undefined || id === undefined ? lineage : { label: id };
}

/** The canonical purl of a release, or why there is none: a clause. */
export function releaseOf(text: string | undefined): { readonly purl: string } | { readonly reason: string } {
  const purl = purlIn(text);
  if (purl === undefined) return { reason: `\`${text ?? ''}\` is no package URL of a release` };
  if (purl.version === undefined) return { reason: `\`${text}\` names no version` };
  return { purl: purlText(purl) };
}

/** A purl of another version of the same; what is no purl stays. */
export function withVersion(text: string | undefined, version: string): string | undefined {
  const purl = purlIn(text);
  return purl === undefined ? text : purlText({ ...purl, version });
}

/** Whether an id is the purl of a package's release itself, and no product of ours. */
export function isRelease(id: string | undefined): boolean {
  const purl = purlIn(id);
  return purl !== undefined && purl.type !== 'generic' && purl.version !== undefined;
}

function lineageOf({ type, name, qualifiers }: Purl): VexProduct {
  const [project, target] = [qualifiers.get('vcs_url'), qualifiers.get('target')];
  if (type !== 'generic' || !['vcs_url', 'target', 'checksum'].some((key) => qualifiers.has(key))) return {};
  return {
    name,
    ...(project === undefined ? {} : { project }),
    ...(target === undefined ? {} : { target }),
  };
}

function hashOf(text: string | undefined): string | undefined {
  return /(?:^|sha256:)([0-9a-f]{64})(?:$|,)/.exec(text?.toLowerCase() ?? '')?.[1];
}

function purlIn(text: string | undefined): Purl | undefined {
  if (text === undefined) return undefined;
  try {
    return parsePurl(text);
  } catch (error) {
    if (error instanceof BomError) return undefined;
    throw error;
  }
}
