import type { ContentsFact } from '../facts/archive-contents/contents.ts';
import type { CodeFact } from '../facts/code.ts';
import { topicOf } from './shapes.ts';

// Whether a comparison with the release before could find anything, as far as the release itself tells: else the one before
// need not be fetched, and is no part of the facts. By the release alone: never by what else was read.

/** Bytes, unpacked: what is smaller has grown by little, whatever it was before. */
export const leastGrown = 256 * 1024;

/** Whether what it holds could be its crate's first build code, or much larger than before. */
export function comparesContents({ buildScript, procMacro, size }: ContentsFact): boolean {
  return buildScript !== undefined || procMacro || size.unpacked >= leastGrown;
}

/** Whether its code can do anything that a policy asks about, or cannot be read. */
export function comparesCode({ unread, buildScript, macros, library }: CodeFact): boolean {
  return (
    unread !== undefined ||
    [buildScript, macros, library].some((part) =>
      part?.shapes.some((shape) => topicOf(shape) !== undefined || shape.startsWith('opaque: ')),
    )
  );
}
