/** A JSON value of somebody else, asked without trusting its shape: what is of another type is absent. */
export class JsonValue {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  get(...path: readonly string[]): JsonValue {
    let value = this.#value;
    for (const key of path) {
      const isTable = typeof value === 'object' && value !== null && !Array.isArray(value);
      value =
        isTable && Object.hasOwn(value as object, key) ? (value as Record<string, unknown>)[key] : undefined;
    }
    // Of a million components most say nothing of most that is asked for.
    return value === undefined ? absent : new JsonValue(value);
  }

  /** Absent where it is no text, or an empty one. */
  get text(): string | undefined {
    return typeof this.#value === 'string' && this.#value.trim() !== '' ? this.#value : undefined;
  }

  /** The entries of a list; a single value counts as a list of one where `orOne` is given. */
  list(orOne?: 'orOne'): readonly JsonValue[] {
    if (Array.isArray(this.#value)) return this.#value.map((item) => new JsonValue(item));
    return orOne !== undefined && this.#value !== undefined ? [this] : none;
  }

  get exists(): boolean {
    return this.#value !== undefined && this.#value !== null;
  }
}

const absent = new JsonValue(undefined);
const none: readonly JsonValue[] = [];

/** An object without the keys that have no value, so that absent stays absent. */
export function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: Record<string, unknown> = {};
  for (const key in fields) if (fields[key] !== undefined) kept[key] = fields[key];
  return kept as never;
}
