/**
 * What `configure.ac` and other m4 of autoconf runs: its shell, and the shell in what its macros are given (GNU
 * Autoconf, "M4sh", GNU M4).
 */
import { isKnownProgram } from '../capability/programs.ts';
import { placeAt } from '../tokens.ts';
import { saidByCommands, saidByText } from './command-meaning.ts';
import { type FileSaid, nothingSaid, together } from './said.ts';
import { shellScript } from './shell-commands.ts';

/** Which arguments of a macro are shell: the first of them, from which on all are; every second one from there; a command line. */
type Shell = number | 'cases' | 'run';

/** The macros whose arguments are shell; those of every other are names, messages, or C. */
const tables: readonly (readonly [names: string, shell: Shell])[] = [
  ['AS_IF AC_CONFIG_COMMANDS_PRE AC_CONFIG_COMMANDS_POST m4_divert_text', 0],
  [
    'AC_CONFIG_COMMANDS AC_CONFIG_FILES AC_CONFIG_LINKS AC_CONFIG_HEADERS AC_OUTPUT_COMMANDS AM_CONDITIONAL AM_COND_IF AS_VAR_SET_IF AC_CACHE_VAL AC_CHECK_FUNC AC_CHECK_FUNCS AC_CHECK_HEADER AC_CHECK_HEADERS AC_CHECK_FILE AC_CHECK_FILES AC_CHECK_TYPE AC_CHECK_DECL AC_CHECK_MEMBER AC_COMPILE_IFELSE AC_LINK_IFELSE AC_RUN_IFELSE AC_PREPROC_IFELSE AC_TRY_RUN PKG_CHECK_EXISTS AC_DEFUN AC_DEFUN_ONCE AU_DEFUN m4_define m4_defun m4_defun_once define m4_append m4_ifdef ifdef m4_ifval AS_LITERAL_IF',
    1,
  ],
  [
    'AC_CACHE_CHECK AC_CHECK_LIB AC_SEARCH_LIBS AC_ARG_ENABLE AC_ARG_WITH PKG_CHECK_MODULES AS_VAR_IF AC_TRY_COMPILE AC_TRY_LINK AC_EGREP_CPP AC_EGREP_HEADER m4_if ifelse m4_foreach m4_foreach_w AS_FOR AX_CHECK_COMPILE_FLAG AX_CHECK_LINK_FLAG',
    2,
  ],
  ['AS_CASE', 'cases'],
  ['m4_syscmd m4_esyscmd m4_esyscmd_s syscmd esyscmd AC_TRY_COMMAND AC_RUN_LOG AS_RUN_LOG', 'run'],
];
const known: ReadonlyMap<string, Shell> = new Map(
  tables.flatMap(([names, shell]) => names.split(' ').map((name) => [name, shell] as const)),
);

const maxDepth = 24;

/** What a file of m4 says. Its macros are none that are run here: their arguments are read where they stand. */
export function saidByM4(text: string): FileSaid {
  // Any other text may be made with m4, in quotes of its own.
  if (!ofAutoconf.test(text)) return nothingSaid;
  const reader = new Reader(text);
  const script = reader.shellOf();
  const { said, workedOut, words } = saidByCommands(shellScript(script));
  return together([
    {
      // Words that are no program's name are more often what is left of a macro.
      said: said.filter(({ kind, name = '' }) => kind !== 'process' || isKnownProgram(name)),
      workedOut: workedOut.filter((one) => !harmless.test(one.text.trim())),
      words,
    },
    ...reader.run,
  ]);
}

