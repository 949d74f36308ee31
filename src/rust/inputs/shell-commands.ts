/** A word of a command line, its quotes taken off. */
export interface ShellWord {
  /** `$x` and `$(…)` as they stand. */
  readonly text: string;
  /** Whether part of it is worked out while it runs. */
  readonly dynamic: boolean;
}

/** A text that a command is given to read: a here-document, or a here-string. */
export interface ShellDocument {
  readonly text: string;
  /** 1-based, of its first line. */
  readonly line: number;
}

/** A simple command, and what stands around it. */
export interface ShellCommand {
  readonly words: readonly ShellWord[];
  /** The variables that are set before it, for it or, where it is nothing else, for all that follows: `A=b`. */
  readonly sets: readonly ShellWord[];
  /** 1-based. */
  readonly line: number;
  /** Whether it reads what another command writes. */
  readonly piped: boolean;
  /** That command, where it has words. */
  readonly before?: ShellCommand | undefined;
  readonly documents: readonly ShellDocument[];
  /** Files that it reads by `<`. */
  readonly reads: readonly ShellWord[];
  /** Files that its output is written to. */
  readonly writes: readonly ShellWord[];
}

export interface ShellScript {
  readonly commands: readonly ShellCommand[];
  /** Names of its own functions. */
  readonly functions: ReadonlySet<string>;
}

/** Longer scripts than any `configure`; what is beyond is said to be unread. UTF-16 units. */
export const maxScript = 4 * 1024 * 1024;
const maxDepth = 16;

const openers: ReadonlySet<string> = new Set('if then else elif while until do ! time { coproc'.split(' '));
const ends: ReadonlySet<string> = new Set('fi done esac } in'.split(' '));

/**
 * The commands of a shell script in their order, those in `$(…)` and backquotes among them (POSIX.1-2024, "Shell Command
 * Language"). Here-documents belong to the command that reads them. It never throws: what is no shell gives odd commands.
 */
export function shellScript(text: string, line = 1, depth = 0): ShellScript {
  const reader = new Reader(text, line, depth);
  reader.run();
  return { commands: reader.commands, functions: reader.functions };
}

interface Pending {
  readonly end: string;
  readonly indented: boolean;
  /** Whether nothing in it is expanded. */
  readonly quoted: boolean;
  /** Those of the command that reads it. */
  readonly documents: ShellDocument[];
}

class Reader {
  readonly commands: ShellCommand[] = [];
  readonly functions = new Set<string>();
  readonly #text: string;
  readonly #depth: number;
  #at = 0;
  #line: number;
  #words: ShellWord[] = [];
  #writes: ShellWord[] = [];
  #startLine: number;
  #piped = false;
  /** Where in `case … in a) …;;` each open one is. */
  readonly #cases: ('word' | 'pattern' | 'body')[] = [];
  #pending: Pending[] = [];
  #documents: ShellDocument[] = [];
  #reads: ShellWord[] = [];
  #before: ShellCommand | undefined;

  constructor(text: string, line: number, depth: number) {
    this.#text = text;
    this.#line = line;
    this.#startLine = line;
    this.#depth = depth;
  }

