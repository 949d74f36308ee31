import { canonicalName } from '../../cargo/index-path.ts';
import { DumpError } from './error.ts';

/** Reads the fields of one row of one file; throws `dump/malformed`, naming file and column. */
export class Fields {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  id(value: string | null | undefined, column: string): number {
    const id = this.count(value, column);
    // Ids are handed out one by one: a greater one would only make tables of ids large.
    if (id > maxId) throw this.#bad(value, column);
    return id;
  }

  optionalId(value: string | null | undefined, column: string): number | null {
    return value === null || value === undefined ? null : this.id(value, column);
  }

  count(value: string | null | undefined, column: string): number {
    const count = Number(value);
    if (value === null || value === undefined || !/^\d{1,16}$/.test(value) || !Number.isSafeInteger(count))
      throw this.#bad(value, column);
    return count;
  }

  text(value: string | null | undefined, column: string): string {
    if (value === null || value === undefined) throw this.#bad(value, column);
    return storable(value);
  }

  optionalText(value: string | null | undefined): string | null {
    return value === null || value === undefined ? null : storable(value);
  }

  flag(value: string | null | undefined, column: string): boolean {
    if (value !== 't' && value !== 'f') throw this.#bad(value, column);
    return value === 't';
  }

  optionalFlag(value: string | null | undefined, column: string): boolean | null {
    return value === null || value === undefined ? null : this.flag(value, column);
  }

  /** PostgreSQL's timestamps, with or without a zone; without one they are UTC. */
  time(value: string | null | undefined, column: string): number {
    const match = timestamp.exec(value ?? '');
    if (match === null) throw this.#bad(value, column);
    const [, date, clock, fraction = '', zone = 'Z'] = match;
    const milliseconds = fraction.slice(0, 4);
    const offset =
      zone === 'Z' ? 'Z' : zone.length === 3 ? `${zone}:00` : zone.replace(/^(...)(\d\d)$/, '$1:$2');
    const time = Date.parse(`${date}T${clock}${milliseconds}${offset}`);
    if (Number.isNaN(time)) throw this.#bad(value, column);
    return time;
  }

  optionalTime(value: string | null | undefined, column: string): number | null {
    return value === null || value === undefined ? null : this.time(value, column);
  }

  /** A SHA-256 in hex, also as PostgreSQL writes bytes (`\x…`); anything else is none. */
  checksum(value: string | null | undefined): string | null {
    const hex = value?.replace(/^\\x/, '').toLowerCase() ?? '';
    return /^[0-9a-f]{64}$/.test(hex) ? hex : null;
  }

  key(value: string | null | undefined, column: string): string {
    return canonicalName(this.text(value, column));
  }

  #bad(value: string | null | undefined, column: string): DumpError {
    // Its alarm is read by everybody, and the value may be anything.
    const said = value === null || value === undefined ? 'nothing' : 'what it says';
    const message = `The dump's ${this.#file} cannot be read: ${said} is no ${column}.`;
    return new DumpError('dump/malformed', message);
  }
}

const maxId = 50_000_000;
const timestamp = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d(?::?\d\d)?)?$/;

/** No database keeps a NUL in text, and both would change halves of characters. */
function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
