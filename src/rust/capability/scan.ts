import { stringOf } from '../literal.ts';
import type { Module } from '../module.ts';
import { NameFilter } from '../name-filter.ts';
import { quoting } from '../paths.ts';
import {
  after,
  inside,
  isSign,
  isWord,
  nameOf,
  openBefore,
  type TokenRange,
  type Tokens,
  textOf,
  tokenKind,
} from '../tokens.ts';
import { nativeAct } from './acts.ts';
import { argumentOf, textsIn } from './call.ts';
import type { CapabilityKind, Confidence } from './capability.ts';
import { redirectsIn } from './directives.ts';
import { folderClaims } from './embedded.ts';
import { scriptClaims } from './handed-code.ts';
import { directiveIn, saidBy } from './literals.ts';
import type { Role } from './role.ts';

/** A stretch of a file that is looked through. */
export type Code = Pick<Module, 'file' | 'tokens'>;

type Add = (
  at: number,
  kind: CapabilityKind,
  confidence: Confidence,
  name?: string,
  emitted?: boolean,
) => void;

interface Stretch {
  readonly module: Module;
  readonly range: TokenRange;
  readonly role: Role;
  /** Whether `quote!` and its kin are those that write code, rather than macros of the crate's own. */
  readonly quotes: boolean;
}

/** Functions of a block that are named; the rest is counted. */
const maxFunctions = 3;

/** Numbers in a row that are data rather than a table of a script's own. */
const maxNumbers = 256;

/** Adds what tokens show by themselves: texts, methods whose names say it, blocks of foreign code, attributes. */
export function scan({ module: { tokens }, range, role, quotes }: Stretch, add: Add): void {
  // What a build script writes into code is compiled with that code, as a library's is.
  const written = quotes && role === 'build-script';
  const { kinds } = tokens;
  let quotedUntil = 0;
  for (let at = range.from; at < range.to; at++) {
    const kind = kinds[at];
    if (kind === tokenKind.ident) {
      if (!telling.has(tokens, at)) continue;
      if (written && isSign(tokens, at + 1, '!') && quoting.has(nameOf(tokens, at) ?? ''))
        quotedUntil = Math.max(quotedUntil, tokens.partners[at + 2] ?? 0);
      if (at < quotedUntil && isWord(tokens, at, 'extern')) foreign(tokens, at, 'library', add);
      else word(tokens, at, role, add);
    } else if (kind === tokenKind.open) {
      if (role !== 'library' && isSign(tokens, at, '[')) numbers(tokens, at, add);
    } else if (kind !== undefined && kind >= tokenKind.string && kind <= tokenKind.rawCString)
      text(tokens, at, role, add);
  }
}

function text(tokens: Tokens, at: number, role: Role, add: Add): void {
  if ((tokens.ends[at] ?? 0) - (tokens.starts[at] ?? 0) < 6) return;
  const value = stringOf(tokens, at);
  if (value === undefined) return;
  // `#[doc = "…"]`, and what an attribute says of itself, is not for the program.
  if (isAttributeValue(tokens, at)) return;
  for (const said of saidBy(value)) {
    // A library may ask where it runs, too: it runs elsewhere.
    if ((said.kind === 'url' || said.kind === 'detects-ci') && role === 'library') continue;
    add(at, said.kind, said.confidence, said.name);
  }
  if (role !== 'library' && value.startsWith('#!/'))
    for (const [kind, , name] of scriptClaims(value)) add(at, kind, 'likely', name);
  // Code that a script writes is compiled with the crate, and read by nobody.
  if (role === 'build-script' && value.includes('::')) {
    if (runningCode.test(value)) add(at, 'process', 'likely', undefined, true);
    if (speakingCode.test(value)) add(at, 'network', 'likely', undefined, true);
  }
  if (role === 'proc-macro' || !value.includes('cargo:')) return;
  for (const line of value.split('\n')) {
    const directive = directiveIn(line);
    // What a library hands on as data is for whoever calls it.
    if (directive === undefined || (role === 'library' && directive.kind === 'metadata')) continue;
    add(at, directive.kind, directive.confidence, directive.name?.slice(0, 120));
    for (const { kind, confidence, name } of redirectsIn(line)) add(at, kind, confidence, name);
  }
}

