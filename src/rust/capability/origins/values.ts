import { commaParts } from '../../attribute.ts';
import { NameFilter } from '../../name-filter.ts';
import {
  inside,
  isSign,
  isSigns,
  isWord,
  nameOf,
  openBefore,
  type TokenRange,
  type Tokens,
} from '../../tokens.ts';
import { bindingsOf, type FileBindings } from '../bindings.ts';
import { namesBehindBars } from '../closures.ts';
import { functionsOf, valuesOf } from '../functions.ts';
import type { Binding, FunctionPlace } from '../places.ts';
import { visibleAt } from '../visible.ts';
import { Enclosing } from './enclosing.ts';
import { Holders } from './holders.ts';
import { Turning } from './turning.ts';
import { aliased, qualifierOf } from './types.ts';

/** Bindings of one name that are followed; of more, what they come to is unknown. */
export const maxBindings = 64;

/** Those that are looked at, for what is written in several of them is followed once. */
export const maxLooked = 512;

/** Bindings of one name in a file that are looked at. */
const maxOutside = 4096;

/** A file; what its names are given is read where that is first asked for. */
class File {
  readonly tokens: Tokens;
  readonly functions: readonly FunctionPlace[];
  /** Whether any of its functions is under a predicate. */
  readonly isGated: boolean;
  #enclosing: Enclosing | undefined;
  #read: FileBindings | undefined;

  constructor(tokens: Tokens) {
    this.tokens = tokens;
    this.functions = functionsOf(tokens);
    this.isGated = this.functions.some(({ gates }) => gates.length > 0);
  }

  get enclosing(): Enclosing {
    this.#enclosing ??= new Enclosing(this.functions);
    return this.#enclosing;
  }

  get bindings(): FileBindings['bindings'] {
    return this.#all().bindings;
  }

  get fields(): FileBindings['fields'] {
    return this.#all().fields;
  }

  #all(): FileBindings {
    this.#read ??= bindingsOf(this.tokens, this.functions);
    return this.#read;
  }
}

/** A function of the crate's own. */
interface Own {
  readonly file: File;
  readonly place: FunctionPlace;
}

/** A token of a file. */
interface Place {
  readonly tokens: Tokens;
  readonly at: number;
}

/** What a name is given in one file. */
interface Placed {
  readonly tokens: Tokens;
  readonly bindings: readonly Binding[];
}

/** A call whose arguments stand for the parameters of the function that is being read. */
export interface Call {
  readonly tokens: Tokens;
  readonly open: number;
  readonly from: Frames;
}

/** Calls that led to functions, the last one first. */
export type Frames = Frame | undefined;

interface Frame {
  readonly place: FunctionPlace;
  readonly call: Call;
  readonly before: Frames;
}

/**
 * What the names of a crate are given, its functions give, and those are called with: each looked for once. Looking through what a
 * file has costs, too, and is told by `spend`, in tokens.
 */
export class CrateValues {
  readonly #files = new Map<Tokens, File>();
  readonly #functions = new Map<string, Own[]>();
  /** The same by the types that they are functions of. */
  readonly #byType = new Map<string, Map<string, Own[]>>();
  /** Calls by the names of what they call, and those that may be of a function. */
  #calls: Map<string, Call[]> | undefined;
  readonly #callers = new Map<FunctionPlace, readonly Call[]>();
  readonly #values = new Map<FunctionPlace, readonly TokenRange[]>();
  readonly #inner = new Map<FunctionPlace, Map<string, readonly Binding[]>>();
  readonly #behindBars = new Map<FunctionPlace, ReadonlySet<string>>();
  readonly #holders: Holders;
  readonly #outside = new Map<string, readonly Placed[]>();
  readonly #fields = new Map<string, readonly Placed[]>();
  readonly #parts = new Map<Tokens, Map<number, readonly TokenRange[]>>();
  /** Where a type is given that name, in any file: looked for once. */
  readonly #types = new Map<string, readonly Place[]>();
  /** What its own types and macros make of values. */
  readonly turning: Turning;
  readonly #spend: (tokens: number) => void;

