import {
  BadValue,
  type Column,
  count,
  digests,
  flag,
  integer,
  json,
  oneOf,
  optional,
  sha256,
  text,
} from '../column.ts';
import { pick, type Row, type Table, table } from '../table.ts';
import { ascending, numbers } from './packed.ts';
import {
  type ArtefactRecord,
  type Attempt,
  artefactTrusts,
  artefactVerdicts,
  type ComponentRecord,
  type Member,
  type SetBlock,
  type SetRecord,
} from './records.ts';
import type { UploadPart, UploadPartHead, UploadRecord, Word } from './upload-records.ts';

// How the inventory's records are kept.

export const artefacts = table<ArtefactRecord>('artefacts', ['id'], {
  id: count,
  identity: sha256,
  name: text,
  version: optional(text),
  digest: optional(sha256),
  size: optional(count),
  buildId: optional(text),
  segments: optional(sha256),
  format: optional(oneOf('elf', 'pe', 'macho', 'wasm')),
  target: optional(text),
  project: optional(text),
  commit: optional(text),
  builtAt: optional(integer),
  trust: oneOf(...artefactTrusts),
  verdict: optional(oneOf(...artefactVerdicts)),
  verdictPolicy: optional(sha256),
  verdictAt: optional(integer),
  builder: optional(text),
  lockfile: optional(sha256),
  signedBy: optional(digests),
  session: optional(oneOf('known', 'elsewhere', 'forgotten')),
  attempts: optional(json('a list of attempts', isAttempts)),
  completeness: oneOf('complete', 'incomplete', 'unknown'),
  setId: count,
  firstSeen: integer,
  lastSeen: integer,
  by: text,
});

export const components = table<ComponentRecord>('components', ['id'], {
  id: count,
  identity: text,
  kind: oneOf('cargo', 'local', 'other'),
  key: text,
  name: text,
  version: optional(text),
  source: optional(text),
});

const positions = json('a list of positions', isPositions);

const scopes = ['linked', 'build', 'unknown'] as const;
const confidences = ['stated', 'high', 'low'] as const;

type PackedMember = readonly [number, number, number, string, readonly number[] | null, string?];
const packed = json('a list of members', isPacked);

/** Members as lists of five, or six with features: a third of what objects take. */
const members: Column<readonly Member[]> = {
  type: 'text',
  expected: packed.expected,
  encode: (list) =>
    packed.encode(
      list.map(({ component, scope, confidence, method, uses, features }): PackedMember => {
        const five = [
          component,
          scopes.indexOf(scope),
          confidences.indexOf(confidence),
          method,
          uses,
        ] as const;
        return features === undefined ? five : [...five, features];
      }),
    ),
  decode: (raw) =>
    packed.decode(raw).map(([component, scope, confidence, method, uses, features]) => ({
      component,
      scope: wordAt(scopes, scope),
      confidence: wordAt(confidences, confidence),
      method,
      uses,
      ...(features === undefined ? {} : { features }),
    })),
};

export const sets = table<SetRecord>('component_sets', ['id'], {
  id: count,
  digest: sha256,
  members,
  roots: optional(positions),
  size: optional(count),
});

const blockTable = table<SetBlock>('set_blocks', ['block', 'setId'], {
  block: count,
  setId: count,
  first: count,
  size: count,
  components: ascending,
  ways: numbers,
  depths: numbers,
  members,
});

/** Large sets in blocks, whole and by what is wanted of them: their members take ten times as long to be read as all else. */
export const setBlocks = {
  table: blockTable,
  decodeComponents: (packed: string): readonly number[] => ascending.decode(packed),
  /** By component: the one before it, and how many are on its way. */
  decodeWays: (row: {
    readonly components: string;
    readonly ways: string;
    readonly depths: string;
  }): ReadonlyMap<number, readonly [before: number, depth: number]> => {
    const ids = ascending.decode(row.components).filter((id) => id !== 0);
    const [ways, depths] = [numbers.decode(row.ways), numbers.decode(row.depths)];
    return new Map(ids.map((id, i) => [id, [ways[i] ?? 0, depths[i] ?? 0]]));
  },
};

/** How often the sets of a block are used, as `set-counts.ts` has it. */
interface CountBlock {
  readonly block: number;
  readonly counts: ArrayLike<number>;
}

export const setCounts = table<CountBlock>('set_counts', ['block'], { block: count, counts: numbers });

/** A name that a package of another ecosystem is looked for by: its own, and that of its source. */
interface PackageName {
  readonly name: string;
  readonly componentId: number;
}

export const packageNames = table<PackageName>('package_names', ['name', 'componentId'], {
  name: text,
  componentId: count,
});

/** What `InventoryReader.functionsOf` gives of an artefact. */
interface ArtefactFunctions {
  readonly artefactId: number;
  readonly functions: string;
}

export const artefactFunctions = table<ArtefactFunctions>('artefact_functions', ['artefactId'], {
  artefactId: count,
  functions: text,
});

