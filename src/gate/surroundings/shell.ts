// Reads shell text for the commands in it, and runs nothing. It knows as much of the shell as it takes to tell a command
// from a word that looks like one: quotes, comments, continuations, lists, substitutions, here-documents.

/** One simple command: its words, assignments in front included, redirections left out. */
export type ShellCommand = readonly ShellWord[];

export interface ShellWord {
  /** Without its quotes; variables and substitutions as written. */
  readonly text: string;
  /** Offset in the text that was read. */
  readonly start: number;
}

/** Shell text in a file of another kind, as long as what it stands for there. */
export interface Fragment {
  readonly text: string;
  /** Offset in the file. */
  readonly start: number;
}

/** A character that stands for nothing: what other formats hold between the shell's own characters. */
export const filler = '\u0000';

/** Every command of a text, those within substitutions and shells' here-documents too. Never throws. */
export function shellCommands(text: string, start = 0, depth = 0): readonly ShellCommand[] {
  return new ShellReader(text, start, depth).read();
}

/** Whether a command is a shell that reads commands: from `-c`, or from its input. */
export function isShell(name: string): boolean {
  return /^(?:.*\/)?(?:ba|da|z|k|a)?sh$/.test(name);
}

interface HereDocument {
  readonly end: string;
  readonly indented: boolean;
  readonly command: ShellWord[];
}

/** Deeper than anybody writes; what is deeper is taken for plain text. */
const deepest = 40;
const ends = new Set(' \t\r\n;&|()<>');

class ShellReader {
  readonly #text: string;
  readonly #start: number;
  readonly #commands: ShellCommand[] = [];
  #at = 0;
  #depth: number;
  #documents: HereDocument[] = [];

  constructor(text: string, start: number, depth: number) {
    this.#text = text;
    this.#start = start;
    this.#depth = depth;
  }

