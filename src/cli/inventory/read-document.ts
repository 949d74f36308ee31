import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { ForeignBom } from '../../bom/read/foreign.ts';
import { type PiecesForm, piecesOf } from '../../bom/read/pieces.ts';
import { assembled, BomParts, type StatedBom } from '../../inventory/from-bom.ts';
import type { ArtefactStatement } from '../../inventory/statement.ts';
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

/** How a document is read bit by bit, by its size and its beginning; `undefined`: it is read as a whole. */
export function largeForm(path: string, beginning: string): PiecesForm | undefined {
  return statSync(path).size >= large ? piecesOf(beginning) : undefined;
}

/** What a document says of an artefact, of any size: what is read is sent while the rest is read. Throws `BomError`, `CliError`. */
export async function largeDocument(
  path: string,
  { format, open }: PiecesForm,
  begin: Begin,
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
  const chunk = Buffer.alloc(atOnce);
  const file = openSync(path, 'r');
  try {
    for (let pass = 1, at = 0; ; ) {
      const read = readSync(file, chunk, 0, atOnce, at);
      at += read;
      if (read === 0) {
        if (pass === document.passes) break;
        document.again();
        pass++;
        at = 0;
        continue;
      }
      document.push(chunk.subarray(0, read));
      if (parts.counts.waiting > mostInOne || (sending.hasBegun && parts.counts.waiting >= inStride))
        await sending.take(parts);
    }
    return await sending.end(parts.finish(document.end(), basename(path)));
  } catch (error) {
    await sending.abandon();
    throw error;
  } finally {
    closeSync(file);
    aside.close();
  }
}

/** Components that are handed on at once, where a document is sent while it is read. */
const inStride = 2500;

/** What a document says of an artefact that was read as a whole; sent in parts where it is too large for one request. */
export async function wholeStatement(bom: ForeignBom, path: string, begin: Begin): Promise<ReadStatement> {
  const parts = new BomParts(bom.format);
  for (const each of bom.components) parts.add(each);
  for (const [from, to] of bom.dependencies) parts.needs(from, to);
  const sending = new Sending(begin);
  try {
    return await sending.end(parts.finish(bom, basename(path)));
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
export function wholeDocument(path: string): string {
  if (statSync(path).size > maxWhole)
    throw new CliError('cli/file', `${printable(path)} is larger than ${maxWhole} bytes`, {
      next: 'Add documents of one artefact and one target each, or CycloneDX in JSON or SPDX 2.3, which may be larger.',
    });
  return readFileSync(path, 'utf8');
}
