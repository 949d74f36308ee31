import { embeddedPaths } from '../native-embeds.ts';
import type { Mention } from '../paths.ts';
import { inside, isSign, isWord, nameOf, type TokenRange, type Tokens } from '../tokens.ts';
import { actOf } from './acts.ts';
import { argumentOf, argumentsAt, chainAfter, textsIn } from './call.ts';
import type { CapabilityKind, Confidence } from './capability.ts';
import type { CodeTexts } from './code-texts.ts';
import { folderClaims, included, outsideClaims } from './embedded.ts';
import { type Claim, type Ground, linkOf, writesThrough } from './files.ts';
import { nativeClaims, syscallClaims } from './given.ts';
import { lineClaims, scriptClaims } from './handed-code.ts';
import {
  isAsked,
  isCalled,
  isDecoding,
  isEmptyAssembly,
  isFunctionMade,
  isGoneOnFrom,
  isHandedOn,
  isModule,
  numberMade,
} from './mention.ts';
import type { Origins } from './origins/walk.ts';
import { addWritten } from './printed.ts';
import type { Place, Reading } from './reading.ts';
import { lineInputClaims, runClaims } from './runs.ts';
import { givenByPath, givenTo } from './tool-methods.ts';
import { readClaims, setClaims, variablesIn } from './variables.ts';

/** What code makes of where it runs: where it goes itself, what it makes OUT_DIR say, its links that lead outside. */
export function groundOf(reading: Reading, mentions: readonly Mention[]): Ground {
  const [moved, outDirs]: [(Origins | undefined)[], Origins[]] = [[], []];
  const links: (readonly [to: Origins, from: Origins])[] = [];
  for (const { module, path, next } of mentions) {
    const { tokens } = module;
    const act = actOf(path, false);
    const open = argumentsAt(tokens, next);
    const of = (index: number) =>
      reading.originOf(tokens, open === undefined ? undefined : argumentOf(tokens, open, index));
    if (act?.act === 'move') moved.push(of(0));
    else if (act?.act === 'set-variable') {
      const named = open === undefined ? undefined : argumentOf(tokens, open, 0);
      const [name, ...others] = variablesOf(reading, tokens, named);
      const value = of(1);
      // A function that sets whatever it is told says nothing of where that leads.
      if (value !== undefined && name === 'OUT_DIR' && others.length === 0) outDirs.push(value);
    } else if (act?.act === 'copy' && act.link && reading.role !== 'library') {
      // Where a library links to what it is told to, that is for whoever tells it.
      const [to, from] = [of(0), of(1)];
      if (to !== undefined && from !== undefined) links.push([to, from]);
    }
  }
  const ground: Ground = { role: reading.role, moved, outDirs, links: new Map() };
  const outside = links.flatMap(([to, from]) => linkOf(from, to, ground));
  return { ...ground, links: Map.groupBy(outside, ({ path }) => path) };
}

/** What is written between tokens. */
function sourceIn({ source, starts, ends }: Tokens, { from, to }: TokenRange): string {
  return to <= from ? '' : source.slice(starts[from], ends[to - 1]);
}

/** What command lines do that a call is given. */
function linesGiven(reading: Reading, tokens: Tokens, open: number): readonly Claim[] {
  return reading.origins.of(tokens, inside(tokens, open)).texts.flatMap(lineClaims);
}

