/** What is known of a value before there are facts. `any` is what a fact's value is. */
export type Type =
  | { readonly kind: 'any' | Kind }
  | { readonly kind: 'list'; readonly of: Type }
  | { readonly kind: 'record'; readonly fields: ReadonlyMap<string, Type>; readonly what: string };

/** What a value is. */
export type Kind = 'bool' | 'int' | 'double' | 'string' | 'null' | 'timestamp' | 'duration' | 'list' | 'map';

export const any: Type = { kind: 'any' };

/** A list whose items are of one type. */
export function listOf(of: Type): Type {
  return { kind: 'list', of };
}

/** The kind of a type's values; `undefined` where it can be any. */
export function kindOfType(type: Type): Kind | undefined {
  if (type.kind === 'any') return undefined;
  return type.kind === 'record' ? 'map' : type.kind;
}

/** Whether a value of the type may be what a parameter asks for. */
export function mayBe(type: Type, wanted: Kind | 'any'): boolean {
  const kind = kindOfType(type);
  return wanted === 'any' || kind === undefined || kind === wanted;
}

/** Whether values of two types can ever be equal: the same kind, two numbers, or null with anything. */
export function comparable(a: Type, b: Type): boolean {
  const [left, right] = [kindOfType(a), kindOfType(b)];
  if (left === undefined || right === undefined || left === 'null' || right === 'null') return true;
  return left === right || (isNumber(left) && isNumber(right));
}

/** The type of what is either the one or the other. */
export function join(a: Type, b: Type): Type {
  if (a === b) return a;
  const [left, right] = [kindOfType(a), kindOfType(b)];
  if (left === undefined || left !== right) return any;
  if (a.kind === 'list' && b.kind === 'list')
    return 'of' in a && 'of' in b ? listOf(join(a.of, b.of)) : listOf(any);
  return { kind: left };
}

/** The type of a list's items. */
export function itemOf(type: Type): Type {
  return 'of' in type ? type.of : any;
}

export function sayType(type: Type): string {
  return kindOfType(type) ?? 'any';
}

function isNumber(kind: Kind): boolean {
  return kind === 'int' || kind === 'double';
}
