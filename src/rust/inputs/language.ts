/** In what files are written that are no Rust. */
export const languages = [
  'shell',
  'make',
  'cmake',
  'python',
  'perl',
  'ruby',
  'node',
  'powershell',
  'batch',
  'meson',
  'ninja',
  // Of autoconf.
  'm4',
  'php',
  'lua',
  'tcl',
  'awk',
  // Of the R project.
  'r',
  'julia',
  'applescript',
  // VBScript and JScript, as Windows Script Host has them.
  'script-host',
  // Any other: looked through for command lines.
  'other-script',
] as const;

/** In what a file is written that is no Rust: what can be read of it, and who would run it. */
export type Language = (typeof languages)[number];

/** A program that runs code, and how it takes it, by its own manual. */
export interface Interpreter {
  /** Its names, without a folder and in lower case. */
  readonly program: RegExp;
  /** Names of variables that say where it is. */
  readonly variable?: RegExp;
  readonly language: Language;
  /** The options behind which code stands; what the groups hold is code that stands in the option itself. */
  readonly code?: RegExp;
  /** Options that bring a module, with what brings it in the language; its name stands in the group, or behind. */
  readonly module?: readonly [option: RegExp, code: (name: string) => string];
  /** Options with a value behind them. */
  readonly values?: RegExp;
  /** Whether code is what stands behind the options, and what follows has the rest of it. */
  readonly codeFirst?: boolean;
  /** Whether all that follows the option is one text of code. */
  readonly joins?: boolean;
  /** Whether it runs what it reads where it is given nothing else. */
  readonly input?: boolean;
  /** Whether nobody here reads its language. */
  readonly unread?: boolean;
}

const shellVariable = /^(?:CONFIG_)?(?:BA|DA|Z|K)?SH(?:ELL)?$/;

