import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { BomError } from '../../bom/error.ts';
import type { ForeignBom } from '../../bom/read/foreign.ts';
import { FormFinder, type PiecesForm, piecesOf } from '../../bom/read/pieces.ts';
import { assembled, BomParts, type StatedBom } from '../../inventory/from-bom.ts';
import type { ArtefactStatement } from '../../inventory/statement.ts';
import { stampOf } from '../shared/binary-file.ts';
import { CliError } from '../shared/error.ts';
import { printable } from '../shared/terminal.ts';
import { AsideFile } from './aside-file.ts';
import { mostInOne, type PartsSender } from './parts-sender.ts';

/** Bytes of a document that is read as a whole. */
const maxWhole = 256 * 1024 * 1024;
/** Bytes from which on a document is read bit by bit, where its form can be. */
const large = 4 * 1024 * 1024;
/** Bytes that are read at once. */
const atOnce = 256 * 1024;

/** A statement; where its components were too many for one request, they were sent already. */
export type ReadStatement = ArtefactStatement & { readonly parts?: PartsSender | undefined };

/** Begins to send in parts. */
export type Begin = () => Promise<PartsSender>;

interface Taking {
  /** What the artefact is called where the document has no name. */
  readonly fallback: string;
  readonly begin: Begin;
}

/** How a document is read bit by bit, by its size and what it says; `undefined`: it is read as a whole. */
export function largeForm(path: string, beginning: string): PiecesForm | undefined {
  if (statSync(path).size < large) return undefined;
  const form = piecesOf(beginning);
  return form === 'unclear' ? foundForm(path) : form;
}

/** `undefined`: it is no document that is read here. */
function foundForm(path: string): PiecesForm | undefined {
  const finder = new FormFinder();
  const file = openSync(path, 'r');
  try {
    for (const chunk of chunksOf(file)) {
      finder.push(chunk);
      if (finder.form !== undefined) break;
    }
  } catch (error) {
    if (!(error instanceof BomError)) throw error;
  } finally {
    closeSync(file);
  }
  return finder.form;
}

/** The bytes of an open file, from the first to the last; each piece is there until the next one. */
function* chunksOf(file: number): Generator<Buffer> {
  const chunk = Buffer.alloc(atOnce);
  for (let at = 0, read = readSync(file, chunk, 0, atOnce, at); read > 0; ) {
    yield chunk.subarray(0, read);
    at += read;
    read = readSync(file, chunk, 0, atOnce, at);
  }
}

/** What a document says of an artefact, of any size: what is read is sent while the rest is read. Throws `BomError`, `CliError`. */
export async function largeDocument(
  path: string,
  { format, open }: PiecesForm,
  { fallback, begin }: Taking,
): Promise<ReadStatement> {
  // Much is gone through here, and little of it kept: V8 would let the heap grow by garbage.
  setFlagsFromString('--heap-growing-percent=25');
  const aside = new AsideFile();
  const parts = new BomParts(format, aside);
  const document = open({
    component: (each) => parts.add(each),
    needs: (from, to) => parts.needs(from, to),
  });
  const sending = new Sending(begin);
  const file = openSync(path, 'r');
  const before = stampOf(file);
  try {
    for (let pass = 1; ; pass++) {
      for (const chunk of chunksOf(file)) {
        document.push(chunk);
        if (parts.counts.waiting > mostInOne || (sending.hasBegun && parts.counts.waiting >= inStride))
          await sending.take(parts);
      }
      if (pass === document.passes) break;
      document.again();
    }
    if (stampOf(file) !== before)
      throw new CliError('cli/file', `${printable(fallback)} was written to while it was read`, {
        next: 'Add it when it is whole.',
      });
    return await sending.end(parts.finish(document.end(), fallback));
  } catch (error) {
    await sending.abandon();
    throw error;
  } finally {
    aside.close();
    closeSync(file);
  }
}

/** Components that are handed on at once, where a document is sent while it is read. */
const inStride = 2500;

/** What a document says of an artefact that was read as a whole; sent in parts where it is too large for one request. */
export async function wholeStatement(bom: ForeignBom, { fallback, begin }: Taking): Promise<ReadStatement> {
  const parts = new BomParts(bom.format);
  for (const each of bom.components) parts.add(each);
  for (const [from, to] of bom.dependencies) parts.needs(from, to);
  const sending = new Sending(begin);
  try {
    return await sending.end(parts.finish(bom, fallback));
  } catch (error) {
    await sending.abandon();
    throw error;
  }
}

/** An artefact that is sent in parts from when it is known to be too large. */
class Sending {
  readonly #begin: Begin;
  #sender: PartsSender | undefined;

  constructor(begin: Begin) {
    this.#begin = begin;
  }

  get hasBegun(): boolean {
    return this.#sender !== undefined;
  }

  async take(parts: BomParts): Promise<void> {
    await (await this.#sending()).components(parts.take());
  }

  async end(stated: StatedBom): Promise<ReadStatement> {
    if (this.#sender === undefined && stated.components.length <= mostInOne) return assembled(stated);
    const sender = await this.#sending();
    await sender.components(stated.components);
    await sender.uses(stated.uses());
    if (stated.roots !== undefined) await sender.roots(stated.roots);
    return { ...stated.head, components: [], parts: sender };
  }

  async abandon(): Promise<void> {
    await this.#sender?.abandon();
  }

  async #sending(): Promise<PartsSender> {
    this.#sender ??= await this.#begin();
    return this.#sender;
  }
}

/** The text of a document. Throws `CliError` where it is too large to be read as a whole. */
export function wholeDocument({ path, said }: { readonly path: string; readonly said: string }): string {
  if (statSync(path).size > maxWhole)
    throw new CliError('cli/file', `${printable(said)} is larger than ${maxWhole} bytes`, {
      next: 'CycloneDX and SPDX may be larger; this file is of another kind.',
    });
  return readFileSync(path, 'utf8');
}
