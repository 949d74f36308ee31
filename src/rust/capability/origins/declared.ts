import { after, isSign, isSigns, nameOf, type TokenRange, type Tokens } from '../../tokens.ts';
import { type Gates, noGates } from '../gates.ts';
import type { Binding } from '../places.ts';
import { visibleAt } from '../visible.ts';
import { qualifierOf, typeIn, typeMade } from './types.ts';
import type { CrateValues } from './values.ts';

/** What one place says of a name. */
export interface Declared {
  readonly tokens: Tokens;
  readonly type?: TokenRange;
  readonly value?: TokenRange;
}

/** Names that are given a name and nothing else. */
const maxAliases = 4;

/**
 * Which parameter of which functions a range names and nothing else, itself or through a name that it is given: of all of that
 * name it is given the same.
 */
export function parameterAt(
  values: CrateValues,
  tokens: Tokens,
  { from, to }: TokenRange,
  depth = 0,
): string | undefined {
  const at = depth > 0 && (isSign(tokens, from, '*') || isSign(tokens, from, '&')) ? from + 1 : from;
  const name = to === at + 1 && depth < maxAliases ? nameOf(tokens, at) : undefined;
  if (name === undefined) return undefined;
  const around = values.around(tokens, at);
  const place = around.find(({ parameters }) => parameters.includes(name));
  const [inner] = around;
  const given = inner === undefined ? [] : visibleAt(values.within(tokens, inner, name), at, 2);
  const [only] = given;
  if (only !== undefined && given.length === 1 && inner !== undefined && !inner.parameters.includes(name))
    return only.adds === undefined ? parameterAt(values, tokens, only.value, depth + 1) : undefined;
  if (place === undefined) return undefined;
  if (values.within(tokens, place, name).length > 0) return undefined;
  const { parameters, type = '', method, gates } = place;
  // Those of closures have no name that tells them apart.
  if (place.handed !== undefined) return undefined;
  return `${gates.join()} ${parameters.indexOf(name)} ${parameters.length} ${place.name} ${type} ${method}`;
}

/**
 * What one name there surely is, where the crate says it in one place: the type of a parameter, or what a `let` gives it. Nothing
 * where it may be more.
 */
export function declaredAt(values: CrateValues, tokens: Tokens, at: number): Declared | undefined {
  const name = nameOf(tokens, at);
  if (name === undefined) return undefined;
  for (const place of values.around(tokens, at)) {
    const all = values.within(tokens, place, name);
    const isChanged = all.some(({ adds }) => adds === 'changed');
    const bound = visibleAt(isChanged ? all.filter(({ adds }) => adds !== 'changed') : all, at, 2);
    const [only] = bound;
    if (only !== undefined) {
      const declared = bound.length === 1 ? declaredBy(tokens, only) : undefined;
      return declared === undefined ? undefined : { ...declared, tokens };
    }
    const type = place.types[place.parameters.indexOf(name)];
    // A closure in the function may have a parameter of that name.
    if (type !== undefined) return values.behindBars(tokens, place).has(name) ? undefined : { type, tokens };
    if (place.parameters.includes(name)) return undefined;
  }
  return undefined;
}

/** The type of what a method is called on, where the code says it: `self`, a parameter, a name of one type. */
export function receiverType(
  values: CrateValues,
  tokens: Tokens,
  at: number,
  method: string,
): string | undefined {
  const receiver = at - 2;
  const name = nameOf(tokens, receiver);
  if (name === undefined || isSign(tokens, receiver - 1, '.') || isSign(tokens, receiver - 1, ':'))
    return undefined;
  // Of methods of nobody here it does not matter whose they are.
  if (values.own(method, undefined).length === 0) return undefined;
  if (name === 'self') return typeAround(values, tokens, at);
  const declared = declaredAt(values, tokens, receiver) ?? declaredOutside(values, name);
  if (declared?.type !== undefined) return typeIn(declared.tokens, declared.type);
  return declared?.value === undefined ? undefined : typeMade(declared.tokens, declared.value);
}

/** `Type::name`, `Self::name`. */
export function typeBefore(values: CrateValues, tokens: Tokens, at: number): string | undefined {
  const type = qualifierOf(tokens, at);
  return type === 'Self' ? typeAround(values, tokens, at) : type;
}

function typeAround(values: CrateValues, tokens: Tokens, at: number): string | undefined {
  return values.around(tokens, at).find(({ type }) => type !== undefined)?.type;
}

/** The same of a constant. */
function declaredOutside(values: CrateValues, name: string): Declared | undefined {
  const [only, other] = values.outsideOf(name);
  const [binding, more] = only?.bindings ?? [];
  if (only === undefined || other !== undefined || binding === undefined || more !== undefined)
    return undefined;
  const declared = declaredBy(only.tokens, binding);
  return declared === undefined ? undefined : { ...declared, tokens: only.tokens };
}

/** Under which predicates a token is there. */
export function gatesAt(values: CrateValues, tokens: Tokens, at: number): Gates {
  if (values.file(tokens)?.isGated !== true) return noGates;
  return values.around(tokens, at).find(({ gates }) => gates.length > 0)?.gates ?? noGates;
}

/** `let name = value;`, `|name: Type|`. */
function declaredBy(
  tokens: Tokens,
  { at, adds, until, value }: Binding,
): Omit<Declared, 'tokens'> | undefined {
  if (adds !== undefined) return undefined;
  if (!isSign(tokens, at + 1, ':') || isSigns(tokens, at + 1, '::')) {
    const isLet = until !== undefined && isSign(tokens, at + 1, '=') && value.from === at + 2;
    return isLet ? { value } : undefined;
  }
  let to = at + 2;
  while (to < tokens.count && !['|', ',', '='].some((sign) => isSign(tokens, to, sign)))
    to = after(tokens, to);
  return { type: { from: at + 2, to } };
}
