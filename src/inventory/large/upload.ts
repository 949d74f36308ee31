import { createHash } from 'node:crypto';
import { isLibrary } from '../../store/inventory/package-names.ts';
import type { InventoryStore, InventoryWriter } from '../../store/inventory/store.ts';
import type { UploadPart, UploadPartHead, UploadRecord, Word } from '../../store/inventory/upload-records.ts';
import type { UploadReader } from '../../store/inventory/uploads.ts';
import { identify } from '../component.ts';
import { featureText } from '../composition.ts';
import { InventoryError } from '../error.ts';
import type { StatedComponent } from '../statement.ts';
import type { ComponentPiece, Source } from './source.ts';

/** What is taken of one artefact that is sent in parts. */
export interface UploadLimits {
  /** Components that its parts list, each as often as it is listed. */
  readonly components: number;
  /** Edges, and things that the artefact itself needs. */
  readonly uses: number;
}

/** Uploads that somebody may have begun and not ended. */
const mostOpen = 16;

/** Milliseconds after which what broke off is forgotten. */
export const uploadPatience = 3_600_000;

/** What one part says: one of the three. */
export interface StatedPart {
  readonly components?: readonly Omit<StatedComponent, 'uses'>[] | undefined;
  /** Positions among all components of all parts, in the order of the parts: of one, and of those that it needs. */
  readonly uses?: readonly (readonly [number, readonly number[]])[] | undefined;
  /** Positions of the components that the artefact itself is, or needs. */
  readonly roots?: readonly number[] | undefined;
}

/** Who sends it, and when: epoch milliseconds. */
export interface Sending {
  readonly by: string;
  readonly now: number;
}

/** Begins an upload. `id`: random. Throws `InventoryError`. */
export async function beginUpload(store: InventoryStore, id: string, { by, now }: Sending): Promise<void> {
  await store.write(async (tx) => {
    if ((await tx.uploads.countOpen(by)) >= mostOpen)
      throw new InventoryError(
        'inventory/uploads',
        `${mostOpen} uploads of ${by} have begun and not ended.`,
        'End or abandon them; what nothing comes of for an hour is forgotten.',
      );
    const of = { id, by, touchedAt: now };
    await tx.uploads.put({ ...of, components: 0, uses: 0, request: null, answer: null });
  });
}

/** Somebody's upload. Throws `InventoryError` where there is none of that id, or it is somebody else's. */
export async function uploadOf(
  uploads: Pick<UploadReader, 'find'>,
  id: string,
  by: string,
): Promise<UploadRecord> {
  const found = await uploads.find(id);
  if (found === undefined || found.by !== by)
    throw new InventoryError(
      'inventory/no-upload',
      'There is no such upload: it was never begun, is somebody else’s, or nothing came of it for an hour.',
      'Begin anew.',
    );
  return found;
}

/**
 * Takes a part in; on disk when it returns. The same again changes nothing; `false` where it was there. `digest`:
 * SHA-256 (hex) of its bytes. Throws `InventoryError` for another one of its number, and for what is more than is
 * taken.
 */
export async function putPart(
  store: InventoryStore,
  { id, number, digest }: { readonly id: string; readonly number: number; readonly digest: string },
  part: StatedPart,
  { by, now, limits }: Sending & { readonly limits: UploadLimits },
): Promise<boolean> {
  await uploadOf(store.uploads, id, by);
  const identified = part.components?.map(identify) ?? [];
  return await store.write(async (tx) => {
    const upload = await uploadOf(tx.uploads, id, by);
    const known = await tx.uploads.part(id, number);
    if (known?.digest === digest) return false;
    if (known !== undefined || upload.answer !== null)
      throw new InventoryError(
        'inventory/part',
        upload.answer === null
          ? `Part ${number} came before, with other bytes.`
          : 'The upload has ended: nothing is added to it.',
        'Begin anew.',
      );
    const row = { upload: id, number, digest, ...(await packedPart(tx, part, identified)) };
    const components = upload.components + (row.kind === 'components' ? row.size : 0);
    const uses = upload.uses + (row.kind === 'components' ? 0 : row.size);
    if (components > limits.components || uses > limits.uses)
      throw new InventoryError(
        'inventory/too-many',
        `It has ${components} components and ${uses} edges so far; ${limits.components} and ${limits.uses} are taken.`,
        'Add the artefact with the components of one target alone, or raise `components` of [artefacts] in server.toml.',
      );
    await tx.uploads.putPart(row);
    await tx.uploads.put({ ...upload, components, uses, touchedAt: now });
    return true;
  });
}