/** Rust in a text that runs a program, or speaks to the network. */
const runningCode = /\bprocess\s*::\s*Command\b|\bCommand\s*::\s*new\s*\(/;
const speakingCode = /\b(?:TcpStream|UdpSocket|TcpListener)\s*::\s*\w|\bnet\s*::\s*(?:TcpStream|UdpSocket)\b/;

/** Words without which a name says nothing by itself. */
const telling = new NameFilter(
  new Set([
    ...quoting,
    ...'const mut extern union link_section export_name no_mangle folder'.split(' '),
    ...'to_socket_addrs set_mode mode set_executable write_to_file elapsed'.split(' '),
    ...'probe probe_library find_package'.split(' '),
  ]),
);

function isAttributeValue(tokens: Tokens, at: number): boolean {
  return isSign(tokens, at - 1, '=') && isSign(tokens, at + 1, ']') && isSign(tokens, at - 3, '[');
}

/** Methods whose names alone say what they do. */
const methods: Readonly<Record<string, readonly [CapabilityKind, Confidence]>> = {
  to_socket_addrs: ['network', 'likely'],
  set_mode: ['makes-executable', 'likely'],
  set_executable: ['makes-executable', 'likely'],
  write_to_file: ['writes', 'possible'],
};

function word(tokens: Tokens, at: number, role: Role, add: Add): void {
  const length = (tokens.ends[at] ?? 0) - (tokens.starts[at] ?? 0);
  if (length < 3) return;
  if (isWord(tokens, at, 'const') || isWord(tokens, at, 'mut')) {
    // `as *const extern "C" fn()`, as what lies in a table of functions is read.
    if (isSign(tokens, at - 1, '*') && isWord(tokens, at - 2, 'as') && isFunctionType(tokens, at + 1))
      add(at, 'data-as-code', 'likely');
    return;
  }
  if (isSign(tokens, at - 1, '.') && isSign(tokens, at + 1, '(')) {
    const name = nameOf(tokens, at) ?? '';
    const known = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (known !== undefined && (role !== 'library' || known[0] === 'network')) add(at, known[0], known[1]);
    if (name === 'mode' && role !== 'library' && isExecutable(tokens, at + 2))
      add(at, 'makes-executable', 'likely');
    if (name === 'elapsed') elapsed(tokens, at, role, add);
    if (role === 'build-script') asked(tokens, at, name, add);
    return;
  }
  if (isWord(tokens, at, 'union') && isFunctionsToo(tokens, at)) add(at, 'data-as-code', 'likely');
  if (isWord(tokens, at, 'extern')) foreign(tokens, at, role, add);
  else if (isWord(tokens, at, 'link_section')) section(tokens, at, add);
  else if (isWord(tokens, at, 'folder')) folder(tokens, at, add);
  else if (role !== 'library') symbol(tokens, at, add);
}

function isFunctionType(tokens: Tokens, from: number): boolean {
  let at = isWord(tokens, from, 'unsafe') ? from + 1 : from;
  if (isWord(tokens, at, 'extern')) at += stringOf(tokens, at + 1) === undefined ? 1 : 2;
  return isWord(tokens, at, 'fn') && isSign(tokens, at + 1, '(');
}

/** `union Both { data: *const u8, code: fn() }`: what is data the one way is called the other way. */
function isFunctionsToo(tokens: Tokens, at: number): boolean {
  if (nameOf(tokens, at + 1) === undefined) return false;
  let open = at + 2;
  while (open < at + 40 && open < tokens.count && !isSign(tokens, open, '{')) open++;
  if (!isSign(tokens, open, '{')) return false;
  const { from, to } = inside(tokens, open);
  for (let inner = from; inner < to; inner++)
    if (isWord(tokens, inner, 'fn') && isSign(tokens, inner + 1, '(')) return true;
  return false;
}

/** `.mode(0o755)`: a file that is opened so is made so that it can run. */
function isExecutable(tokens: Tokens, at: number): boolean {
  const [, digits] = /^0o([0-7_]+)/.exec(textOf(tokens, at)) ?? [];
  return digits !== undefined && (Number.parseInt(digits.replaceAll('_', ''), 8) & 0o111) !== 0;
}

/** `UNIX_EPOCH.elapsed()` is the date, and so is the age of a file; that of an `Instant` is not. */
function elapsed(tokens: Tokens, at: number, role: Role, add: Add): void {
  const isOfEpoch = nameOf(tokens, at - 2) === 'UNIX_EPOCH';
  const isOfAny =
    role !== 'library' && /\bUNIX_EPOCH\b|\.(?:modified|accessed|created)\(/.test(tokens.source);
  if (isOfEpoch || isOfAny) add(at, 'clock', isOfEpoch ? 'certain' : 'likely');
}

/** `.probe("openssl")`, on a configuration that was made elsewhere. */
function asked(tokens: Tokens, at: number, name: string, add: Add): void {
  if (name !== 'probe' && name !== 'probe_library' && name !== 'find_package') return;
  const argument = argumentOf(tokens, at + 1, 0);
  if (argument === undefined || argument.to - argument.from > 1) return;
  for (const library of textsIn(tokens, argument)) add(at, 'native-library', 'likely', library);
}

/** `extern "C" { fn system(…); }`, whatever its ABI says: what its functions do, and, but for libraries, that it has them. */
function foreign(tokens: Tokens, at: number, role: Role, add: Add): void {
  const abi = stringOf(tokens, at + 1);
  const open = abi === undefined ? at + 1 : at + 2;
  if (!isSign(tokens, open, '{')) return;
  const { from, to } = inside(tokens, open);
  if (isOfScripts(tokens, at)) return;
  let isRenamed = false;
  for (let inner = from; inner < to; inner++) {
    if (isSign(tokens, inner, ';')) isRenamed = false;
    // Where an attribute surely says what is linked, the name in Rust says nothing: `#[link_name = "sys_accept"] fn accept();`.
    if (
      isWord(tokens, inner, 'link_name') &&
      isSign(tokens, inner - 1, '[') &&
      isSign(tokens, inner - 2, '#')
    )
      isRenamed = stringOf(tokens, inner + 2) !== undefined;
    if (!isRenamed || !isWord(tokens, inner, 'fn')) native(tokens, inner, add);
  }
  if (role === 'library') return;
  const names: string[] = [];
  for (let inner = from; inner < to; inner++)
    if (isWord(tokens, inner, 'fn')) names.push(nameOf(tokens, inner + 1) ?? '?');
  const more = names.length > maxFunctions ? ` and ${names.length - maxFunctions} more` : '';
  add(at, 'foreign-code', 'certain', `${names.slice(0, maxFunctions).join(', ')}${more}` || undefined);
}

/** `#[wasm_bindgen(…)] extern "C" { … }`: functions of JavaScript. */
function isOfScripts(tokens: Tokens, at: number): boolean {
  const before = isWord(tokens, at - 1, 'unsafe') ? at - 2 : at - 1;
  return isSign(tokens, before, ']') && isWord(tokens, (tokens.partners[before] ?? 0) + 1, 'wasm_bindgen');
}

/** `fn system(…)`, or `#[link_name = "system"] fn other(…)`. */
function native(tokens: Tokens, at: number, add: Add): void {
  const isItem = isWord(tokens, at, 'fn') || isWord(tokens, at, 'static');
  const name = isItem
    ? nameOf(tokens, isWord(tokens, at + 1, 'mut') ? at + 2 : at + 1)
    : isWord(tokens, at, 'link_name')
      ? (stringOf(tokens, at + 2) ?? joinedAt(tokens, at + 2))
      : undefined;
  const act = name === undefined ? undefined : nativeAct(name);
  if (act?.act === 'program') add(at, 'process', 'likely');
  else if (act?.act === 'is') add(at, act.kind, 'likely', act.name);
}

/** `#[link_section = ".init_array"]`: the loader calls it before `main`, or after; where a macro says which, it may be any. */
function section(tokens: Tokens, at: number, add: Add): void {
  if (!isSign(tokens, at + 1, '=')) return;
  const name = stringOf(tokens, at + 2);
  if (name !== undefined) {
    if (running.test(name)) add(at, 'constructor', 'certain', name);
    else if (ofCode.test(name) && isOfData(tokens, at)) add(at, 'data-as-code', 'certain', name);
    return;
  }
  const whole = joinedAt(tokens, at + 2);
  if (whole === undefined || running.test(whole)) add(at, 'constructor', 'likely', whole);
}

/** `#[folder = "../x"]`, as rust-embed has it. */
function folder(tokens: Tokens, at: number, add: Add): void {
  const isAttribute =
    isSign(tokens, at - 1, '[') && isSign(tokens, at - 2, '#') && isSign(tokens, at + 1, '=');
  const path = isAttribute ? stringOf(tokens, at + 2) : undefined;
  if (path !== undefined)
    for (const [kind, confidence, name] of folderClaims(path)) add(at, kind, confidence, name);
}

/** `concat!("a", "b")`. */
function joinedAt(tokens: Tokens, at: number): string | undefined {
  const isTold = isWord(tokens, at, 'concat') && isSign(tokens, at + 2, '(');
  return isTold ? textsIn(tokens, inside(tokens, at + 2)).join('') : undefined;
}

/** Sections that are mapped so that they can run: of ELF, Mach-O and Windows. */
const ofCode = /^\.(?:text|plt)(?:$|[.$])|^__TEXT\s*,\s*__text\b/;

/** Whether what an attribute stands before, `at` being a word in it, is data: bytes in such a section are what runs. */
function isOfData(tokens: Tokens, at: number): boolean {
  let next = after(tokens, openBefore(tokens, at));
  // `#[unsafe(link_section = "…")]`.
  while (tokens.kinds[next] === tokenKind.close) next++;
  while (isSign(tokens, next, '#') || isWord(tokens, next, 'pub')) {
    next++;
    if (tokens.kinds[next] === tokenKind.open) next = after(tokens, next);
  }
  return isWord(tokens, next, 'static');
}

/** Sections whose functions a loader calls by itself: of ELF, Mach-O and Windows. */
const running =
  /(?:init|fini)_array|\.[cd]tors|mod_(?:init|term)_func|init_offsets|\.CRT\$X|^\.(?:init|fini)(?:$|\.)/;

/** `#[no_mangle]`, `#[export_name = "open"]`: whoever looks for that symbol finds it here first. */
function symbol(tokens: Tokens, at: number, add: Add): void {
  const isNamed = isWord(tokens, at, 'export_name');
  if (!isNamed && !isWord(tokens, at, 'no_mangle')) return;
  // A field or an argument of that name is no attribute.
  if (isNamed && !isSign(tokens, at + 1, '=')) return;
  const before = isSign(tokens, at - 1, '(') && isWord(tokens, at - 2, 'unsafe') ? at - 3 : at - 1;
  if (!isSign(tokens, before, '[') && !isSign(tokens, before, ',')) return;
  add(
    at,
    'exported-symbol',
    'certain',
    isNamed && isSign(tokens, at + 1, '=') ? stringOf(tokens, at + 2) : undefined,
  );
}

function numbers(tokens: Tokens, open: number, add: Add): void {
  const { from, to } = inside(tokens, open);
  if (to - from < maxNumbers * 2) return;
  let count = 0;
  for (let at = from; at < to; at++) {
    const kind = tokens.kinds[at];
    if (kind === tokenKind.integer || kind === tokenKind.byte) count++;
    else if (!isSign(tokens, at, ',') && !isSign(tokens, at, '-')) return;
  }
  const first = textOf(tokens, from);
  if (isChecksumTable(tokens, { from, to })) return;
  if (count >= maxNumbers) add(open, 'encoded-literal', 'likely', `${count} numbers from ${first}`);
}

/** Whether 256 numbers are a table for a checksum (CRC): eight of them make all others, so that nothing else can be in it. */
function isChecksumTable(tokens: Tokens, { from, to }: TokenRange): boolean {
  const values: bigint[] = [];
  for (let at = from; at < to; at++) {
    if (isSign(tokens, at, ',')) continue;
    const digits = /^(?:0x[\da-f]+|\d+)(?=(?:u\d+|usize)?$)/i.exec(
      textOf(tokens, at).replaceAll('_', ''),
    )?.[0];
    if (digits === undefined || values.length === 256) return false;
    values.push(BigInt(digits));
  }
  return (
    values.length === 256 &&
    new Set(values).size === 256 &&
    values.every((value, i) => {
      const lowest = i & -i;
      return i === lowest
        ? i > 0 || value === 0n
        : value === ((values[lowest] ?? 0n) ^ (values[i - lowest] ?? 0n));
    })
  );
}
