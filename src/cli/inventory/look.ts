import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { readBundle } from '../../attest/bundle.ts';
import { AttestError } from '../../attest/error.ts';
import { documentsIn } from '../../attest/json.ts';
import { readStatement } from '../../attest/statement.ts';
import type { ByteSource } from '../../binary/bytes.ts';
import { isDebugFile } from '../../binary/debug-file.ts';
import { embeddedCrates, joinedCrates } from '../../binary/dep-v0.ts';
import { readExecutable } from '../../binary/executable.ts';
import type { Image } from '../../binary/image.ts';
import { recoveredCrates } from '../../binary/recovered.ts';
import { strippableDigest } from '../../binary/segments.ts';
import { BomError } from '../../bom/error.ts';
import { mayBeBom, readBom } from '../../bom/read/read.ts';
import { InventoryError } from '../../inventory/error.ts';
import { contentsByList, contentsByTraces } from '../../inventory/from-binary.ts';
import {
  type ProvenanceClaim,
  readProvenance,
  readVerdictClaim,
  type VerdictClaim,
} from '../../inventory/provenance.ts';
import type { ArtefactStatement, StatedFile } from '../../inventory/statement.ts';
import { withBinary } from '../shared/binary-file.ts';
import { packingOf } from '../shared/encoding.ts';
import { CliError } from '../shared/error.ts';
import { printable } from '../shared/terminal.ts';
import { plainHead, withUnpacked } from './plain-copy.ts';
import {
  type Begin,
  largeDocument,
  largeForm,
  type ReadStatement,
  wholeDocument,
  wholeStatement,
} from './read-document.ts';

/** A file: where its bytes are, and how it is called. */
export interface Place {
  readonly path: string;
  readonly said: string;
}

/** One file of those that were named: what it says. */
export type Found =
  | {
      readonly kind: 'binary';
      readonly path: string;
      /** Which bytes were read (`withBinary`). */
      readonly stamp: string;
      readonly statement: ArtefactStatement;
    }
  | { readonly kind: 'document'; readonly path: string; readonly statement: ReadStatement }
  | {
      readonly kind: 'statement';
      readonly path: string;
      readonly claim: ProvenanceClaim | VerdictClaim;
    }
  | { readonly kind: 'bundles'; readonly path: string; readonly bundles: readonly Bundle[] };

/** A Sigstore bundle, and what it says that it is about. */
export interface Bundle {
  /** Of its file. */
  readonly name: string;
  readonly text: string;
  readonly digests: readonly string[];
  readonly claim: ProvenanceClaim | VerdictClaim | undefined;
}

/** What a file says; `undefined` for what is of no kind that is read here. */
export async function look(place: Place, begin: Begin): Promise<Found | undefined> {
  const { path, said } = place;
  const { head, binary, stamp } = withBinary(path, (source, stamp) => {
    const first = headIn(source);
    const isBinary = !mayBeBom(plainHead(first)) && isExecutable(first);
    return { head: first, binary: isBinary ? binaryIn(source, basename(said)) : undefined, stamp };
  });
  if (binary !== undefined) return { kind: 'binary', path, stamp, statement: binary };
  const beginning = plainHead(head);
  if (!mayBeBom(beginning)) return undefined;
  const packing = packingOf(head);
  if (packing === undefined) return await documentAt(place, beginning, begin);
  return await withUnpacked(place, packing, (copy) => {
    const plain = { path: copy, said };
    return packing === 'gzip' ? lookInside(plain, begin) : documentAt(plain, textHeadOf(copy), begin);
  });
}

/** A document that was packed; it may be in another encoding, too. */
async function lookInside(place: Place, begin: Begin): Promise<Found | undefined> {
  const head = headOf(place.path);
  const packing = packingOf(head);
  if (packing === undefined) return await documentAt(place, head.toString('utf8'), begin);
  if (packing === 'gzip') return undefined;
  return await withUnpacked(place, packing, (copy) =>
    documentAt({ path: copy, said: place.said }, textHeadOf(copy), begin),
  );
}

function textHeadOf(path: string): string {
  return headOf(path).toString('utf8');
}