/** A part as it is kept. Its releases are taken in with it: what no artefact has is found by nobody. */
async function packedPart(
  tx: InventoryWriter,
  { components, uses, roots }: StatedPart,
  identified: readonly ReturnType<typeof identify>[],
): Promise<Omit<UploadPart, 'upload' | 'number' | 'digest'>> {
  const none = { hasLibrary: false, words: [], wordOf: [] };
  if (components !== undefined) {
    const ids = await tx.putComponents(identified);
    const places = new Map<string, number>();
    const words: Word[] = [];
    const wordOf = components.map(({ scope, confidence, method, features: list }) => {
      const features = featureText(list);
      const text = JSON.stringify([scope, confidence, method, features ?? null]);
      const known = places.get(text) ?? words.length;
      if (known === words.length) {
        places.set(text, known);
        words.push({ scope, confidence, method, ...(features === undefined ? {} : { features }) });
      }
      return known;
    });
    const hasLibrary = identified.some(isLibrary);
    return { kind: 'components', size: ids.length, hasLibrary, words, wordOf, numbers: ids };
  }
  if (uses !== undefined) {
    const numbers = uses.flatMap(([from, to]) => [from, to.length, ...to]);
    return { ...none, kind: 'uses', size: numbers.length - uses.length, numbers };
  }
  return { ...none, kind: 'roots', size: roots?.length ?? 0, numbers: roots ?? [] };
}

/**
 * Checks that all parts of an upload are there, from 1 on, with these digests. Throws `InventoryError` that names those
 * which are not.
 */
export function requireParts(heads: readonly UploadPartHead[], digests: readonly string[]): void {
  const there = new Map(heads.map(({ number, digest }) => [number, digest]));
  const missing = digests.flatMap((digest, i) => (there.get(i + 1) === digest ? [] : [i + 1]));
  const more = heads.filter(({ number }) => number > digests.length).map(({ number }) => number);
  if (missing.length === 0 && more.length === 0) return;
  const list = (numbers: readonly number[]) =>
    numbers.length > 20
      ? `${numbers.slice(0, 20).join(', ')} and ${numbers.length - 20} more`
      : numbers.join(', ');
  throw new InventoryError(
    'inventory/part',
    missing.length > 0
      ? `Parts are not there, or with other bytes: ${list(missing)}.`
      : `There are parts that are not meant: ${list(more)}.`,
    missing.length > 0 ? 'Send them, and end it again.' : 'Begin anew.',
  );
}

/** What the parts of an upload say; one of them is held at a time, and the ids of its components. */
export function sourceOfUpload(
  uploads: Pick<UploadReader, 'part'>,
  id: string,
  heads: readonly UploadPartHead[],
): Source {
  const size = heads.reduce((sum, one) => sum + (one.kind === 'components' ? one.size : 0), 0);
  let ids: Int32Array | undefined;
  const parts = async function* (kind: UploadPartHead['kind']) {
    for (const head of heads) {
      if (head.kind !== kind) continue;
      const part = await uploads.part(id, head.number);
      if (part === undefined)
        throw new InventoryError('inventory/no-upload', 'The upload is gone.', 'Begin anew.');
      yield part;
    }
  };
  const components = async function* (): AsyncGenerator<ComponentPiece> {
    for await (const { numbers, wordOf, words } of parts('components')) yield { ids: numbers, wordOf, words };
  };
  const all = async () => {
    if (ids !== undefined) return ids;
    const list = new Int32Array(size);
    let at = 0;
    for await (const piece of components()) {
      list.set(piece.ids, at);
      at += piece.ids.length;
    }
    ids = list;
    return list;
  };
  const idAt = (list: Int32Array, position: number) => {
    const found = list[position];
    if (found === undefined)
      throw new InventoryError('inventory/statement', 'A component needs one that is not in the list.');
    return found;
  };
  return {
    components,
    async *uses() {
      const list = await all();
      for await (const { numbers } of parts('uses')) {
        const piece: number[] = [];
        for (let at = 0; at < numbers.length; ) {
          const count = numbers[at + 1] ?? 0;
          piece.push(idAt(list, numbers[at] ?? 0), count);
          for (let i = 0; i < count; i++) piece.push(idAt(list, numbers[at + 2 + i] ?? 0));
          at += 2 + count;
        }
        yield piece;
      }
    },
    roots: heads.some(({ kind }) => kind === 'roots')
      ? async function* () {
          const list = await all();
          for await (const { numbers } of parts('roots'))
            yield Array.from(numbers, (position) => idAt(list, position));
        }
      : undefined,
    hasLibrary: async () => heads.some(({ hasLibrary }) => hasLibrary),
  };
}

/** Ends an upload with an answer, which is given again to whoever asks for the same. */
export async function endUpload(
  store: InventoryStore,
  upload: UploadRecord,
  { request, answer, now }: { readonly request: string; readonly answer: string; readonly now: number },
): Promise<void> {
  await store.write(async (tx) => {
    await tx.uploads.put({ ...upload, request, answer, touchedAt: now });
    await tx.uploads.dropParts(upload.id);
  });
}

/** Milliseconds between two looks at what broke off. */
const lookEvery = 60_000;

/**
 * Forgets what broke off, with the sets that were being written: now and then, however often it is called. `now`: epoch
 * milliseconds.
 */
export function uploadForgetter(store: InventoryStore, now: () => number): () => Promise<void> {
  let looked = Number.NEGATIVE_INFINITY;
  return async () => {
    const at = now();
    if (Math.abs(at - looked) < lookEvery) return;
    await store.write(async (tx) => {
      await tx.uploads.forget(at - uploadPatience);
      await tx.forgetReserved(at - uploadPatience);
    });
    looked = at;
  };
}

/** SHA-256 (hex) of a text. */
export function digestOfText(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}