/** Adds what a path that code names does. */
export function addMention(reading: Reading, codeTexts: CodeTexts, mention: Mention): void {
  const { module, at, next, quoted } = mention;
  const { tokens } = module;
  const act = actOf(mention.path, isSign(tokens, next, '!'));
  if (act === undefined) return;
  const place: Place = { module, at, emitted: quoted };
  const open = argumentsAt(tokens, next);
  const add = (kind: CapabilityKind, confidence: Confidence, name?: string) =>
    reading.add(place, kind, confidence, name);
  const addAll = (claims: readonly Claim[]) => reading.addAll(place, claims);
  const first = open === undefined ? undefined : argumentOf(tokens, open, 0);
  switch (act.act) {
    case 'is':
      if (act.kind === 'assembly' && open !== undefined && isEmptyAssembly(tokens, open)) break;
      if (act.kind === 'decodes' && !isDecoding(mention)) break;
      if (isModule(mention) && !isHandedOn(tokens, at) && !isGoneOnFrom(mention)) break;
      if (act.name !== undefined && open === undefined && /^\p{Lu}/u.test(mention.path.at(-1) ?? '')) break;
      add(act.kind, isCalled(mention, open) ? 'certain' : 'likely', act.name);
      if (act.kind === 'shell' && open !== undefined) addAll(linesGiven(reading, tokens, open));
      // What `run_cmd!` is given are the words of a command line (docs.rs: cmd_lib).
      if (mention.path[0] === 'cmd_lib' && open !== undefined && isSign(tokens, next, '!'))
        addAll(lineClaims(sourceIn(tokens, inside(tokens, open))));
      if (act.kind === 'assembly' && open !== undefined)
        for (const text of textsIn(tokens, inside(tokens, open)))
          for (const { path } of embeddedPaths(text)) addAll(outsideClaims(path, module.file));
      break;
    case 'tool':
      if (isAsked(mention, act.kind)) addAll(toolClaims(reading, mention, open, act.kind, act.name));
      addGivenByPath(reading, mention, open);
      break;
    case 'program': {
      const named = open === undefined ? undefined : argumentOf(tokens, open, act.argument);
      addAll(
        open === undefined || named === undefined
          ? [['process', 'certain']]
          : runClaims(tokens, open, named, reading.origins, reading.elsewhere(tokens), (origins) =>
              reading.files('write', origins),
            ),
      );
      // A shell of its own comes first, and then a command line.
      if (open !== undefined && mention.path.join('::') === 'xshell::cmd') {
        addAll(linesGiven(reading, tokens, open));
        addAll(lineInputClaims(tokens, open, reading.origins, reading.elsewhere(tokens)));
      }
      break;
    }
    case 'variable':
      addAll(readClaims(variablesOf(reading, tokens, first)));
      break;
    case 'set-variable': {
      const names = variablesOf(reading, tokens, first);
      const isRemoved = /^remove|^unset|^clear/.test(mention.path.at(-1) ?? '');
      if (open !== undefined && !isRemoved)
        reading.addAll({ module, at }, reading.given(tokens, open, 'variable'));
      addAll(setClaims(names, isRemoved));
      break;
    }
    case 'write':
    case 'read': {
      if (open === undefined && act.act === 'read') break;
      const path = open === undefined ? undefined : argumentOf(tokens, open, act.argument);
      const origins = reading.originOf(tokens, path);
      const text = open === undefined || act.act === 'read' ? undefined : argumentOf(tokens, open, 1);
      if (reading.role !== 'library' && mention.path.at(-1) === 'write' && text !== undefined)
        addAll(writtenClaims(origins, reading.origins.of(tokens, text)));
      addAll(mention.path[0] === 'tempfile' ? reading.temporary(origins) : reading.files(act.act, origins));
      if (act.act === 'write')
        addAll(writesThrough(origins, reading.ground, /^remove/.test(mention.path.at(-1) ?? '')));
      break;
    }
    case 'copy': {
      const of = (index: number) =>
        reading.originOf(tokens, open === undefined ? undefined : argumentOf(tokens, open, index));
      const read = open === undefined ? [] : reading.files('read', of(0));
      addAll(read.filter(([kind]) => act.link || kind !== 'reads-outside'));
      addAll(reading.files('write', of(1)));
      addAll(writesThrough(of(1), reading.ground, true));
      break;
    }
    case 'open':
      addAll(openedClaims(reading, tokens, open));
      break;
    case 'transmute':
      if (isFunctionMade(tokens, at) && !makesNumber(reading, mention)) add('data-as-code', 'likely');
      break;
    case 'include-code':
      if (!isWord(tokens, at, 'include'))
        reading.cannotRead(place, 'a file is included by another name of `include!`');
      break;
    case 'include':
      addAll(included(() => reading.origins, module, first, act.text));
      break;
    case 'include-folder':
      if (first !== undefined) for (const text of textsIn(tokens, first)) addAll(folderClaims(text));
      break;
    case 'native-file':
    case 'map':
      addAll(
        nativeClaims(mention, open, act.act, reading.origins, (how, origins) => reading.files(how, origins)),
      );
      break;
    case 'syscall':
      addAll(syscallClaims(tokens, first));
      break;
    case 'parse':
      if (first !== undefined) codeTexts.add(module, at, first);
      break;
    case 'print': {
      const text = open === undefined ? undefined : argumentOf(tokens, open, act.argument);
      if (text !== undefined && reading.role === 'build-script') addWritten(reading, module, at, text, true);
      break;
    }
    case 'move':
      break;
  }
}

