/** Where things stand in a TOML text that is known to be valid: what smol-toml does not tell. */
export interface TomlLayout {
  readonly tables: readonly TableHeader[];
  readonly entries: readonly TomlEntry[];
}

/** `[a.b]` or `[[a.b]]`. */
export interface TableHeader {
  readonly path: readonly string[];
  readonly array: boolean;
  readonly start: number;
  readonly end: number;
}

/** `key = value` outside inline tables. */
export interface TomlEntry {
  /** From the root: the header's path and the key's own parts. */
  readonly path: readonly string[];
  /** The header it stands under; absent at the top. */
  readonly header?: TableHeader;
  readonly start: number;
  readonly value: TomlValue;
}

export interface TomlValue {
  readonly start: number;
  readonly end: number;
  /** Present for an inline table. */
  readonly entries?: readonly InlineEntry[];
  /** Present for an array. */
  readonly elements?: readonly TomlValue[];
}

/** `key = value` inside an inline table; the path is from there. */
export interface InlineEntry {
  readonly path: readonly string[];
  readonly start: number;
  readonly value: TomlValue;
}

/** Finds headers, keys and values. The text must have been accepted by a TOML parser before. */
export function layoutOf(text: string): TomlLayout {
  const scanner = new Scanner(text);
  const tables: TableHeader[] = [];
  const entries: TomlEntry[] = [];
  let header: TableHeader | undefined;
  for (scanner.skipBlank(); !scanner.atEnd(); scanner.skipBlank()) {
    const start = scanner.position;
    if (scanner.peek() === '[') {
      header = scanner.header();
      tables.push(header);
    } else {
      const key = scanner.key();
      const value = scanner.afterEquals();
      const path = header === undefined ? key : [...header.path, ...key];
      entries.push({ path, start, value, ...(header === undefined ? {} : { header }) });
    }
  }
  return { tables, entries };
}

/** The text is not TOML after all, or holds what this scanner does not know. */
export class LayoutError extends Error {
  override readonly name = 'LayoutError';
}

class Scanner {
  position: number;
  readonly text: string;

  constructor(text: string) {
    this.text = text;
    this.position = text.startsWith('\ufeff') ? 1 : 0;
  }

  atEnd(): boolean {
    return this.position >= this.text.length;
  }

  peek(length = 1): string {
    return this.text.slice(this.position, this.position + length);
  }

  /** Skips whitespace, newlines and comments. */
  skipBlank(): void {
    this.skip(/(?:[ \t\r\n]+|#[^\n]*)*/y);
  }

  header(): TableHeader {
    const start = this.position;
    const array = this.peek(2) === '[[';
    this.position += array ? 2 : 1;
    const path = this.key();
    this.expect(array ? ']]' : ']');
    return { path, array, start, end: this.position };
  }

  key(): string[] {
    const path: string[] = [];
    do {
      this.skip(/[ \t]*/y);
      path.push(this.keyPart());
      this.skip(/[ \t]*/y);
    } while (this.take('.'));
    return path;
  }

  afterEquals(): TomlValue {
    this.expect('=');
    this.skip(/[ \t]*/y);
    return this.value();
  }

  private value(): TomlValue {
    const start = this.position;
    const first = this.peek();
    if (first === '{') return { start, entries: this.inlineTable(), end: this.position };
    if (first === '[') return { start, elements: this.array(), end: this.position };
    if (first === '"' || first === "'") this.string();
    // Numbers, dates and booleans end where nothing of theirs can follow; a date may hold one space.
    else this.must(/\d{4}-\d\d-\d\d \d\d:[0-9:.Z+-]+|[^\s,#\]}]+/y);
    return { start, end: this.position };
  }

  private inlineTable(): readonly InlineEntry[] {
    const entries: InlineEntry[] = [];
    this.expect('{');
    for (this.skipBlank(); !this.take('}'); this.skipBlank()) {
      const start = this.position;
      const path = this.key();
      entries.push({ path, start, value: this.afterEquals() });
      this.skipBlank();
      this.take(',');
    }
    return entries;
  }

  private array(): readonly TomlValue[] {
    const elements: TomlValue[] = [];
    this.expect('[');
    for (this.skipBlank(); !this.take(']'); this.skipBlank()) {
      elements.push(this.value());
      this.skipBlank();
      this.take(',');
    }
    return elements;
  }

  private keyPart(): string {
    const bare = this.skip(/[A-Za-z0-9_-]+/y);
    return bare === '' ? this.string() : bare;
  }

  /** Any of the four kinds of string; the content matters for keys only, which have no multi-line form. */
  private string(): string {
    const raw = this.must(
      /"""(?:[^\\]|\\[\s\S])*?"""(?:"{0,2})|'''[\s\S]*?'''(?:'{0,2})|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y,
    );
    return raw.startsWith('"') && !raw.startsWith('"""') ? unescapeBasic(raw.slice(1, -1)) : raw.slice(1, -1);
  }

  private take(token: string): boolean {
    if (!this.text.startsWith(token, this.position)) return false;
    this.position += token.length;
    return true;
  }

  private expect(token: string): void {
    if (!this.take(token)) throw new LayoutError(`expected ${token} at offset ${this.position}`);
  }

  private skip(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.position += found.length;
    return found;
  }

  private must(pattern: RegExp): string {
    const found = this.skip(pattern);
    if (found === '') throw new LayoutError(`nothing that is known at offset ${this.position}`);
    return found;
  }
}

const escapes: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  e: '\u001b',
};

function unescapeBasic(text: string): string {
  return text.replaceAll(
    /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|(.))/g,
    (_whole, four?: string, eight?: string, two?: string, one?: string) =>
      one === undefined
        ? String.fromCodePoint(Number.parseInt(four ?? eight ?? two ?? '', 16))
        : (escapes[one] ?? one),
  );
}
