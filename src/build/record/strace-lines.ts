/** One call that a process made, whole, with what it gave back. */
export interface TracedCall {
  readonly pid: number;
  readonly name: string;
  /** The text between its parentheses. */
  readonly args: string;
  /** What it returned; negative where it failed, `undefined` where the process did not live to see it. */
  readonly result: number | undefined;
  /** What strace says of the file that was returned: `/x` of `3</x>`. */
  readonly file: string | undefined;
  /** `ENOENT`, where it failed. */
  readonly error: string | undefined;
}

/**
 * Puts strace's lines together (strace(1), `-f -y -o`): a call that is interrupted by another process comes in two parts.
 * Signals are passed over; the end of a process is the call `exit`, whose error is the signal that ended it.
 */
export class StraceLines {
  readonly #unfinished = new Map<number, string>();

  /** The call that a line ends; `undefined` where it ends none. */
  read(line: string): TracedCall | undefined {
    const [, id, rest = ''] = /^(?:\[pid +)?(\d+)\]? +(.*)$/s.exec(line) ?? [];
    if (id === undefined) return undefined;
    const pid = Number(id);
    if (rest.startsWith('---')) return undefined;
    if (rest.startsWith('+++')) {
      this.#unfinished.delete(pid);
      const signal = /^\+\+\+ killed by (SIG\w+)/.exec(rest)?.[1];
      return { pid, name: 'exit', args: '', result: 0, file: undefined, error: signal };
    }
    if (rest.endsWith('<unfinished ...>')) {
      this.#unfinished.set(pid, rest.slice(0, -'<unfinished ...>'.length));
      return undefined;
    }
    const resumed = /^<\.\.\. \w+ resumed>/.exec(rest);
    if (resumed === null) return callOf(pid, rest);
    const before = this.#unfinished.get(pid);
    this.#unfinished.delete(pid);
    return before === undefined ? undefined : callOf(pid, before + rest.slice(resumed[0].length));
  }
}

function callOf(pid: number, text: string): TracedCall | undefined {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(') ');
  if (open <= 0 || close < open) return undefined;
  const answer = text.slice(close + 1).trim();
  const [, own, file, error] = /^= (-?\d+|\?)(?:<(.*)>)?(?: (E[A-Z0-9]+))?/.exec(answer) ?? [];
  if (own === undefined) return undefined;
  // A process in a namespace of its own has another number there.
  const result = /^= \d+ \/\* (\d+) in strace's PID NS \*\//.exec(answer)?.[1] ?? own;
  return {
    pid,
    name: text.slice(0, open),
    args: text.slice(open + 1, close),
    result: result === '?' ? undefined : Number(result),
    file: file?.replace(/ \(deleted\)$/, ''),
    error,
  };
}

/** The arguments of a call, as strace wrote each. */
export function splitArguments(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  signs.lastIndex = 0;
  for (let found = signs.exec(text); found !== null; found = signs.exec(text)) {
    const at = found.index;
    switch (found[0]) {
      case '"':
        signs.lastIndex = closingQuote(text, at) + 1;
        break;
      case ',':
        if (depth !== 0) break;
        parts.push(text.slice(from, at).trim());
        from = at + 1;
        break;
      case '[':
      case '{':
      case '(':
        depth++;
        break;
      default:
        depth--;
    }
  }
  const last = text.slice(from).trim();
  if (last !== '') parts.push(last);
  return parts;
}

const signs = /["[\]{}(),]/g;

function closingQuote(text: string, open: number): number {
  const next = text.indexOf('"', open + 1);
  // Most have no escapes: strace writes paths as they are.
  if (next === -1 || !text.slice(open, next).includes('\\')) return next === -1 ? text.length : next;
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  v: '\v',
  f: '\f',
  '"': '"',
  '\\': '\\',
};

/** The text of a quoted argument; of a cut one, what there is. `undefined` for one that is no text. */
export function textOf(argument: string | undefined): string | undefined {
  if (argument?.startsWith('"') !== true) return undefined;
  const body = argument.slice(1, closingQuote(argument, 0));
  // What is no ASCII is written by escapes as well.
  if (!body.includes('\\')) return body;
  const bytes = body.replace(
    /\\(?:([0-7]{1,3})|x([0-9a-f]{2})|(.))/gs,
    (_, octal?: string, hex?: string, other = '') =>
      octal !== undefined
        ? String.fromCharCode(Number.parseInt(octal, 8))
        : hex !== undefined
          ? String.fromCharCode(Number.parseInt(hex, 16))
          : (escapes[other] ?? other),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The texts of a list: `["a", "b"]`. */
export function textsOf(argument: string | undefined): readonly string[] {
  if (argument?.startsWith('[') !== true) return [];
  return splitArguments(argument.slice(1, -1)).flatMap((part) => textOf(part) ?? []);
}

/** The folder that a file descriptor stands for: `AT_FDCWD</x>`, `6</x>`. */
export function folderOf(argument: string | undefined): string | undefined {
  return /^(?:AT_FDCWD|\d+)<(.*)>$/s.exec(argument ?? '')?.[1];
}
