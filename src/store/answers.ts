import { count, integer, optional, sha256, text } from './column.ts';
import { type Row, table } from './table.ts';

/** A request that carried a key of its caller's, so that sending it again does nothing again. */
export interface AnswerRecord {
  readonly caller: string;
  readonly key: string;
  /** SHA-256 (hex) of what was asked. */
  readonly request: string;
  /** When it began: epoch milliseconds. */
  readonly at: number;
  /** `null`: it is not answered yet, or whoever carried it out ended meanwhile. */
  readonly status: number | null;
  /** As it was sent; `null` also where it is not to be kept. */
  readonly body: string | null;
}

export interface AnswerTables {
  readonly answers: Row<AnswerRecord>;
}

export const answers = table<AnswerRecord>('answers', ['caller', 'key'], {
  caller: text,
  key: text,
  request: sha256,
  at: integer,
  status: optional(count),
  body: optional(text),
});
