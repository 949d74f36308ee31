import { commaParts } from '../attribute.ts';
import { inside, nameOf, type Tokens } from '../tokens.ts';
import { type Binding, binding, type FunctionPlace } from './places.ts';

/** A name that a call is given so that it may change it, and what opens the arguments of that. */
export interface Lent {
  readonly at: number;
  readonly open: number;
}

/** What functions of the file give to names that they are lent: `fn f(a: &mut String) { *a = b; }`. */
export function addLent(
  tokens: Tokens,
  bindings: Map<string, Binding[]>,
  lent: readonly Lent[],
  functions: readonly FunctionPlace[],
): void {
  const byName = Map.groupBy(functions, ({ name }) => name);
  for (const { at, open } of lent) {
    const places = byName.get(nameOf(tokens, open - 1) ?? '');
    const name = nameOf(tokens, at);
    if (name === undefined) continue;
    const all = bindings.get(name) ?? [];
    bindings.set(name, all);
    if (places === undefined) {
      all.push(changed(name, at));
      continue;
    }
    if (places.length > maxLent) all.push(changed(name, at));
    const index = commaParts(tokens, inside(tokens, open)).findIndex(({ to }) => to === at + 1);
    for (const { parameters, body } of places.slice(0, maxLent)) {
      const given = bindings.get(parameters[index] ?? '') ?? [];
      if (given.length > maxLent) all.push(changed(name, at));
      for (const one of given.slice(0, maxLent)) {
        // What only takes letters away gives it nothing else.
        const isGiven = one.until === undefined && one.adds !== 'cut' && one.adds !== 'less';
        if (!isGiven || one.at < body.from || one.at >= body.to) continue;
        all.push({ ...one, name, at, hides: undefined });
      }
    }
  }
  for (const name of new Set(lent.map(({ at }) => nameOf(tokens, at) ?? '')))
    bindings.get(name)?.sort((a, b) => a.at - b.at);
}

/** Functions of one name, and values of one parameter, that are looked at; more may give it anything. */
const maxLent = 16;

/** It may be given anything there. */
function changed(name: string, at: number): Binding {
  return binding({ name, at, value: { from: at, to: at }, adds: 'changed' });
}