  read(): readonly ShellCommand[] {
    while (this.#at < this.#text.length) this.#list(undefined);
    return this.#commands;
  }

  /** Commands up to what ends the list, which is taken with it. */
  #list(end: ')' | '`' | undefined): void {
    this.#depth++;
    let words: ShellWord[] = [];
    let isTarget = false;
    const finish = () => {
      if (words.length > 0) this.#commands.push(words);
      words = [];
      isTarget = false;
    };
    while (this.#at < this.#text.length) {
      const c = this.#text[this.#at] ?? '';
      if (c === '`' && this.#text[this.#at + 1] === '\n') {
        // PowerShell's continuation; no shell has a substitution that begins with a line break.
        this.#at += 2;
      } else if (c === end) {
        this.#at++;
        break;
      } else if (c === '\n') {
        this.#at++;
        finish();
        this.#takeDocuments();
      } else if (c === ' ' || c === '\t' || c === '\r' || c === filler) {
        this.#at++;
      } else if (c === '\\' && /^\\\r?\n/.test(this.#text.slice(this.#at, this.#at + 3))) {
        this.#at = this.#text.indexOf('\n', this.#at) + 1;
      } else if (c === '#') {
        this.#skipLine();
      } else if (c === '&' && this.#text[this.#at + 1] === '>') {
        this.#at += this.#text[this.#at + 2] === '>' ? 3 : 2;
        isTarget = true;
      } else if (c === '<' || c === '>') {
        isTarget = this.#redirection(words);
      } else if (';&|()'.includes(c)) {
        this.#at++;
        finish();
      } else {
        const word = this.#word(end);
        if (!isTarget) words.push(word);
        isTarget = false;
      }
    }
    finish();
    this.#depth--;
  }

  /** Whether the next word is where to or from, and no word of the command. */
  #redirection(words: ShellWord[]): boolean {
    const rest = this.#text.slice(this.#at, this.#at + 4);
    if (/^[<>]\(/.test(rest)) {
      this.#at += 2;
      this.#nested(')');
      return false;
    }
    if (rest.startsWith('<<') && !rest.startsWith('<<<')) {
      this.#at += 2;
      const indented = this.#text[this.#at] === '-';
      if (indented) this.#at++;
      while (' \t'.includes(this.#text[this.#at] ?? '\n')) this.#at++;
      this.#documents.push({ end: this.#word(undefined).text, indented, command: words });
      return false;
    }
    this.#at += /^(?:<<<|>>|[<>][&|>]|[<>])/.exec(rest)?.[0].length ?? 1;
    return true;
  }

  /** A shell's here-document is commands; that of any other program is data. In a Dockerfile none is named. */
  #takeDocuments(): void {
    const documents = this.#documents;
    this.#documents = [];
    const commands = new Set(documents.map(({ command }) => command));
    const readers = new Set(
      [...commands].filter((words) => words.length === 0 || words.some(({ text }) => isShell(text))),
    );
    for (const { end, indented, command } of documents) {
      const from = this.#at;
      let to = this.#text.length;
      while (this.#at < this.#text.length) {
        const next = this.#text.indexOf('\n', this.#at);
        const line = this.#text.slice(this.#at, next === -1 ? undefined : next).replaceAll(filler, '');
        const lineStart = this.#at;
        this.#at = next === -1 ? this.#text.length : next + 1;
        const bare = line.replace(/\r$/, '');
        // In YAML the whole block is indented, its here-documents with it.
        if ((indented ? bare.replace(/^\t+/, '') : bare) === end || bare.trim() === end) {
          to = lineStart;
          break;
        }
      }
      if (this.#depth < deepest && readers.has(command)) {
        const body = this.#text.slice(from, to);
        for (const inner of shellCommands(body, this.#start + from, this.#depth)) this.#commands.push(inner);
      }
    }
  }

  #word(end: ')' | '`' | undefined): ShellWord {
    const start = this.#at;
    let text = '';
    while (this.#at < this.#text.length) {
      const c = this.#text[this.#at] ?? '';
      if (c === '`' && end === '`') break;
      if (c === '(' && /^\w+\+?=$/.test(text)) {
        // A list of words, which are no command.
        const close = this.#text.indexOf(')', this.#at);
        this.#at = close === -1 ? this.#text.length : close + 1;
        text += '(…)';
        break;
      }
      if (ends.has(c)) break;
      text += this.#piece(c);
    }
    // What could not be read as a word is passed over, so that reading goes on.
    if (this.#at === start) this.#at++;
    return { text, start: this.#start + start };
  }

  #piece(c: string): string {
    switch (c) {
      case filler:
        this.#at++;
        return '';
      case '\\': {
        const escaped = this.#text[this.#at + 1] ?? '';
        this.#at += 2;
        return escaped === '\n' || escaped === filler ? '' : escaped;
      }
      case "'":
        return this.#until("'");
      case '"':
        return this.#doubleQuoted();
      case '$':
        return this.#dollar();
      case '`':
        this.#at++;
        this.#nested('`');
        return '$(…)';
      default:
        this.#at++;
        return c;
    }
  }

  #until(quote: string): string {
    const close = this.#text.indexOf(quote, this.#at + 1);
    const text = this.#text.slice(this.#at + 1, close === -1 ? undefined : close);
    this.#at = close === -1 ? this.#text.length : close + 1;
    return text.replaceAll(filler, '');
  }

  #doubleQuoted(): string {
    let text = '';
    this.#at++;
    while (this.#at < this.#text.length) {
      const c = this.#text[this.#at] ?? '';
      if (c === '"') {
        this.#at++;
        break;
      }
      if (c === '\\') {
        const escaped = this.#text[this.#at + 1] ?? '';
        text += escaped === '\n' ? '' : '"\\$`'.includes(escaped) ? escaped : `\\${escaped}`;
        this.#at += 2;
      } else if (c === '$' || c === '`') text += this.#piece(c);
      else {
        if (c !== filler) text += c;
        this.#at++;
      }
    }
    return text;
  }

  #dollar(): string {
    const rest = this.#text.slice(this.#at, this.#at + 3);
    if (rest.startsWith('$((')) {
      const close = this.#text.indexOf('))', this.#at);
      this.#at = close === -1 ? this.#text.length : close + 2;
      return '$((…))';
    }
    if (rest.startsWith('$(')) {
      this.#at += 2;
      this.#nested(')');
      return '$(…)';
    }
    if (rest.startsWith('${')) {
      const from = this.#at;
      const close = this.#text.indexOf('}', from);
      this.#at = close === -1 ? this.#text.length : close + 1;
      return this.#text.slice(from, this.#at);
    }
    if (rest.startsWith("$'")) {
      this.#at++;
      return this.#until("'");
    }
    this.#at++;
    return '$';
  }

  #nested(end: ')' | '`'): void {
    if (this.#depth < deepest) this.#list(end);
  }

  #skipLine(): void {
    const next = this.#text.indexOf('\n', this.#at);
    this.#at = next === -1 ? this.#text.length : next;
  }
}
