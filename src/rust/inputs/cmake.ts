import { readingOf } from '../capability/environment.ts';
import { runningFlag } from '../capability/flags.ts';
import { assigned, saidByText } from './command-meaning.ts';
import { isOwnInCmake } from './own-places.ts';
import { type FileSaid, type Said, together } from './said.ts';

interface CmakeCall {
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
}

/** What CMake lists do while they are read, or while what they make is built (cmake-commands(7)). */
export function saidByCmake(text: string): FileSaid {
  return together(callsIn(text).map((call) => saidByCall(call)));
}

/** Calls within calls, deeper than real lists go. */
const maxDepth = 4;
/** What stands before every command of a compiler or linker (cmake-properties(7), cmake-variables(7)). */
const launching =
  /^(?:CMAKE_\w+_(?:COMPILER|LINKER)_LAUNCHER|(?:CMAKE_)?RULE_LAUNCH_\w+|\w+_(?:COMPILER|LINKER)_LAUNCHER)$/;
/** Which programs compile, link and make archives (cmake-variables(7)). */
const toolVariables =
  /^CMAKE_(?:\w+_COMPILER(?:_AR|_RANLIB)?|\w+_(?:CLANG_TIDY|CPPCHECK|CPPLINT|INCLUDE_WHAT_YOU_USE)|LINKER|AR|NM|RANLIB|OBJCOPY|STRIP|MAKE_PROGRAM)$/;
/** Programs that keep what compilers made. */
const caches = /^(?:\S*[\\/])?(?:ccache|sccache|distcc|icecc|buildcache|fastbuild)(?:\.exe)?\b/;

const fetched = /^(?:URL|GIT_REPOSITORY|HG_REPOSITORY|SVN_REPOSITORY|CVS_REPOSITORY|DOWNLOAD_COMMAND)$/;
/** Words of a call that end a command line. */
const afterCommand =
  /^(?:COMMAND|WORKING_DIRECTORY|TIMEOUT|RESULT_VARIABLE|RESULTS_VARIABLE|OUTPUT_VARIABLE|ERROR_VARIABLE|OUTPUT_QUIET|ERROR_QUIET|OUTPUT_STRIP_TRAILING_WHITESPACE|ERROR_STRIP_TRAILING_WHITESPACE|COMMAND_ERROR_IS_FATAL|COMMAND_ECHO|ENCODING|INPUT_FILE|OUTPUT_FILE|ERROR_FILE|DEPENDS|BYPRODUCTS|COMMENT|VERBATIM|APPEND|USES_TERMINAL|MAIN_DEPENDENCY|DEPFILE|SOURCES|OUTPUT|POST_BUILD|PRE_BUILD|PRE_LINK|[A-Z]+_COMMAND|[A-Z]+_DIR)$/;

/** The same in a project of its own (CMake: ExternalProject). */
const afterStep =
  /^(?:[A-Z]+_BYPRODUCTS|BUILD_IN_SOURCE|BUILD_ALWAYS|INDEPENDENT_STEP_TARGETS|STEP_TARGETS|TEST_(?:BEFORE|AFTER)_INSTALL|TEST_EXCLUDE_FROM_MAIN|LOG_\w+|USES_TERMINAL_\w+|CMAKE_(?:ARGS|CACHE_ARGS|GENERATOR)|EXCLUDE_FROM_ALL|LIST_SEPARATOR|GIT_\w+|URL(?:_\w+)?)$/;

