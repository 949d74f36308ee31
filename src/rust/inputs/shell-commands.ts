import { ShellText, type ShellWord } from './shell-text.ts';

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
/** Seven times as many as the longest real script has: no more of one are read than just over that, by which whoever asks knows. */
export const maxCommands = 100_000;
/** How the others are called. */
export const behindMost = `all commands behind ${maxCommands}`;
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
  readonly #source: ShellText;
  readonly #depth: number;
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
    this.#source = new ShellText(text, line, (inner, at) => this.#nested(inner, at));
    this.#startLine = line;
    this.#depth = depth;
  }

  run(): void {
    const { text } = this.#source;
    while (this.#source.at < text.length && this.commands.length <= maxCommands) {
      const char = text[this.#source.at] ?? '';
      if (char === '\n') this.#newline();
      else if (char === ' ' || char === '\t' || char === '\r') this.#source.at++;
      else if (char === '\\' && text[this.#source.at + 1] === '\n') {
        this.#source.at += 2;
        this.#source.line++;
      } else if (char === '#') this.#comment();
      else if (this.#cases.at(-1) === 'pattern' && char !== ')' && !this.#isEsac()) this.#pattern();
      else if (';&|()'.includes(char)) this.#separator(char);
      else if (char === '<' || char === '>') this.#redirection(char);
      else this.#word();
    }
    this.#end(false);
  }

  #newline(): void {
    this.#source.at++;
    this.#source.line++;
    this.#end(false);
    for (const pending of this.#pending) this.#readDocument(pending);
    this.#pending = [];
  }

  #comment(): void {
    while (this.#source.at < this.#source.text.length && this.#source.text[this.#source.at] !== '\n')
      this.#source.at++;
  }

  #isEsac(): boolean {
    return /^esac(?![\w.-])/.test(this.#source.text.slice(this.#source.at, this.#source.at + 5));
  }

  /** `a | b)` of a case. */
  #pattern(): void {
    const { text, dynamic: _ } = this.#source.word();
    if (text === '') this.#source.at++;
  }

  #separator(char: string): void {
    const { text } = this.#source;
    const next = text[this.#source.at + 1] ?? '';
    if (char === ')' && this.#cases.at(-1) === 'pattern') {
      this.#source.at++;
      this.#cases[this.#cases.length - 1] = 'body';
      return;
    }
    if (
      char === '(' &&
      this.#words.length === 1 &&
      /^\s*\)/.test(text.slice(this.#source.at + 1, this.#source.at + 8))
    ) {
      this.functions.add(this.#words[0]?.text ?? '');
      this.#words = [];
      this.#source.at = text.indexOf(')', this.#source.at) + 1;
      return;
    }
    if (char === '(' && next === '(' && this.#isArithmetic()) {
      this.#source.group('(', ')');
      return;
    }
    if (char === ';' && next === ';') {
      this.#source.at += 2;
      this.#end(false);
      if (this.#cases.length > 0) this.#cases[this.#cases.length - 1] = 'pattern';
      return;
    }
    const double = next === char && char !== '(' && char !== ')';
    this.#source.at += double || (char === '|' && next === '&') ? 2 : 1;
    this.#end(char === '|' && !double);
  }

  /**
   * `((i = 0; …))`, `for ((…))`: a name and what is done with its number. A shell that has no arithmetic runs what else
   * stands there.
   */
  #isArithmetic(): boolean {
    const [first] = this.#words;
    if (first !== undefined && !(first.text === 'for' && this.#words.length === 1)) return false;
    return /^\(\(\s*\w+\s*(?:[-+*/%]?=|[<>]=?\s*[\w$]|\+\+|--)[^\n]*\)\)/.test(
      this.#source.text.slice(this.#source.at, this.#source.at + 400),
    );
  }

  #redirection(char: string): void {
    const { text } = this.#source;
    // `2>file`: the number is no word.
    const last = this.#words.at(-1);
    if (last !== undefined && /^\d$/.test(last.text) && text[this.#source.at - 1] === last.text)
      this.#words.pop();
    if (char === '<' && text[this.#source.at + 1] === '<' && text[this.#source.at + 2] !== '<') {
      this.#document();
      return;
    }
    const isString = text.startsWith('<<<', this.#source.at);
    const isFile = char === '<' && !'<>&'.includes(text[this.#source.at + 1] ?? ' ');
    while ('<>&|-'.includes(text[this.#source.at] ?? ' ')) this.#source.at++;
    while (text[this.#source.at] === ' ' || text[this.#source.at] === '\t') this.#source.at++;
    // `<(…)`: a command whose output is read as a file.
    if (text[this.#source.at] === '(') {
      const inner = this.#source.group('(', ')');
      this.#nested(inner.text, inner.line);
      this.#words.push({ text: '<(…)', dynamic: true });
      return;
    }
    const line = this.#source.line;
    const word = this.#source.word();
    if (isString) this.#documents.push({ text: word.text, line });
    else if (isFile) this.#reads.push(word);
    if (char === '>') this.#writes.push(word);
    else if (word.text.startsWith('/dev/tcp') || word.text.startsWith('/dev/udp')) this.#writes.push(word);
  }

  #document(): void {
    const [whole = '<<', dash = '', backslash = '', quote = '', plain = ''] =
      /^<<(-?)[ \t]*(?:(\\?)(['"]?)([\w.!+-]+)\3)?/.exec(
        this.#source.text.slice(this.#source.at, this.#source.at + 80),
      ) ?? [];
    this.#source.at += whole.length;
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
    const from = this.#source.line;
    while (this.#source.at < this.#source.text.length) {
      const stop = this.#source.text.indexOf('\n', this.#source.at);
      const whole = this.#source.text.slice(this.#source.at, stop === -1 ? undefined : stop);
      const line = indented ? whole.replace(/^\t+/, '') : whole;
      this.#source.at = stop === -1 ? this.#source.text.length : stop + 1;
      this.#source.line++;
      if (line.replace(/\r$/, '') === end) break;
      lines.push(line);
    }
    const text = lines.join('\n');
    documents.push({ text: quoted ? text : this.#expanded(text, from), line: from });
  }

  /** What a here-document comes to, the commands in it read: of what they write nothing is known. */
  #expanded(text: string, from: number): string {
    const found: ShellCommand[] = [];
    const own = new ShellText(text, from, (inner, line) => {
      if (this.#depth + 1 < maxDepth && found.length <= maxCommands)
        found.push(...shellScript(inner, line, this.#depth + 2).commands);
    });
    const whole = own.expanded();
    // What a variable names there is the script's own tool, more often than not.
    this.commands.push(
      ...found.filter(({ words: [first] }) => first?.dynamic === false && first.text !== 'eval'),
    );
    return whole;
  }

  #word(): void {
    if (this.#words.length === 0) this.#startLine = this.#source.line;
    const word = this.#source.word();
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

  #nested(text: string, line: number): void {
    if (this.#depth >= maxDepth || this.commands.length > maxCommands) return;
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
    this.#startLine = this.#source.line;
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