  constructor(files: readonly Tokens[], spend: (tokens: number) => void) {
    this.#spend = spend;
    for (const tokens of files) {
      if (this.#files.has(tokens)) continue;
      const file = new File(tokens);
      this.#files.set(tokens, file);
      for (const place of file.functions) {
        const known = this.#functions.get(place.name);
        if (known === undefined) this.#functions.set(place.name, [{ file, place }]);
        else known.push({ file, place });
      }
    }
    this.#holders = new Holders([...this.#files.keys()]);
    this.turning = new Turning(this.#files.keys());
  }

  /** The files that have a name, in their order. */
  #having(name: string): readonly File[] {
    return this.#holders.of(name).flatMap((tokens) => this.#files.get(tokens) ?? []);
  }

  file(tokens: Tokens): File | undefined {
    return this.#files.get(tokens);
  }

  /** The crate's functions that a name may mean, behind the name of a type, or called on a value of one, if that is known. */
  own(name: string, type: string | undefined): readonly Own[] {
    const all = this.#functions.get(name) ?? [];
    if (type === undefined || all.length === 0) return all;
    const typed = this.#typed(name, type);
    if (typed.length > 0) return typed;
    // Of a type of others only what a trait of the crate's own gives it.
    const isOthers = standardTypes.has(type) || (/^\p{Lu}\w{2}/u.test(type) && !this.hasType(type));
    return isOthers ? all.filter(({ place }) => place.type === undefined && place.method) : all;
  }

  /** Whether a type of that name stands in the crate's files once, whatever its module. */
  isOneType(name: string): boolean {
    return this.#declared(name).length === 1;
  }

  /**
   * What a type of the crate surely is that is another one by another name: `ParseBuffer` of
   * `type ParseStream<'a> = &'a ParseBuffer<'a>`.
   */
  aliasOf(name: string): string | undefined {
    const [only, other] = this.#declared(name);
    return only === undefined || other !== undefined ? undefined : aliased(only.tokens, only.at);
  }

  hasType(name: string | undefined): boolean {
    return name !== undefined && this.#declared(name).length > 0;
  }

  #declared(name: string): readonly Place[] {
    const known = this.#types.get(name);
    if (known !== undefined) return known;
    const found: Place[] = [];
    for (const { tokens } of this.#having(name)) {
      const { words } = tokens;
      const word = tokens.vocabulary.of(name);
      for (let at = words.indexOf(word, 1); at !== -1; at = words.indexOf(word, at + 1))
        if (isDeclared(tokens, at)) found.push({ tokens, at });
    }
    this.#types.set(name, found);
    return found;
  }

