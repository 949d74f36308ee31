import { isLibrary } from '../../store/inventory/package-names.ts';
import type { SetRecord } from '../../store/inventory/records.ts';
import type { InventoryReader } from '../../store/inventory/store.ts';
import type { Word } from '../../store/inventory/upload-records.ts';
import { type Composition, compositionIn } from '../composition.ts';

/** What somebody says of the components of a large artefact, read as often as it takes: each piece is held until the next one. */
export interface Source {
  components(): AsyncIterable<ComponentPiece>;
  /** Edges by the ids of components: from, how many, and those; and so on. A list of none says that nothing is needed. */
  uses(): AsyncIterable<ArrayLike<number>>;
  /** Ids of the components that the artefact itself is, or needs, in pieces; `undefined`: nobody says so. */
  readonly roots: (() => AsyncIterable<ArrayLike<number>>) | undefined;
  /** Whether a library of a system, or C code, is among them. */
  hasLibrary(): Promise<boolean>;
}

/** Some components, with what is said of each. */
export interface ComponentPiece {
  readonly ids: ArrayLike<number>;
  /** For each which of the words it is. */
  readonly wordOf: ArrayLike<number>;
  readonly words: readonly Word[];
}

/** Components that are looked up in one go. */
const together = 5000;

/** A set of the store. */
export function sourceOfSet(store: InventoryReader, set: SetRecord): Source {
  if (set.size === null) return sourceOf(store, compositionIn(set));
  const blocks = () => store.blocksOf(set.id);
  return {
    async *components() {
      for await (const { members } of blocks())
        yield {
          ids: members.map(({ component }) => component),
          wordOf: members.map((_, i) => i),
          words: members.map(({ component: _, uses: __, ...word }) => word),
        };
    },
    async *uses() {
      for await (const { members } of blocks())
        yield members.flatMap(({ component, uses }) =>
          uses === null ? [] : [component, uses.length, ...uses],
        );
    },
    roots:
      set.roots === null
        ? undefined
        : async function* () {
            for await (const { members, depths } of blocks())
              yield members.flatMap(({ component }, i) => (depths[i] === 1 ? [component] : []));
          },
    hasLibrary: async () => (await store.setsWithLibraries()).includes(set.id),
  };
}

/** What is in memory as a whole. */
export function sourceOf(
  store: Pick<InventoryReader, 'components'>,
  { members, roots }: Composition,
): Source {
  return {
    async *components() {
      const words = [...members.values()].map(({ uses: _, ...word }) => word);
      yield { ids: [...members.keys()], wordOf: words.map((_, i) => i), words };
    },
    async *uses() {
      for (const [id, { uses }] of members) if (uses !== undefined) yield [id, uses.size, ...uses];
    },
    roots:
      roots === undefined
        ? undefined
        : async function* () {
            yield [...roots];
          },
    hasLibrary: async () => {
      const ids = [...members.keys()];
      for (let from = 0; from < ids.length; from += together)
        if ((await store.components(ids.slice(from, from + together))).some(isLibrary)) return true;
      return false;
    },
  };
}