function saidByCall({ name, args, line }: CmakeCall, depth = 0): FileSaid {
  const said: Said[] = [];
  const inner: FileSaid[] = [];
  const workedOut: { line: number; text: string }[] = [];
  const [first = ''] = args;
  const say = (kind: Said['kind'], what = '') => said.push({ kind, name: what, confidence: 'certain', line });
  for (const word of args)
    for (const [, variable = ''] of word.matchAll(/\$ENV\{(\w+)\}/g))
      if (readingOf(variable).includes('reads-secret')) say('reads-secret', variable);
  switch (name) {
    case 'file':
      if (first === 'DOWNLOAD' || first === 'UPLOAD') say('network', `CMake file(${first})`);
      if (
        /^(?:WRITE|APPEND|COPY|INSTALL|RENAME|REMOVE|REMOVE_RECURSE|CREATE_LINK|MAKE_DIRECTORY|TOUCH|COPY_FILE)$/.test(
          first,
        )
      )
        for (const path of args.slice(1)) written(path, say);
      if (first === 'GENERATE' && args[1] === 'OUTPUT') written(args[2] ?? '', say);
      break;
    case 'configure_file':
      written(args[1] ?? '', say);
      break;
    case 'include':
      if (/^\$ENV\{/.test(first)) workedOut.push({ line, text: args.join(' ') });
      break;
    case 'fetchcontent_declare':
    case 'externalproject_add':
      if (args.some((word) => fetched.test(word))) say('network', `CMake ${name}`);
      inner.push(...commandsIn(args, line, afterStep));
      break;
    case 'fetchcontent_populate':
    case 'cpmaddpackage':
    case 'hunter_add_package':
    case 'vcpkg_from_github':
      say('network', `CMake ${name}`);
      break;
    case 'execute_process':
    case 'add_custom_command':
    case 'add_custom_target':
      inner.push(...commandsIn(args, line));
      break;
    case 'exec_program':
      inner.push(saidByText(args.map(quoted).join(' '), line));
      break;
    case 'cmake_language':
      if (first === 'EVAL') workedOut.push({ line, text: args.join(' ') });
      if (first === 'CALL' && depth < maxDepth)
        inner.push(saidByCall({ name: (args[1] ?? '').toLowerCase(), args: args.slice(2), line }, depth + 1));
      break;
    case 'install':
      if (first === 'CODE' && depth < maxDepth)
        for (const call of callsIn(args[1] ?? '')) inner.push(saidByCall({ ...call, line }, depth + 1));
      break;
    case 'set':
    case 'set_property':
    case 'set_target_properties':
      if (/^ENV\{\w+\}$/.test(first)) assigned(`${first.slice(4, -1)}=${args[1] ?? ''}`, say);
      for (const [i, word] of args.entries()) {
        const value = args[i + 1] ?? '';
        const isRun = launching.test(word) && /^[\w./\\-]+$/.test(value) && !caches.test(value);
        const isFound = (toolVariables.test(word) || word === 'ENV{PATH}') && isOwnInCmake(value);
        if (isRun || isFound) say('redirects-tools', `${word}=${value}`.slice(0, 120));
      }
      if (/_FLAGS(?:_[A-Z]+)?$/.test(first) || name !== 'set') flags(args, say);
      break;
    case 'string':
    case 'list':
      if (/_FLAGS(?:_[A-Z]+)?$/.test(args[1] ?? '')) flags(args, say);
      break;
    case 'add_compile_options':
    case 'add_link_options':
    case 'target_compile_options':
    case 'target_link_options':
    case 'target_link_libraries':
    case 'link_libraries':
      flags(args, say);
      break;
    case 'load_command':
    case 'ctest_start':
    case 'ctest_submit':
      say('loads-library', `CMake ${name}`);
      break;
    default:
      break;
  }
  return together([{ said, workedOut, words: args }, ...inner]);
}

/** Flags by which a compiler or linker runs or loads something of the package's. */
function flags(args: readonly string[], say: (kind: Said['kind'], what: string) => void): void {
  for (const flag of args.flatMap((word) => word.split(/[\s;]+/)).map(runningFlag))
    if (flag !== undefined) say('redirects-tools', flag);
}

/** What is written elsewhere than to what is built. */
function written(path: string, say: (kind: Said['kind'], what: string) => void): void {
  if (/^(?:~|\$ENV\{(?:HOME|CARGO_HOME|USERPROFILE)\})/.test(path)) say('writes', 'home');
  else if (/^\/(?!tmp\/|dev\/)\w/.test(path)) say('writes', path);
}

function commandsIn(args: readonly string[], line: number, also?: RegExp): readonly FileSaid[] {
  const all: FileSaid[] = [];
  const isEnd = (word: string) => afterCommand.test(word) || also?.test(word) === true;
  for (const [i, word] of args.entries()) {
    if (word !== 'COMMAND' && !/^[A-Z]+_COMMAND$/.test(word)) continue;
    let end = i + 1;
    for (let word = args[end]; word !== undefined && !isEnd(word); word = args[end]) end++;
    all.push(
      saidByText(
        args
          .slice(i + 1, end)
          .map(quoted)
          .join(' '),
        line,
      ),
    );
  }
  return all;
}

/** `${X}` of CMake's is as unknown as a shell's; what else a shell would read is none. */
function quoted(word: string): string {
  return /^[\w./:=+,@%-]*$/.test(word)
    ? word
    : `"${word.replaceAll(/[\\"`]/g, '\\$&').replaceAll(/\$(?!\{\w)/g, '\\$')}"`;
}

/** The calls of a list, with their arguments; comments left out (cmake-language(7)). */
function callsIn(text: string): readonly CmakeCall[] {
  const calls: CmakeCall[] = [];
  const pattern =
    /#\[(=*)\[|#[^\n]*|\[(=*)\[|"(?:[^"\\]|\\[\s\S])*"?|([A-Za-z_]\w*)[ \t]*\(|[()]|\n|(?:[^\s()"#\\]|\\[\s\S])+|\\/g;
  let open: { name: string; args: string[]; line: number; depth: number } | undefined;
  let line = 1;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    const [whole, comment, bracket, name] = found;
    if (comment !== undefined || bracket !== undefined) {
      const close = text.indexOf(`]${comment ?? bracket}]`, pattern.lastIndex);
      const end = close === -1 ? text.length : close;
      const inner = text.slice(pattern.lastIndex, end);
      if (bracket !== undefined) open?.args.push(inner);
      line += inner.split('\n').length - 1;
      pattern.lastIndex = end + (comment ?? bracket ?? '').length + 2;
      continue;
    }
    if (whole === '\n') line++;
    else if (whole.startsWith('#')) continue;
    else if (open === undefined) {
      if (name !== undefined) open = { name: name.toLowerCase(), args: [], line, depth: 1 };
    } else if (whole === '(' || name !== undefined) {
      open.depth++;
      if (name !== undefined) open.args.push(name);
    } else if (whole === ')') {
      if (--open.depth > 0) continue;
      calls.push({ name: open.name, args: open.args, line: open.line });
      open = undefined;
    } else {
      open.args.push(
        whole.startsWith('"') ? whole.slice(1).replace(/"$/, '').replaceAll(/\\(.)/g, '$1') : whole,
      );
      line += whole.split('\n').length - 1;
    }
  }
  return calls;
}
