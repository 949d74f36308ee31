import { isHome, isPlace, isTemp } from '../environment.ts';
import type { Gates } from '../gates.ts';
import type { FunctionPlace } from '../places.ts';
import type { Joint } from './syntax.ts';
import { type Base, Lowest, type Mark, Trail } from './trail.ts';
import type { Call, Frames } from './values.ts';

/** Where a value may come from, as far as tokens tell; what several ways lead to is all there. */
export interface Origins {
  /** Texts in it, in order, the names of variables left out. */
  readonly texts: readonly string[];
  /** Variables whose values it has. */
  readonly variables: readonly string[];
  /** Of its texts those that may be the last part of a path: `configure` of `out.join("configure")`. */
  readonly leaves: readonly string[];
  readonly home: boolean;
  readonly temp: boolean;
  /** What it may begin with, as a path: variables, `home`, `temp`, a text with a root, `''` for the folder it runs in. */
  readonly bases: readonly Base[];
  /** A path from the root that it may be. */
  readonly absolute: string | undefined;
  /** What it goes up from, and so may have left: variables, `''` for a path that is relative or not known. */
  readonly left: readonly Base[];
  /** Whether a text is put together from what is no text: turned round, decoded, made of numbers. */
  readonly built: boolean;
  /** Whether its signs are made of numbers: worked out, or read as digits. */
  readonly turned: boolean;
  /** Whether letters of it are cut off, exchanged or added, so that none of its texts may be what it says. */
  readonly altered: boolean;
  /** Whether it is a path that is joined to a folder, or looked up in the one it runs in. */
  readonly joined: boolean;
  /** Whether it may be the compiler, or another tool, that `cc` finds. */
  readonly compiler: boolean;
  /** Whether it may be what a program wrote. */
  readonly said: boolean;
  /** Whether some of it is not known. */
  readonly unknown: boolean;
  /** Whether it is what others hand to a function that nothing here calls. */
  readonly handed: boolean;
}

/** The same while it is gathered. */
interface Found {
  readonly texts: Set<string>;
  readonly variables: Set<string>;
  leaves: string[];
  readonly trail: Trail;
  home: boolean;
  temp: boolean;
  built: boolean;
  /** Whether it is turned round or decoded, and not only put together of texts. */
  decoded: boolean;
  turned: boolean;
  altered: boolean;
  joined: boolean;
  compiler: boolean;
  said: boolean;
  unknown: boolean;
  handed: boolean;
}

/** Where an expression began, and what there was by then. */
interface Begin extends Mark {
  readonly from: number;
  readonly leaves: number;
  readonly said: boolean;
}

/** Where a walk is, and what it gathers. */
export interface Walk {
  readonly found: Found;
  /** Whether texts are wanted as they are, for the name of a variable. */
  readonly asText: boolean;
  readonly depth: number;
  readonly frames: Frames;
  /** Where the expression began that is being read. */
  readonly begin: Begin;
  /** Whether it is put behind a path as text, or joined to it, rather than being one. */
  readonly as: Joint | undefined;
  /** Under which predicates everything is there that led here. */
  readonly gates: Gates;
  /** Which part of a tuple is wanted, where a name is given one part of it. */
  readonly part?: number | undefined;
}

export function callOf(frames: Frames, place: FunctionPlace): Call | undefined {
  for (let frame = frames; frame !== undefined; frame = frame.before)
    if (frame.place === place) return frame.call;
  return undefined;
}

export function nothing(): Found {
  return {
    texts: new Set(),
    variables: new Set(),
    leaves: [],
    trail: new Trail(),
    home: false,
    temp: false,
    built: false,
    decoded: false,
    turned: false,
    altered: false,
    joined: false,
    compiler: false,
    said: false,
    unknown: false,
    handed: false,
  };
}

/**
 * Gives each field something else once. What reads a field is compiled for one that never changes, as long as none did;
 * that of every walk would be thrown away, and made again, with the first crate that does.
 */
function settle(): void {
  const found = nothing();
  found.home =
    found.temp =
    found.built =
    found.decoded =
    found.turned =
    found.altered =
    found.joined =
    found.compiler =
    found.said =
    found.unknown =
    found.handed =
      true;
  found.trail.root('HOME');
  found.trail.text('/a/{b}/..', 'joined');
  const lowest = new Lowest(found.trail);
  for (let each = 0; each < 2; each++) lowest.next();
  lowest.end();
}
settle();

export function addVariable(found: Found, name: string): void {
  found.variables.add(name);
  found.home ||= isHome(name);
  found.temp ||= isTemp(name);
  if (!isPlace(name)) return;
  found.trail.root(name);
  if (name === 'CARGO_MANIFEST_PATH') found.trail.down();
}

/** Another expression begins, in the place of the one that was read. */
export function another(walk: Walk, from: number): Walk {
  walk.found.trail.back(walk.begin);
  return begun(walk, beginAt(walk.found, from));
}

/** The same walk in another expression. */
export function begun({ found, asText, depth, frames, as, gates, part }: Walk, begin: Begin): Walk {
  return { found, asText, depth, frames, begin, as, gates, part };
}

export function beginAt({ trail, leaves, said }: Found, from: number): Begin {
  const { depth, base, growing } = trail.mark();
  return { depth, base, growing, from, leaves: leaves.length, said };
}
