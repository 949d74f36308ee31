import { createHash } from 'node:crypto';
import { BadValue } from './column.ts';
import type { PackedOutlines, ReleaseOutline } from './records.ts';
import { encodeRow } from './table.ts';
import { outlines } from './tables.ts';

/**
 * Field by field: the values that there are, and which of them each release has; all values where nearly each release
 * has its own.
 */
type Columns = readonly { readonly values: readonly unknown[]; readonly at?: readonly number[] }[];

/** What a revision of a crate says of its releases, in whatever order. */
export function packOutlines(
  crate: Pick<PackedOutlines, 'registry' | 'key' | 'revision'>,
  all: readonly ReleaseOutline[],
): PackedOutlines {
  const rows = all.map((outline) => encodeRow(outlines, outline));
  const columns = outlines.fields.map((_, i): Columns[number] => {
    const each = rows.map((row) => row[i]);
    const values = [...new Set(each)];
    if (values.length * 2 > each.length) return { values: each };
    const places = new Map(values.map((value, at) => [value, at]));
    return { values, at: each.map((value) => places.get(value) ?? 0) };
  });
  const body = JSON.stringify(columns);
  return { ...crate, body, digest: digestOf(crate, body) };
}

/**
 * `undefined` where it is damaged, of another revision, or anything else than `packOutlines` made of that crate: then
 * the releases are asked.
 */
export function unpackOutlines(
  crate: Pick<PackedOutlines, 'registry' | 'key' | 'revision'>,
  { body, digest }: Pick<PackedOutlines, 'body' | 'digest'>,
): readonly ReleaseOutline[] | undefined {
  if (digestOf(crate, body) !== digest) return undefined;
  try {
    return decoded(JSON.parse(body) as Columns);
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    return undefined;
  }
}

function decoded(columns: Columns): readonly ReleaseOutline[] {
  const each = <Name extends keyof ReleaseOutline>(name: Name): readonly ReleaseOutline[Name][] => {
    const i = outlines.fields.findIndex((field) => field.name === name);
    const { values = [], at } = columns[i] ?? {};
    const read = values.map((value) => outlines.fields[i]?.codec.decode(value));
    // Sound: each field is read by its own codec, and there are as many of each.
    return (at === undefined ? read : at.map((place) => read[place])) as ReleaseOutline[Name][];
  };
  const [published, firstSeen, arrival] = [each('published'), each('firstSeen'), each('arrival')];
  const [position, yankedAt, state, policy] = [
    each('position'),
    each('yankedAt'),
    each('state'),
    each('policy'),
  ];
  // Written out, so that thousands of them are of one shape.
  return each('version').map((version, i) => ({
    version,
    position: position[i] as number,
    published: published[i] as number | null,
    firstSeen: firstSeen[i] as number,
    arrival: arrival[i] as ReleaseOutline['arrival'],
    yankedAt: yankedAt[i] as number | null,
    state: state[i] as ReleaseOutline['state'],
    policy: policy[i] as string,
  }));
}

function digestOf(
  { registry, key, revision }: Pick<PackedOutlines, 'registry' | 'key' | 'revision'>,
  body: string,
) {
  return createHash('sha256')
    .update(JSON.stringify([registry, key, revision, names]))
    .update(body)
    .digest('hex');
}

/** Another version may keep other fields. */
const names = outlines.fields.map(({ name }) => name);
