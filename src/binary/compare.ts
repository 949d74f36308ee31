import { bytesSource } from './bytes.ts';
import { imageIn } from './executable.ts';

/** Where two files that should be equal first differ in a section, with what stands there as far as it is text. */
export interface SectionDifference {
  /** The name of a section, or `outside of its sections`. */
  readonly section: string;
  /** Bytes from the beginning of the first file. */
  readonly offset: number;
  readonly texts: readonly [first: string, second: string];
}

/** Each section that differs, once, in the first file's order; none: the files are equal. */
export function compareFiles(first: Uint8Array, second: Uint8Array): readonly SectionDifference[] {
  if (Buffer.compare(first, second) === 0) return [];
  const [one, two] = [imageIn(bytesSource(first)), imageIn(bytesSource(second))];
  const differences = (one?.sections ?? []).flatMap((section): readonly SectionDifference[] => {
    const { name, offset, size } = section;
    const other = two?.sections.find((each) => each.name === name);
    if (size === 0 || name === '') return [];
    const [here, there] = [
      first.subarray(offset, offset + size),
      other === undefined ? new Uint8Array() : second.subarray(other.offset, other.offset + other.size),
    ];
    return firstDifference(name, here, there, offset);
  });
  const added = (two?.sections ?? [])
    .filter(({ name }) => name !== '' && one?.sections.every((each) => each.name !== name) !== false)
    .map(({ name, offset }): SectionDifference => ({ section: name, offset, texts: ['', ''] }));
  const all = [...differences, ...added];
  // An id differs because something else does.
  const telling = all.filter((one) => one.section !== '.note.gnu.build-id');
  if (all.length > 0) return telling.length > 0 ? telling : all;
  return firstDifference(outside, first, second, 0);
}

const outside = 'outside of its sections';

function firstDifference(
  section: string,
  here: Uint8Array,
  there: Uint8Array,
  start: number,
): readonly SectionDifference[] {
  const length = Math.min(here.length, there.length);
  let at = 0;
  while (at < length && here[at] === there[at]) at++;
  if (at === length && here.length === there.length) return [];
  return [{ section, offset: start + at, texts: [textAround(here, at), textAround(there, at)] }];
}

/** The run of printable ASCII that a position is in, at most so long; empty where there is none of four letters. */
function textAround(bytes: Uint8Array, at: number, most = 80): string {
  const isText = (byte: number | undefined) => byte !== undefined && byte >= 0x20 && byte < 0x7f;
  let from = at;
  while (from > 0 && at - from < most / 2 && isText(bytes[from - 1])) from--;
  let to = at;
  while (to < bytes.length && to - from < most && isText(bytes[to])) to++;
  return to - from < 4 ? '' : Buffer.from(bytes.subarray(from, to)).toString('latin1');
}
