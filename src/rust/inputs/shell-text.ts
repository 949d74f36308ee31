/** A word of a command line, its quotes taken off. */
export interface ShellWord {
  /** `$x` and `$(…)` as they stand. */
  readonly text: string;
  /** Whether part of it is worked out while it runs. */
  readonly dynamic: boolean;
}

/**
 * The text of a shell script, as it is gone through: words, with their quotes and expansions (POSIX.1-2024, "Shell
 * Command Language", 2.2 and 2.6).
 */
export class ShellText {
  readonly text: string;
  at = 0;
  /** 1-based. */
  line: number;
  readonly #onNested: (text: string, line: number) => void;

  /** `onNested` is given the commands in `$(…)` and backquotes. */
  constructor(text: string, line: number, onNested: (text: string, line: number) => void) {
    this.text = text;
    this.line = line;
    this.#onNested = onNested;
  }

  /** One word, with what is nested in it read apart. */
  word(): ShellWord {
    const { text } = this;
    let word = '';
    let dynamic = false;
    while (this.at < text.length) {
      const char = text[this.at] ?? '';
      if (/[ \t\r\n;&|()<>]/.test(char)) break;
      if (char === '\\') {
        if (text[this.at + 1] === '\n') this.line++;
        else word += text[this.at + 1] ?? '';
        this.at += 2;
      } else if (char === "'") {
        const close = text.indexOf("'", this.at + 1);
        const end = close === -1 ? text.length : close;
        const inner = text.slice(this.at + 1, end);
        this.#count(inner);
        word += inner;
        this.at = end + 1;
      } else if (char === '"') {
        const inner = this.#quoted();
        word += inner.text;
        dynamic ||= inner.dynamic;
      } else if (char === '`' || char === '$') {
        const inner = this.#expansion();
        word += inner;
        dynamic ||= inner.length > 1;
      } else {
        word += char;
        this.at++;
      }
    }
    return { text: word, dynamic };
  }

  /** All of it, as what a here-document comes to. */
  expanded(): string {
    const { text } = this;
    let whole = '';
    while (this.at < text.length) {
      const char = text[this.at] ?? '';
      if (char === '\\') {
        const next = text[this.at + 1] ?? '';
        whole += '$`\\'.includes(next) ? next : char + next;
        this.#count(next);
        this.at += 2;
      } else if (char === '`' || char === '$') whole += this.#expansion();
      else {
        this.#count(char);
        whole += char;
        this.at++;
      }
    }
    return whole;
  }

  #quoted(): ShellWord {
    const { text } = this;
    let word = '';
    let dynamic = false;
    this.at++;
    while (this.at < text.length && text[this.at] !== '"') {
      const char = text[this.at] ?? '';
      if (char === '\\') {
        word += text[this.at + 1] ?? '';
        this.#count(text[this.at + 1] ?? '');
        this.at += 2;
      } else if (char === '`' || char === '$') {
        const inner = this.#expansion();
        word += inner;
        dynamic ||= inner.length > 1;
      } else {
        this.#count(char);
        word += char;
        this.at++;
      }
    }
    this.at++;
    return { text: word, dynamic };
  }

  /** `$x`, `${x}`, `$(…)`, backquotes: as they stand, the commands in them read. */
  #expansion(): string {
    const { text } = this;
    const start = this.at;
    if (text[start] === '`') {
      const line = this.line;
      let end = start + 1;
      while (end < text.length && text[end] !== '`') end += text[end] === '\\' ? 2 : 1;
      const inner = text.slice(start + 1, end);
      this.#count(inner);
      this.at = Math.min(end + 1, text.length);
      this.#onNested(inner.replaceAll(/\\([`$\\])/g, '$1'), line);
      return '`…`';
    }
    const next = text[start + 1] ?? '';
    if (next === '(' && text[start + 2] === '(') {
      this.at = start + 1;
      this.group('(', ')');
      return '$((…))';
    }
    if (next === '(') {
      this.at = start + 1;
      const inner = this.group('(', ')');
      this.#onNested(inner.text, inner.line);
      return '$(…)';
    }
    if (next === '{') {
      this.at = start + 1;
      return `\${${this.group('{', '}').text}}`;
    }
    const name = /^\$(?:\w+|[@*#?$!-])/.exec(text.slice(start, start + 128))?.[0] ?? '$';
    this.at = start + name.length;
    return name;
  }

  /** What stands between a delimiter here and its partner; quotes are respected. */
  group(open: string, close: string): { readonly text: string; readonly line: number } {
    const { text } = this;
    const line = this.line;
    const start = this.at + 1;
    let depth = 0;
    let quote = '';
    let at = this.at;
    for (; at < text.length; at++) {
      const char = text[at] ?? '';
      if (char === '\\') at++;
      else if (quote !== '') {
        if (char === quote) quote = '';
      } else if (char === "'" || char === '"') quote = char;
      else if (char === open) depth++;
      else if (char === close && --depth === 0) break;
    }
    const inner = text.slice(start, at);
    this.#count(inner);
    this.at = at + 1;
    return { text: inner, line };
  }

  /** Lines that were gone past. */
  #count(text: string): void {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.line++;
  }
}
