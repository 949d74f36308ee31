import type { CfgExpression } from '../cargo/cfg/expression.ts';
import { type Attribute, cfgOf, commaParts, metaOf } from './attribute.ts';
import type { Tokens } from './tokens.ts';

/** Expressions that must hold together; `undefined` for one that was not understood. */
export type Conditions = readonly (CfgExpression | undefined)[];

/**
 * What a `cfg` comes to: it holds, it does not, or nobody can say. An expression that was not understood is given as
 * `undefined`.
 */
export type CfgAnswer = (expression: CfgExpression | undefined) => boolean | undefined;

/** Whether something is there, and what must hold for it. */
export interface Standing {
  /** Whether each condition surely holds. */
  readonly certain: boolean;
  /** From the crate's root down. Conditions that were answered with yes are among them. */
  readonly conditions: Conditions;
}

/** What stands within something else. */
export function within(outer: Standing, certain: boolean, conditions: Conditions): Standing {
  return {
    certain: outer.certain && certain,
    conditions: conditions.length === 0 ? outer.conditions : [...outer.conditions, ...conditions],
  };
}

/** The standing of what has these attributes; `undefined` where it surely is not there. */
export function standingOf(
  tokens: Tokens,
  attributes: readonly Attribute[],
  outer: Standing,
  answer: CfgAnswer,
): Standing | undefined {
  const named = attributes.filter(({ path }) => path === 'cfg' || path === 'cfg_attr');
  const conditions = expandedAttributes(tokens, named, () => undefined)
    .filter(({ path }) => path === 'cfg')
    .map(({ input, conditions: under }) =>
      underConditions(under, input === undefined ? undefined : cfgOf(tokens, input)),
    );
  const held = conditions.map(answer);
  if (held.includes(false)) return undefined;
  return within(outer, !held.includes(undefined), conditions);
}

/** `cfg_attr(a, cfg(b))` asks for `b` only where `a` holds. */
function underConditions(under: Conditions, of: CfgExpression | undefined): CfgExpression | undefined {
  if (under.length === 0) return of;
  if (of === undefined || under.includes(undefined)) return undefined;
  const unless = under.flatMap((one) => (one === undefined ? [] : [{ kind: 'not', of: one } as const]));
  return { kind: 'any', of: [...unless, of] };
}

/** An attribute with what must hold for it to count. */
export interface ExpandedAttribute extends Attribute, Standing {}

/** Attributes, with those of `cfg_attr` whose condition may hold in its place. */
export function expandedAttributes(
  tokens: Tokens,
  attributes: readonly Attribute[],
  answer: CfgAnswer,
): readonly ExpandedAttribute[] {
  return attributes.flatMap((one) => expanded(tokens, { ...one, certain: true, conditions: [] }, answer, 0));
}

/** Far deeper than any `cfg_attr(…, cfg_attr(…))`. */
const maxDepth = 64;

function expanded(
  tokens: Tokens,
  attribute: ExpandedAttribute,
  answer: CfgAnswer,
  depth: number,
): readonly ExpandedAttribute[] {
  if (attribute.path !== 'cfg_attr' || attribute.input === undefined || depth > maxDepth) return [attribute];
  const [first, ...parts] = commaParts(tokens, attribute.input);
  const condition = first === undefined ? undefined : cfgOf(tokens, first);
  const held = answer(condition);
  if (held === false) return [];
  const { inner, at } = attribute;
  const standing = within(attribute, held === true, [condition]);
  return parts.flatMap((part) =>
    expanded(tokens, { ...metaOf(tokens, part), inner, at, ...standing }, answer, depth + 1),
  );
}