/** Interpreters. The first one whose name fits counts. */
const interpreters: readonly Interpreter[] = [
  {
    program: /^(?:ba|da|z|k|mk|fi|a|c|tc|ya)?sh(?:-[\d.]+)?$/,
    variable: shellVariable,
    language: 'shell',
    code: /^(?:[-+][a-zA-Z]*c|--(?:command|init-command)(?:=(.*))?)$/s,
    values: /^(?:[-+][a-zA-Z]*[oO]|--(?:rcfile|init-file))$/,
    input: true,
  },
  // They hand a command line to a shell.
  {
    program: /^(?:su|runuser|script|flock|sg|pkexec)$/,
    language: 'shell',
    code: /^(?:-c|--command(?:=(.*))?)$/s,
  },
  // What they read they run later, or in lines that begin with `!`.
  { program: /^(?:at|batch)$/, language: 'shell', input: true },
  { program: /^r?ed$/, language: 'other-script', input: true, unread: true },
  { program: /^nix-shell$/, language: 'shell', code: /^--(?:run|command)$/ },
  { program: /^nix$/, language: 'shell', code: /^-c$|^--command$/, joins: true },
  {
    program: /^(?:python[\d.]*[wdt]?|pypy[\d.]*|pyw?|ipython[\d.]*|jython|micropython)$/,
    variable: /^(?:\w+_)?PYTHON(?:[\d_]+)?(?:_?(?:EXECUTABLE|BIN|PATH|EXE|INTERPRETER|COMMAND))?$/,
    language: 'python',
    code: /^-[bBdEhiIOqsSuvVx]*c(.*)$/s,
    values: /^-[WXQ]$/,
    input: true,
  },
  {
    program: /^perl[\d.]*$/,
    variable: /^(?:\w+_)?PERL5?(?:_?(?:EXECUTABLE|BIN|PATH|COMMAND))?$/,
    language: 'perl',
    code: /^-[acflnpsStTuUwWXi0-7]*[eE](.*)$/s,
    module: [/^-[Mm]-?(.*)$/, (name) => `use ${name.replace(/=.*/, '')};`],
    values: /^-I$/,
    input: true,
  },
  {
    program: /^j?ruby[\d.]*$/,
    variable: /^(?:\w+_)?RUBY(?:_?(?:EXECUTABLE|BIN|PATH))?$/,
    language: 'ruby',
    code: /^-[aclnpsSvwW0-7]*e(.*)$/s,
    module: [/^-[aclnpsSvwW0-7]*r(.*)$/, (name) => `require '${name}'`],
    values: /^-[ICEFKx]$/,
    input: true,
  },
  {
    program: /^(?:node(?:js)?|deno|bun|tsx|ts-node|qjs)$/,
    variable: /^(?:\w+_)?NODE(?:JS)?(?:_?(?:EXECUTABLE|BIN|PATH|BINARY))?$/,
    language: 'node',
    code: /^(?:-e|-p|-pe|-ep|--eval(?:=(.*))?|--print(?:=(.*))?|eval)$/s,
    module: [
      /^(?:-r|--require|--import|--loader|--experimental-loader|--preload)(?:=(.*))?$/s,
      (name) => (name.startsWith('data:') ? decoded(name) : `require('${name}')`),
    ],
    values: /^(?:-C|--conditions|--input-type|--title|--ext|--config|--cert)$/,
    input: true,
  },
  {
    program: /^(?:pwsh|powershell)(?:-preview)?$/,
    variable: /^(?:PWSH|POWERSHELL)(?:_?(?:EXECUTABLE|BIN|PATH))?$/,
    language: 'powershell',
    code: /^(?:[-/]{1,2}(?:c|co|com|comm|comma|comman|command|cwa|commandwithargs|enc|enco\w*)|-{1,2}(?:e|ec|en))$/i,
    values:
      /^[-/]{1,2}(?:ex|ep|exec|ExecutionPolicy|in\w*|o|of|OutputFormat|w|WindowStyle|v|Version|wd|WorkingDirectory|ConfigurationName|psc|PSConsoleFile|settings\w*)$/i,
    joins: true,
    input: true,
  },
  {
    program: /^cmd$/,
    variable: /^COMSPEC$/i,
    language: 'batch',
    code: /^(?:\/[a-z](?::\w+)?)*?\/[ckr](.*)$/is,
    joins: true,
    input: true,
  },
  {
    program: /^php(?:[\d.]*|-cli|-cgi)$/,
    variable: /^PHP(?:_?(?:EXECUTABLE|BIN|PATH|BINARY))?$/,
    language: 'php',
    code: /^(?:-[nqCe]*[rRBE](.*)|--(?:run|process-code|process-begin|process-end)(?:=(.*))?)$/s,
    values: /^(?:-[cdtz]|--(?:php-ini|define|docroot|zend-extension))$/,
    input: true,
  },
  {
    program: /^(?:lua(?:jit)?[\d.]*|texlua)$/,
    variable: /^LUA(?:JIT)?(?:_?(?:EXECUTABLE|BIN|PATH))?$/,
    language: 'lua',
    code: /^-[ivE]*e(.*)$/s,
    module: [/^-l(.*)$/, (name) => `require "${name}"`],
    input: true,
  },
  { program: /^(?:tclsh|wish|jimsh)[\d.]*$/, language: 'tcl', input: true },
  { program: /^expect$/, language: 'tcl', code: /^-c$/, input: true },
  {
    program: /^(?:[gmn]|original-|bwk)?awk$/,
    variable: /^[GMN]?AWK$/,
    language: 'awk',
    code: /^(?:-e|--source(?:=(.*))?)$/s,
    values: /^(?:-[vF]|--(?:assign|field-separator))$/,
    codeFirst: true,
  },
  { program: /^(?:rscript|r|littler)$/, language: 'r', code: /^-e(.*)$/s, input: true },
  {
    program: /^julia$/,
    variable: /^JULIA(?:_?(?:EXECUTABLE|BIN|PATH))?$/,
    language: 'julia',
    code: /^(?:-[eE]|--(?:eval|print)(?:=(.*))?)$/s,
    values: /^-[LJptCHiO]$/,
    input: true,
  },
  { program: /^osascript$/, language: 'applescript', code: /^-e$/, values: /^-[ls]$/, input: true },
  { program: /^[cw]script$/, language: 'script-host' },
  { program: /^mshta$/, language: 'script-host', code: /^((?:vbscript|javascript|about):.*)$/is },
  // Lines of a debugger and an editor may each run a shell.
  {
    program: /^(?:[\w.]+-)*(?:gdb|lldb)$/,
    language: 'other-script',
    code: /^(?:-ex|-iex|--?eval-command(?:=(.*))?|-o|--one-line|-O)$/s,
    unread: true,
  },
  { program: /^(?:n?vim?|ex)$/, language: 'other-script', code: /^(?:-c|--cmd|\+(.+))$/s, unread: true },
  { program: /^emacs$/, language: 'other-script', code: /^--?(?:eval|execute)(?:=(.*))?$/s, unread: true },
  {
    program:
      /^(?:groovy|scala|elixir|racket|clojure|clj|bb|raku|perl6|crystal|ghc|ocaml|sbcl|clisp|octave(?:-cli)?|janet|fennel)$/,
    language: 'other-script',
    code: /^(?:-e|--eval(?:=(.*))?|--execute|eval)$/s,
    unread: true,
  },
  {
    program: /^(?:nu|xonsh|gjs|guile[\d.]*)$/,
    language: 'other-script',
    code: /^(?:-c|-e|--commands)$/,
    unread: true,
  },
  { program: /^erl$/, language: 'other-script', code: /^-eval$/, unread: true },
];

/** What runs code and goes by that name, without a folder, or is said by a variable of that name (`$PYTHON`, `${PERL}`). */
export function interpreterOf(program: string): Interpreter | undefined {
  if (known.has(program)) return known.get(program);
  const variable = /^[$@]\{?(\w+)[}@]?$/.exec(program)?.[1]?.toUpperCase();
  const found = interpreters.find((one) =>
    variable === undefined ? one.program.test(program) : one.variable?.test(variable) === true,
  );
  if (known.size < maxKnown && program.length < 32) known.set(program, found);
  return found;
}

/** Names that were asked for: scripts ask for the same few over and over. */
const known = new Map<string, Interpreter | undefined>();
const maxKnown = 4096;

/** The language that a program takes code in, by its name without a folder. */
export function languageOf(program: string): Language | undefined {
  return interpreterOf(program)?.language;
}

function decoded(url: string): string {
  const [, base64, text = ''] = /^data:[^,]*?(;base64)?,(.*)$/s.exec(url) ?? [];
  if (base64 !== undefined) return Buffer.from(text, 'base64').toString();
  return text.replaceAll(/%([\da-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