/** Sets that have a component, of those that were put there together; some of them may be gone since. */
interface Posting {
  readonly componentId: number;
  readonly firstSet: number;
  readonly sets: readonly number[];
}

export const postings = table<Posting>('set_postings', ['componentId', 'firstSet'], {
  componentId: count,
  firstSet: count,
  sets: ascending,
});

/** The components of a set that is in no posting yet. */
interface TailSet {
  readonly setId: number;
  readonly components: readonly number[];
}

export const tail = table<TailSet>('set_tail', ['setId'], { setId: count, components: ascending });

/** The one row of what is kept of the inventory as a whole. */
export interface InventoryState {
  readonly id: number;
  /** The greatest id that a set ever had: none is given again. */
  readonly lastSet: number;
  readonly artefacts: number;
  /** Of them, those of which not all components are known. */
  readonly partly: number;
  /** Of them, those that are signed, and those known by traces alone. */
  readonly signed: number;
  readonly recovered: number;
  readonly tailSets: number;
  readonly tailMembers: number;
}

export const state = table<InventoryState>('inventory_state', ['id'], {
  id: count,
  lastSet: count,
  artefacts: count,
  partly: count,
  signed: count,
  recovered: count,
  tailSets: count,
  tailMembers: count,
});

/** A set whose blocks are being written, since when (epoch milliseconds): nothing has it yet. */
interface ReservedSet {
  readonly setId: number;
  readonly at: number;
}

export const reservedSets = table<ReservedSet>('reserved_sets', ['setId'], { setId: count, at: integer });

export const uploads = table<UploadRecord>('uploads', ['id'], {
  id: text,
  by: text,
  touchedAt: integer,
  components: count,
  uses: count,
  request: optional(sha256),
  answer: optional(text),
});

export const uploadParts = table<UploadPart>('upload_parts', ['upload', 'number'], {
  upload: text,
  number: count,
  digest: sha256,
  kind: oneOf('components', 'uses', 'roots'),
  size: count,
  hasLibrary: flag,
  words: json('a list of words', isWords),
  wordOf: numbers,
  numbers,
});

export const uploadPartHeads: Table<UploadPartHead> = pick(
  uploadParts,
  'number',
  'digest',
  'kind',
  'size',
  'hasLibrary',
);

/** The tables as Kysely types them. */
export interface InventoryTables {
  readonly artefacts: Row<ArtefactRecord>;
  readonly components: Row<ComponentRecord>;
  readonly component_sets: Row<Omit<SetRecord, 'members' | 'roots'>> & {
    readonly members: string;
    readonly roots: string | null;
  };
  readonly set_blocks: Row<Pick<SetBlock, 'block' | 'setId' | 'first' | 'size'>> & {
    readonly [packed in 'components' | 'ways' | 'depths' | 'members']: string;
  };
  readonly reserved_sets: Row<ReservedSet>;
  readonly uploads: Row<UploadRecord>;
  readonly upload_parts: Row<Omit<UploadPart, 'words' | 'wordOf' | 'numbers'>> & {
    readonly [packed in 'words' | 'word_of' | 'numbers']: string;
  };
  readonly set_counts: Row<Omit<CountBlock, 'counts'>> & { readonly counts: string };
  readonly package_names: Row<PackageName>;
  readonly artefact_functions: Row<ArtefactFunctions>;
  readonly set_postings: Row<Omit<Posting, 'sets'>> & { readonly sets: string };
  readonly set_tail: Row<Omit<TailSet, 'components'>> & { readonly components: string };
  readonly inventory_state: Row<InventoryState>;
}

function isAttempts(value: unknown): value is readonly Attempt[] {
  return (
    Array.isArray(value) &&
    value.every(
      (one: Partial<Attempt> | null) =>
        typeof one?.reason === 'string' &&
        typeof one.by === 'string' &&
        [one.first, one.last, one.times].every(isPosition),
    )
  );
}

function isWords(value: unknown): value is readonly Word[] {
  return (
    Array.isArray(value) &&
    value.every(
      (one: Partial<Word> | null) =>
        scopes.some((word) => word === one?.scope) &&
        confidences.some((word) => word === one?.confidence) &&
        typeof one?.method === 'string' &&
        (one.features === undefined || typeof one.features === 'string'),
    )
  );
}

function isPositions(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isPosition);
}

function isPosition(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isPacked(value: unknown): value is readonly PackedMember[] {
  return (
    Array.isArray(value) &&
    value.every(
      (one: unknown) =>
        Array.isArray(one) &&
        (one.length === 5 || (one.length === 6 && typeof one[5] === 'string')) &&
        isPosition(one[0]) &&
        isPosition(one[1]) &&
        isPosition(one[2]) &&
        typeof one[3] === 'string' &&
        (one[4] === null || isPositions(one[4])),
    )
  );
}

function wordAt<Word extends string>(words: readonly Word[], index: number): Word {
  const word = words[index];
  if (word === undefined) throw new BadValue();
  return word;
}