  /** Those of them that stand in an `impl` of that type. */
  #typed(name: string, type: string): readonly Own[] {
    let known = this.#byType.get(name);
    if (known === undefined) {
      known = new Map<string, Own[]>();
      for (const one of this.#functions.get(name) ?? []) {
        const all = known.get(one.place.type ?? '');
        if (all === undefined) known.set(one.place.type ?? '', [one]);
        else all.push(one);
      }
      this.#byType.set(name, known);
    }
    return known.get(type) ?? [];
  }

  /** The values that a function may give. */
  valuesOf({ tokens }: File, place: FunctionPlace): readonly TokenRange[] {
    const known = this.#values.get(place);
    if (known !== undefined) return known;
    this.#spend((place.body.to - place.body.from) >> 4);
    const values = valuesOf(tokens, place.body);
    this.#values.set(place, values);
    return values;
  }

  /**
   * What a name is given that stands there, in the order of its file, in a function the first `most` of it; nothing
   * where a parameter has it, or nobody knows it.
   */
  boundTo(
    tokens: Tokens,
    at: number,
    name: string,
    most?: number,
  ): readonly (Binding & { readonly tokens: Tokens })[] {
    for (const place of this.around(tokens, at)) {
      const own = this.within(tokens, place, name);
      if (own.length > 0) return visibleAt(own, at, most).map((one) => ({ ...one, tokens }));
      if (place.parameters.includes(name)) return [];
    }
    return this.outsideOf(name).flatMap((placed) =>
      placed.bindings.map((one) => ({ ...one, tokens: placed.tokens })),
    );
  }

  /** What a name is given in a function: looked for once. */
  within(tokens: Tokens, place: FunctionPlace, name: string): readonly Binding[] {
    let known = this.#inner.get(place);
    if (known === undefined) {
      known = new Map();
      this.#inner.set(place, known);
    }
    let found = known.get(name);
    if (found === undefined) {
      const { from, to } = place.body;
      found =
        this.#files
          .get(tokens)
          ?.bindings.get(name)
          ?.filter(({ at }) => from <= at && at < to) ?? [];
      known.set(name, found);
    }
    return found;
  }

  /** The names that closures in a function may have as parameters: looked for once. */
  behindBars(tokens: Tokens, place: FunctionPlace): ReadonlySet<string> {
    const known = this.#behindBars.get(place) ?? namesBehindBars(tokens, place.body);
    this.#behindBars.set(place, known);
    return known;
  }

  /** The functions that a token stands in, the innermost first. */
  around(tokens: Tokens, at: number): readonly FunctionPlace[] {
    return this.#files.get(tokens)?.enclosing.at(at) ?? [];
  }

  /** What a name is given outside of functions, in any file: looked for once. */
  outsideOf(name: string): readonly Placed[] {
    const earlier = this.#outside.get(name);
    if (earlier !== undefined) return earlier;
    const found: Placed[] = [];
    for (const file of this.#having(name)) {
      const all = file.bindings.get(name);
      if (all === undefined) continue;
      this.#spend((all.length * file.functions.length) >> 4);
      const bindings = all.slice(0, maxOutside).filter((one) => isOutside(file, one));
      if (bindings.length > 0) found.push({ tokens: file.tokens, bindings });
    }
    // What functions give a static is told wherever it is asked for.
    if (found.some(({ tokens, bindings }) => bindings.some((one) => isStatic(tokens, one))))
      for (const file of this.#having(name)) {
        const all = file.bindings.get(name)?.slice(0, maxOutside) ?? [];
        const bindings = all.filter((one) => one.until === undefined && !isOutside(file, one));
        if (bindings.length > 0) found.push({ tokens: file.tokens, bindings });
      }
    this.#outside.set(name, found);
    return found;
  }

  /** What fields of that name are given, in any file: looked for once. */
  fieldsOf(name: string): readonly Placed[] {
    const earlier = this.#fields.get(name);
    if (earlier !== undefined) return earlier;
    const found = this.#having(name).flatMap(({ tokens, fields }): Placed[] => {
      const bindings = fields.get(name);
      return bindings === undefined ? [] : [{ tokens, bindings }];
    });
    this.#fields.set(name, found);
    return found;
  }

  /** The calls of its name that may be of this function, as far as they are followed. */
  callsOf(place: FunctionPlace): readonly Call[] {
    const known = this.#callers.get(place);
    if (known !== undefined) return known;
    this.#calls ??= this.#allCalls();
    const found: Call[] = [];
    const calls =
      place.handed === undefined ? this.#calls.get(place.name) : this.#callsOfHanded(place.handed);
    for (const call of calls ?? []) {
      if (found.length > maxLooked) break;
      if (this.#mayBe(place, call)) found.push(call);
    }
    this.#callers.set(place, found);
    return found;
  }

  /** What a closure is called with by the function that is given it, and by those that this hands it to. */
  #callsOfHanded(handed: NonNullable<FunctionPlace['handed']>): readonly Call[] {
    const found: Call[] = [];
    const seen = new Set<string>();
    const queue = [handed];
    for (const { tokens, open, index } of queue) {
      const name = nameOf(tokens, open - 1) ?? '';
      const type = qualifierOf(tokens, open - 1);
      for (const { file, place } of this.own(name, type)) {
        const parameter = place.parameters[index - selfAt(place, tokens, open)];
        const key = `${name} ${parameter} ${place.body.from}`;
        if (parameter === undefined || seen.has(key) || seen.size >= maxHanded) continue;
        seen.add(key);
        this.#spend((place.body.to - place.body.from) >> 2);
        for (let at = place.body.from; at < place.body.to; at++) {
          if (nameOf(file.tokens, at) !== parameter || isSign(file.tokens, at - 1, '.')) continue;
          if (isSign(file.tokens, at + 1, '('))
            found.push({ tokens: file.tokens, open: at + 1, from: undefined });
          const next = argumentAround(file.tokens, at, place.body.from);
          if (next !== undefined) queue.push({ tokens: file.tokens, ...next });
        }
      }
    }
    return found;
  }

  /**
   * Whether a call of that name may be one of this function: not with more or fewer arguments, nor of another type of
   * the crate.
   */
  #mayBe(place: FunctionPlace, { tokens, open }: Call): boolean {
    const count = this.partsOf(tokens, open).length;
    if (count !== place.parameters.length + selfAt(place, tokens, open)) return false;
    const type = qualifierOf(tokens, open - 1);
    if (type === undefined || place.type === undefined || type === place.type) return true;
    return this.#typed(place.name, type).length === 0;
  }

  /** The arguments of a call. */
  partsOf(tokens: Tokens, open: number): readonly TokenRange[] {
    const calls = this.#parts.get(tokens) ?? new Map<number, readonly TokenRange[]>();
    this.#parts.set(tokens, calls);
    const known = calls.get(open) ?? commaParts(tokens, inside(tokens, open));
    calls.set(open, known);
    return known;
  }

  #allCalls(): Map<string, Call[]> {
    const calls = new Map<string, Call[]>();
    const own = new NameFilter(new Set(this.#functions.keys()));
    for (const { tokens } of this.#files.values())
      for (let at = 0; at < tokens.count; at++) {
        if (!own.has(tokens, at) || !isSign(tokens, at + 1, '(')) continue;
        const name = nameOf(tokens, at);
        if (name === undefined || nameOf(tokens, at - 1) === 'fn') continue;
        const known = calls.get(name);
        const call = { tokens, open: at + 1, from: undefined };
        if (known === undefined) calls.set(name, [call]);
        else known.push(call);
      }
    return calls;
  }
}

/** Whether a name is given something outside of functions there. */
function isOutside({ enclosing }: File, { at }: Binding): boolean {
  return enclosing.at(at).length === 0;
}

/** `static NAME: …`, `static mut NAME: …`, and `static ref NAME` of `lazy_static!`. */
function isStatic(tokens: Tokens, { at }: Binding): boolean {
  return isWord(tokens, at - 1, 'static') || isWord(tokens, at - 2, 'static');
}

/** Functions that a closure is followed through. */
const maxHanded = 16;

/** The call that a name is an argument of, and which one: `f(x, &name)`. */
function argumentAround(
  tokens: Tokens,
  at: number,
  from: number,
): { readonly open: number; readonly index: number } | undefined {
  const open = openBefore(tokens, at, from);
  if (!isSign(tokens, open, '(') || nameOf(tokens, open - 1) === undefined) return undefined;
  const index = commaParts(tokens, inside(tokens, open)).findIndex(
    (part) => part.to === at + 1 && part.from <= at,
  );
  return index === -1 ? undefined : { open, index };
}

/** Whether a name is given to a type there: by its declaration, by a `use`, or as a parameter of something generic. */
function isDeclared(tokens: Tokens, at: number): boolean {
  if (declaring.has(nameOf(tokens, at - 1) ?? '')) return true;
  const isBound = isSign(tokens, at + 1, ':') && !isSigns(tokens, at + 1, '::');
  return isBound && (isSign(tokens, at - 1, '<') || isSign(tokens, at - 1, ','));
}

/** What a name stands behind that gives a type; one that a `use` brings has another name before `as`. */
const declaring: ReadonlySet<string> = new Set('struct enum union trait type as'.split(' '));

/** `Type::method(&x, a)`: the arguments of a method come after what it is called on. */
export function selfAt({ method }: FunctionPlace, tokens: Tokens, open: number): 0 | 1 {
  return method && !isSign(tokens, open - 2, '.') ? 1 : 0;
}

/** Types of the standard library: functions of theirs are none of the crate's, unless it has a type of that name with one. */
const standardTypes: ReadonlySet<string> = new Set(
  'Path PathBuf OsStr OsString String str Option Result Command Vec Box Rc Arc Cow Cell RefCell Mutex HashMap HashSet BTreeMap BTreeSet File OpenOptions Cursor BufReader BufWriter DirEntry'.split(
    ' ',
  ),
);