/** What a script does that is written into a file of such a name. */
function writtenClaims(path: Origins | undefined, { texts }: Origins): readonly Claim[] {
  const name = path?.leaves.at(-1) ?? '';
  return texts.length > maxWritten ? [] : texts.flatMap((text) => scriptClaims(text, name));
}

const maxWritten = 16;

/** Whether `transmute` says that a number is made, and the module has no type of such a name. */
function makesNumber({ resolver }: Reading, { module, next }: Mention): boolean {
  const number = numberMade(module.tokens, next);
  return number !== undefined && resolver.name(module.path, number).paths.length === 0;
}

function variablesOf(reading: Reading, tokens: Tokens, argument: TokenRange | undefined): readonly string[] {
  return argument === undefined ? [] : variablesIn(tokens, argument, reading.origins);
}

/** A known tool, with what it is asked for by name. */
function toolClaims(
  reading: Reading,
  { module: { tokens }, next }: Mention,
  open: number | undefined,
  kind: CapabilityKind,
  tool: string,
): readonly Claim[] {
  const names = new Set<string>();
  const called = nameOf(tokens, next - 1) ?? '';
  const calls = open === undefined ? [] : [{ method: called, open }, ...chainAfter(tokens, open)];
  const asks = calls.filter(({ method }) => asking.has(method));
  if (kind === 'native-library')
    for (const call of asks) for (const name of askedFor(reading, tokens, call.open)) names.add(name);
  // Of one that is only made, the library is asked for further on; one that asks for what the manifest lists names none.
  const isMade = /^(?:new|default)$/.test(called) && tool !== 'system_deps';
  if (names.size === 0 && kind === 'native-library' && isMade && asks.length === 0) return [];
  if (names.size === 0) names.add(tool);
  return [...names].map((name): Claim => [kind, open === undefined ? 'likely' : 'certain', name]);
}

function askedFor(reading: Reading, tokens: Tokens, open: number): readonly string[] {
  return reading.originOf(tokens, argumentOf(tokens, open, 0))?.texts.slice(0, 16) ?? [];
}

/** `cc::Build::compiler(&mut build, "sh")`, `protoc::Protoc::from_path("sh")`. */
function addGivenByPath(reading: Reading, { module, at, path }: Mention, open: number | undefined): void {
  if (open === undefined) return;
  const whole = givenByPath[path.join('::')];
  const method = path.length > 2 ? givenTo(path.at(-1) ?? '', reading.uses) : undefined;
  const given = whole ?? method;
  if (given === undefined) return;
  // What a method is called on is the first argument here.
  const skipped = whole === undefined ? 1 : 0;
  reading.addAll({ module, at }, reading.given(module.tokens, open, given, skipped));
}

/** What a file is opened for (`File::options().write(true).open(path)`). */
function openedClaims(reading: Reading, tokens: Tokens, open: number | undefined): readonly Claim[] {
  const chain = open === undefined ? [] : chainAfter(tokens, open);
  const writes = chain.some(({ method }) => writing.has(method));
  const isRead = !writes && chain.some(({ method }) => method === 'read');
  const last = chain.findLast(({ method }) => method === 'open' || method === 'create');
  const path = last === undefined ? undefined : argumentOf(tokens, last.open, 0);
  const origins = reading.originOf(tokens, path);
  const through = isRead ? [] : writesThrough(origins, reading.ground, false);
  return [...reading.files(isRead ? 'read' : 'write', origins), ...through];
}

const writing: ReadonlySet<string> = new Set([
  'write',
  'append',
  'create',
  'create_new',
  'truncate',
  'recursive',
]);
const asking: ReadonlySet<string> = new Set([
  'probe',
  'probe_library',
  'probe_package',
  'find_library',
  'find_package',
  'find',
  'get_variable',
  'lib_name',
  'target_supported',
]);