const ofAutoconf =
  /\b(?:A[CMU]_(?:INIT|DEFUN|PREREQ|INIT_AUTOMAKE|ALIAS|CONFIG_\w+)|m4_define\(\[|m4_e?syscmd)/;
/** Tools that `configure` finds and runs by their variables, and a variable that is set by its name. */
const harmless =
  /^(?:\$\{?(?:[EF]?GREP|SED|AWK|SHELL|ECHO|MAKE|CC|CXX|CPP|LD|AR|NM|RANLIB|STRIP|OBJDUMP|LN_S|MKDIR_P|INSTALL\w*|PKG_CONFIG)\b|eval\s+\$?\w+=[\w$]*$)/;

class Reader {
  /** What runs while the macros are expanded. */
  readonly run: FileSaid[] = [];
  readonly #text: string;
  /** The same text with nothing left of it but shell, line for line. */
  readonly #left: string[];

  constructor(text: string) {
    this.#text = withoutComments(text);
    this.#left = [...this.#text];
  }

  shellOf(): string {
    this.#body(0, this.#text.length, 0);
    return this.#left.join('');
  }

  /** Shell, in which macros stand. */
  #body(from: number, to: number, depth: number): void {
    const call = /\b([A-Za-z_]\w*)(\()?/g;
    call.lastIndex = from;
    for (let at = from; at < to; at++) if (/[[\]]/.test(this.#text[at] ?? '')) this.#left[at] = ' ';
    for (
      let found = call.exec(this.#text);
      found !== null && found.index < to;
      found = call.exec(this.#text)
    ) {
      const [whole, name = '', open] = found;
      if (!isMacro(name, this.#text, found.index)) continue;
      this.#blank(found.index, found.index + whole.length);
      if (open === undefined) continue;
      call.lastIndex = this.#arguments(name, found.index + whole.length, to, depth);
    }
  }

  /** Blanks what of a call's arguments is no shell; gives where they end. */
  #arguments(name: string, from: number, to: number, depth: number): number {
    const parts = argumentsFrom(this.#text, from, to);
    const end = parts.at(-1)?.to ?? from;
    const shell = known.get(name);
    for (const [index, part] of parts.entries()) {
      if (shell === 'run') {
        if (index === 0)
          this.run.push(
            saidByText(unquoted(this.#text.slice(part.from, part.to)), placeAt(this.#text, part.from).line),
          );
        this.#blank(part.from, part.to);
      } else if (depth < maxDepth && isShell(shell, index, parts.length))
        this.#body(part.from, part.to, depth + 1);
      else this.#blank(part.from, part.to);
      // An argument ends as a command does.
      if (part.to < to) this.#left[part.to] = ';';
    }
    return Math.min(end + 1, to);
  }

  #blank(from: number, to: number): void {
    for (let at = from; at < to; at++) if (this.#text[at] !== '\n') this.#left[at] = ' ';
  }
}

interface Part {
  readonly from: number;
  readonly to: number;
}

/** The arguments that begin there, up to the parenthesis that closes them; `[…]` quotes commas and parentheses. */
function argumentsFrom(text: string, from: number, to: number): readonly Part[] {
  const parts: Part[] = [];
  let [start, quotes, depth] = [from, 0, 0];
  for (let at = from; at < to; at++) {
    const char = text[at];
    if (char === '[') quotes++;
    else if (char === ']') quotes = Math.max(0, quotes - 1);
    else if (quotes > 0) continue;
    else if (char === '(') depth++;
    else if (char === ')' && depth > 0) depth--;
    else if (char === ')' || (char === ',' && depth === 0)) {
      parts.push({ from: start, to: at });
      start = at + 1;
      if (char === ')') return parts;
    }
  }
  return [...parts, { from: start, to }];
}

function isShell(shell: Shell | undefined, index: number, count: number): boolean {
  // The last one without a pattern is what is done in every other case.
  if (shell === 'cases') return index > 1 && (index % 2 === 0 || index === count - 1);
  return typeof shell === 'number' && index >= shell;
}

/** Names of macros: those of m4 itself, and what is written as no command is. `$NAME` and `NAME=` are a shell's. */
function isMacro(name: string, text: string, at: number): boolean {
  if (known.has(name) || /^m4_\w+$/.test(name)) return true;
  if (!/^[A-Z_][A-Z0-9_]{2,}$/.test(name)) return false;
  return !/[$\w{]/.test(text[at - 1] ?? '') && text[at + name.length] !== '=';
}

/** `dnl` to the end of a line, and lines that begin with `#`; `$1` is what a macro is given. All keep their place. */
function withoutComments(text: string): string {
  return text.replaceAll(/\bdnl\b[^\n]*|^[^\S\n]*#[^\n]*|\$[\d@*#]/gm, (found) => ' '.repeat(found.length));
}

/** Without the quotes of autoconf, or those that m4 has by itself. */
function unquoted(text: string): string {
  return text
    .trim()
    .replace(/^\[+|\]+$/g, '')
    .replace(/^`|'$/g, '');
}
