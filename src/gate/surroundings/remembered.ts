import { LRUCache } from 'lru-cache';

/** Files whose reading is kept: those of both sides of a change, which mostly are the same. */
const most = 256;

/** A pure function of a file's text that is asked for the same text several times in a run, and works it out once. */
export function remembered<Value extends NonNullable<unknown>>(
  read: (text: string) => Value,
): (text: string) => Value {
  const kept = new LRUCache<string, Value>({ max: most });
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const value = read(text);
    kept.set(text, value);
    return value;
  };
}

/** The same for a function that is told what kind of file the text is of. */
export function rememberedByKind<Kind extends string, Value extends NonNullable<unknown>>(
  read: (kind: Kind, text: string) => Value,
): (kind: Kind, text: string) => Value {
  const byKind = new Map<Kind, (text: string) => Value>();
  return (kind, text) => {
    const known = byKind.get(kind) ?? remembered((one: string) => read(kind, one));
    byKind.set(kind, known);
    return known(text);
  };
}