async function documentAt(place: Place, head: string, begin: Begin): Promise<Found | undefined> {
  const { path, said } = place;
  const form = largeForm(path, head);
  const text = form === undefined ? wholeDocument(place) : '';
  const name = basename(said);
  try {
    if (form !== undefined) {
      const statement = await largeDocument(path, form, { fallback: name, begin });
      return { kind: 'document', path: said, statement };
    }
    const attested = /^\uFEFF?\s*[{[]/.test(text) ? attestedIn(text, said) : undefined;
    if (attested !== undefined) return attested;
    const statement = await wholeStatement(readBom(text), { fallback: name, begin });
    return { kind: 'document', path: said, statement };
  } catch (error) {
    // JSON of another kind lies in many folders; `gh attestation download` writes a bundle a line.
    if (error instanceof SyntaxError) return bundlesByLine(text, said);
    if (error instanceof BomError && error.code === 'bom/format') return undefined;
    if (error instanceof BomError) throw new CliError('cli/file', `${printable(said)}: ${error.message}`);
    // The server would refuse it, and take no text of that size to say so.
    if (error instanceof InventoryError)
      throw new CliError('cli/file', `${printable(said)}: ${error.message}`, {
        next: error.next ?? 'Add documents of one artefact and one target each.',
      });
    throw error;
  }
}

/** Bytes that are read at once for a digest. */
const atOnce = 1024 * 1024;

/** What JSON says of where something is from; `undefined` where it is no statement of that kind. */
function attestedIn(text: string, path: string): Found | undefined {
  const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
  const bundle = bundleIn(text, value, basename(path));
  if (bundle !== undefined) return { kind: 'bundles', path, bundles: [bundle] };
  const claim = claimIn(value);
  return claim === undefined ? undefined : { kind: 'statement', path, claim };
}

function bundlesByLine(text: string, path: string): Found | undefined {
  const documents = documentsIn(text) ?? [];
  const bundles = documents.flatMap((one) => bundleIn(one.text, one.value, basename(path)) ?? []);
  return bundles.length === 0 ? undefined : { kind: 'bundles', path, bundles };
}

/**
 * A Sigstore bundle, with the bytes that it says it is about, by SHA-256; `undefined` for other JSON. Whether it may be
 * believed is for the server to say.
 */
function bundleIn(text: string, value: unknown, name: string): Bundle | undefined {
  try {
    const { subject } = readStatement(readBundle(text).payload);
    const digests = subject.flatMap(({ digest }) => digest.sha256 ?? []);
    return { name, text, digests, claim: claimIn(value) };
  } catch (error) {
    if (error instanceof AttestError) return undefined;
    throw error;
  }
}

function claimIn(value: unknown): ProvenanceClaim | VerdictClaim | undefined {
  return readProvenance(value) ?? readVerdictClaim(value);
}

/** `undefined`: it has debug information of a program, and nothing that runs. */
function binaryIn(source: ByteSource, name: string): ArtefactStatement | undefined {
  const images = readExecutable(source);
  if (images.every(isDebugFile)) return undefined;
  // A file for several processors has a program for each.
  const lists = images.flatMap((image) => {
    const list = embeddedCrates(source, image);
    return list === undefined ? [] : [list];
  });
  const [first] = images;
  const file: StatedFile = {
    sha256: digestOf(source),
    size: source.size,
    ...(first?.buildId === undefined ? {} : { buildId: first.buildId }),
    ...(first === undefined ? {} : { format: first.format }),
    ...segmentsOf(source, first),
  };
  if (lists.length === 0) return { name, file, ...contentsByTraces(recoveredCrates(source)) };
  const listed = contentsByList(joinedCrates(lists));
  return { name, file, ...listed, ...(lists.length < images.length ? { completeness: 'incomplete' } : {}) };
}

/** SHA-256 (hex) of the bytes that were read, whatever lies at their path by now. */
function digestOf(source: ByteSource): string {
  const hash = createHash('sha256');
  for (let at = 0; at < source.size; at += atOnce)
    hash.update(source.read(at, Math.min(atOnce, source.size - at)));
  return hash.digest('hex');
}

/**
 * What tells a stripped copy of a binary from one that was tampered with; nothing where stripping itself changes what
 * is loaded.
 */
function segmentsOf(source: ByteSource, image: Image | undefined): Pick<StatedFile, 'segments'> {
  if (image?.format !== 'elf' || image.buildId === undefined) return {};
  const segments = strippableDigest(source);
  return segments === undefined ? {} : { segments };
}

/** The first bytes of a file. */
export function headOf(path: string): Buffer {
  return withBinary(path, headIn);
}

function headIn(source: ByteSource): Buffer {
  return Buffer.from(source.read(0, Math.min(4096, source.size)));
}

/** Whether a file that begins so may be an executable. */
export function isExecutable(head: Buffer): boolean {
  const magic = head.subarray(0, 4).toString('hex');
  const known = [
    '7f454c46',
    '0061736d',
    'feedface',
    'feedfacf',
    'cefaedfe',
    'cffaedfe',
    'cafebabe',
    'cafebabf',
  ];
  return known.includes(magic) || magic.startsWith('4d5a');
}
