import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { BadValue, type Column, count, flag, integer, oneOf, optional, sha256, text } from '../column.ts';
import { pick, type Row, table } from '../table.ts';
import type { ChangeOutline, ChangeRecord } from './records.ts';

/** The longest text that one column gives back: bytes. */
const most = 64 * 1024 * 1024;

/** A long text, deflated, in base64: lockfiles and verdicts become a sixth of what they were. */
const packed: Column<string> = {
  type: 'text',
  expected: 'a packed text',
  encode: (value) => {
    if (!value.isWellFormed()) throw new BadValue();
    return deflateRawSync(value).toString('base64');
  },
  decode: (raw) => {
    if (typeof raw !== 'string') throw new BadValue();
    try {
      return inflateRawSync(Buffer.from(raw, 'base64'), { maxOutputLength: most }).toString('utf8');
    } catch {
      throw new BadValue();
    }
  },
};

export const changes = table<ChangeRecord>('changes', ['id'], {
  id: count,
  identity: sha256,
  at: integer,
  by: text,
  name: text,
  file: text,
  judged: oneOf('server', 'project'),
  compared: flag,
  verdict: oneOf('allow', 'hold', 'review', 'deny'),
  until: optional(integer),
  policy: text,
  changes: count,
  findings: count,
  size: count,
  lockfileDigest: sha256,
  commit: optional(text),
  headCommit: optional(text),
  report: packed,
  lockfile: packed,
  base: optional(packed),
});

export const outlines = pick<ChangeRecord, keyof ChangeOutline>(
  changes,
  'id',
  'identity',
  'at',
  'by',
  'name',
  'file',
  'judged',
  'compared',
  'verdict',
  'until',
  'policy',
  'changes',
  'findings',
  'size',
  'lockfileDigest',
  'commit',
  'headCommit',
);

/** The table as Kysely types it. */
export interface ChangeTables {
  readonly changes: Row<ChangeRecord>;
}