  run(): void {
    const text = this.#text;
    while (this.#at < text.length) {
      const char = text[this.#at] ?? '';
      if (char === '\n') this.#newline();
      else if (char === ' ' || char === '\t' || char === '\r') this.#at++;
      else if (char === '\\' && text[this.#at + 1] === '\n') {
        this.#at += 2;
        this.#line++;
      } else if (char === '#') this.#comment();
      else if (this.#cases.at(-1) === 'pattern' && char !== ')' && !this.#isEsac()) this.#pattern();
      else if (';&|()'.includes(char)) this.#separator(char);
      else if (char === '<' || char === '>') this.#redirection(char);
      else this.#word();
    }
    this.#end(false);
  }

  #newline(): void {
    this.#at++;
    this.#line++;
    this.#end(false);
    for (const pending of this.#pending) this.#readDocument(pending);
    this.#pending = [];
  }

  #comment(): void {
    while (this.#at < this.#text.length && this.#text[this.#at] !== '\n') this.#at++;
  }

  #isEsac(): boolean {
    return /^esac(?![\w.-])/.test(this.#text.slice(this.#at, this.#at + 5));
  }

  /** `a | b)` of a case. */
  #pattern(): void {
    const { text, dynamic: _ } = this.#readWord();
    if (text === '') this.#at++;
  }

  #separator(char: string): void {
    const text = this.#text;
    const next = text[this.#at + 1] ?? '';
    if (char === ')' && this.#cases.at(-1) === 'pattern') {
      this.#at++;
      this.#cases[this.#cases.length - 1] = 'body';
      return;
    }
    if (char === '(' && this.#words.length === 1 && /^\s*\)/.test(text.slice(this.#at + 1, this.#at + 8))) {
      this.functions.add(this.#words[0]?.text ?? '');
      this.#words = [];
      this.#at = text.indexOf(')', this.#at) + 1;
      return;
    }
    if (char === '(' && next === '(' && this.#isArithmetic()) {
      this.#group('(', ')');
      return;
    }
    if (char === ';' && next === ';') {
      this.#at += 2;
      this.#end(false);
      if (this.#cases.length > 0) this.#cases[this.#cases.length - 1] = 'pattern';
      return;
    }
    const double = next === char && char !== '(' && char !== ')';
    this.#at += double || (char === '|' && next === '&') ? 2 : 1;
    this.#end(char === '|' && !double);
  }

  /** `((i = 0; …))`, `for ((…))`: a name and what is done with its number. A shell that has no arithmetic runs what else stands there. */
  #isArithmetic(): boolean {
    const [first] = this.#words;
    if (first !== undefined && !(first.text === 'for' && this.#words.length === 1)) return false;
    return /^\(\(\s*\w+\s*(?:[-+*/%]?=|[<>]=?\s*[\w$]|\+\+|--)[^\n]*\)\)/.test(
      this.#text.slice(this.#at, this.#at + 400),
    );
  }

  #redirection(char: string): void {
    const text = this.#text;
    // `2>file`: the number is no word.
    const last = this.#words.at(-1);
    if (last !== undefined && /^\d$/.test(last.text) && text[this.#at - 1] === last.text) this.#words.pop();
    if (char === '<' && text[this.#at + 1] === '<' && text[this.#at + 2] !== '<') {
      this.#document();
      return;
    }
    const isString = text.startsWith('<<<', this.#at);
    const isFile = char === '<' && !'<>&'.includes(text[this.#at + 1] ?? ' ');
    while ('<>&|-'.includes(text[this.#at] ?? ' ')) this.#at++;
    while (text[this.#at] === ' ' || text[this.#at] === '\t') this.#at++;
    // `<(…)`: a command whose output is read as a file.
    if (text[this.#at] === '(') {
      const inner = this.#group('(', ')');
      this.#nested(inner.text, inner.line);
      this.#words.push({ text: '<(…)', dynamic: true });
      return;
    }
    const line = this.#line;
    const word = this.#readWord();
    if (isString) this.#documents.push({ text: word.text, line });
    else if (isFile) this.#reads.push(word);
    if (char === '>') this.#writes.push(word);
    else if (word.text.startsWith('/dev/tcp') || word.text.startsWith('/dev/udp')) this.#writes.push(word);
  }

  #document(): void {
    const [whole = '<<', dash = '', backslash = '', quote = '', plain = ''] =
      /^<<(-?)[ \t]*(?:(\\?)(['"]?)([\w.!+-]+)\3)?/.exec(this.#text.slice(this.#at, this.#at + 80)) ?? [];
    this.#at += whole.length;
    if (plain !== '')
      this.#pending.push({
        end: plain,
        indented: dash === '-',
        quoted: backslash !== '' || quote !== '',
        documents: this.#documents,
      });
  }

  #readDocument({ end, indented, quoted, documents }: Pending): void {
    const lines: string[] = [];
    const from = this.#line;
    while (this.#at < this.#text.length) {
      const stop = this.#text.indexOf('\n', this.#at);
      const whole = this.#text.slice(this.#at, stop === -1 ? undefined : stop);
      const line = indented ? whole.replace(/^\t+/, '') : whole;
      this.#at = stop === -1 ? this.#text.length : stop + 1;
      this.#line++;
      if (line.replace(/\r$/, '') === end) break;
      lines.push(line);
    }
    const text = lines.join('\n');
    documents.push({ text: quoted ? text : this.#expanded(text, from), line: from });
  }

  /** What a here-document comes to, the commands in it read: of what they write nothing is known. */
  #expanded(text: string, from: number): string {
    const own = new Reader(text, from, this.#depth + 1);
    let whole = '';
    while (own.#at < text.length) {
      const char = text[own.#at] ?? '';
      if (char === '\\') {
        const next = text[own.#at + 1] ?? '';
        whole += '$`\\'.includes(next) ? next : char + next;
        own.#count(next);
        own.#at += 2;
      } else if (char === '`' || char === '$') whole += own.#expansion();
      else {
        own.#count(char);
        whole += char;
        own.#at++;
      }
    }
    // What a variable names there is the script's own tool, more often than not.
    this.commands.push(
      ...own.commands.filter(({ words: [first] }) => first?.dynamic === false && first.text !== 'eval'),
    );
    return whole;
  }

  #word(): void {
    if (this.#words.length === 0) this.#startLine = this.#line;
    const word = this.#readWord();
    if (this.#words.length === 0 && !word.dynamic) {
      if (word.text === 'case') this.#cases.push('word');
      else if (word.text === 'esac') this.#cases.pop();
      if (openers.has(word.text) || ends.has(word.text)) return;
    }
    if (word.text === 'in' && this.#cases.at(-1) === 'word') {
      this.#cases[this.#cases.length - 1] = 'pattern';
      this.#words = [];
      return;
    }
    this.#words.push(word);
  }

  /** One word, with what is nested in it read apart. */
  #readWord(): ShellWord {
    const text = this.#text;
    let word = '';
    let dynamic = false;
    while (this.#at < text.length) {
      const char = text[this.#at] ?? '';
      if (/[\s;&|()<>]/.test(char)) break;
      if (char === '\\') {
        if (text[this.#at + 1] === '\n') this.#line++;
        else word += text[this.#at + 1] ?? '';
        this.#at += 2;
      } else if (char === "'") {
        const close = text.indexOf("'", this.#at + 1);
        const end = close === -1 ? text.length : close;
        const inner = text.slice(this.#at + 1, end);
        this.#count(inner);
        word += inner;
        this.#at = end + 1;
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
        this.#at++;
      }
    }
    return { text: word, dynamic };
  }

  #quoted(): ShellWord {
    const text = this.#text;
    let word = '';
    let dynamic = false;
    this.#at++;
    while (this.#at < text.length && text[this.#at] !== '"') {
      const char = text[this.#at] ?? '';
      if (char === '\\') {
        word += text[this.#at + 1] ?? '';
        this.#count(text[this.#at + 1] ?? '');
        this.#at += 2;
      } else if (char === '`' || char === '$') {
        const inner = this.#expansion();
        word += inner;
        dynamic ||= inner.length > 1;
      } else {
        this.#count(char);
        word += char;
        this.#at++;
      }
    }
    this.#at++;
    return { text: word, dynamic };
  }

  /** `$x`, `${x}`, `$(…)`, backquotes: as they stand, the commands in them read. */
  #expansion(): string {
    const text = this.#text;
    const start = this.#at;
    if (text[start] === '`') {
      const line = this.#line;
      let end = start + 1;
      while (end < text.length && text[end] !== '`') end += text[end] === '\\' ? 2 : 1;
      const inner = text.slice(start + 1, end);
      this.#count(inner);
      this.#at = Math.min(end + 1, text.length);
      this.#nested(inner.replaceAll(/\\([`$\\])/g, '$1'), line);
      return '`…`';
    }
    const next = text[start + 1] ?? '';
    if (next === '(' && text[start + 2] === '(') {
      this.#at = start + 1;
      this.#group('(', ')');
      return '$((…))';
    }
    if (next === '(') {
      this.#at = start + 1;
      const inner = this.#group('(', ')');
      this.#nested(inner.text, inner.line);
      return '$(…)';
    }
    if (next === '{') {
      this.#at = start + 1;
      return `\${${this.#group('{', '}').text}}`;
    }
    const name = /^\$(?:\w+|[@*#?$!-])/.exec(text.slice(start, start + 128))?.[0] ?? '$';
    this.#at = start + name.length;
    return name;
  }

  /** What stands between a delimiter here and its partner; quotes are respected. */
  #group(open: string, close: string): { readonly text: string; readonly line: number } {
    const text = this.#text;
    const line = this.#line;
    const start = this.#at + 1;
    let depth = 0;
    let quote = '';
    let at = this.#at;
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
    this.#at = at + 1;
    return { text: inner, line };
  }

  #count(text: string): void {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#line++;
  }

  #nested(text: string, line: number): void {
    if (this.#depth >= maxDepth) return;
    const { commands, functions } = shellScript(text, line, this.#depth + 1);
    this.commands.push(...commands);
    for (const name of functions) this.functions.add(name);
  }

  #end(piped: boolean): void {
    const words = withoutAssignments(this.#words);
    const sets = this.#words.filter(
      (word, at) => at < this.#words.length - words.length && isAssignment(word),
    );
    if (words.length > 0 || this.#writes.length > 0 || sets.length > 0) {
      const command = {
        words,
        sets,
        line: this.#startLine,
        piped: this.#piped,
        before: this.#piped ? this.#before : undefined,
        writes: this.#writes,
        documents: this.#documents,
        reads: this.#reads,
      };
      this.commands.push(command);
      this.#before = command;
    }
    this.#piped = piped;
    this.#words = [];
    this.#writes = [];
    this.#documents = [];
    this.#reads = [];
    this.#startLine = this.#line;
  }
}

function isAssignment({ text }: ShellWord): boolean {
  return /^\w+\+?=/.test(text);
}

/** `A=b make` runs make; `for x in …` names nothing that runs. */
function withoutAssignments(words: readonly ShellWord[]): readonly ShellWord[] {
  let from = 0;
  for (let word = words[from]; word !== undefined && isAssignment(word); word = words[from]) from++;
  const rest = words.slice(from);
  const [first] = rest;
  return first !== undefined && /^(?:for|select|function)$/.test(first.text) ? [] : rest;
}
