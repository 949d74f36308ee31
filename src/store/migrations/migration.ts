import type { Kysely, SchemaModule } from 'kysely';
import type { Dialect } from '../dialect/dialect.ts';

/** One step of the schema. Once released it never changes: a correction is the next step. */
export interface Migration {
  readonly name: string;
  /** `rows`: for a step that also says what older rows hold in a new column. */
  readonly up: (schema: SchemaModule, types: Dialect['types'], rows: Kysely<unknown>) => Promise<void>;
}
