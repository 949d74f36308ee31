import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** What texts were read as in earlier runs; whoever has it sees to it that the code that read them is the same. */
export interface KeptReadings {
  /** The reading of that id; `undefined` where there is none. */
  readonly get: (id: string) => unknown;
  readonly put: (id: string, reading: unknown) => void;
}

let kept: KeptReadings | undefined;

/** From now on, readings that have a name are taken from there, and told to it where it has them not. */
export function takeReadings(from: KeptReadings | undefined): void {
  kept = from;
}

/** Files whose reading is in memory: those of both sides of a change, which mostly are the same. */
const most = 256;

/** A pure function of a file's text that is asked for the same text several times in a run, and works it out once. */
export function remembered<Value extends NonNullable<unknown>>(
  read: (text: string) => Value,
): (text: string) => Value {
  const known = new LRUCache<string, Value>({ max: most });
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = read(text);
    known.set(text, value);
    return value;
  };
}

/**
 * The same for a function that is told what kind of file the text is of. One with a `name` of its own makes plain values (what
 * `v8.serialize` takes), which are kept from run to run.
 */
export function rememberedByKind<Kind extends string, Value extends NonNullable<unknown>>(
  read: (kind: Kind, text: string) => Value,
  name?: string,
): (kind: Kind, text: string) => Value {
  const byKind = new Map<Kind, (text: string) => Value>();
  return (kind, text) => {
    const known =
      byKind.get(kind) ??
      remembered((one: string) =>
        kept === undefined || name === undefined
          ? read(kind, one)
          : keptReading(kept, idOf(name, kind, one), () => read(kind, one)),
      );
    byKind.set(kind, known);
    return known(text);
  };
}

function keptReading<Value>(from: KeptReadings, id: string, read: () => Value): Value {
  const found = from.get(id);
  if (found !== undefined) return found as Value;
  const value = read();
  from.put(id, value);
  return value;
}

/** By all that the reading depends on. */
function idOf(name: string, kind: string, text: string): string {
  return createHash('sha256')
    .update(`${JSON.stringify([name, kind])}\n${text}`)
    .digest('base64');
}
