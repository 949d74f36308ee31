import type { SchemaModule } from 'kysely';
import type { Dialect } from '../dialect/dialect.ts';

/** One step of the schema. Once released it never changes: a correction is the next step. */
export interface Migration {
  readonly name: string;
  readonly up: (schema: SchemaModule, types: Dialect['types']) => Promise<void>;
}
