import { z } from 'zod';
import type { FactName, Facts } from '../facts/map.ts';
import { releaseId } from '../facts/subject.ts';
import { type Compiled, compileExpression, limits } from './expression/compile.ts';
import { ExpressionError } from './expression/syntax.ts';
import { fromMilliseconds } from './expression/time.ts';
import { any, type Type } from './expression/type.ts';
import { Failure, type Key, type Result, type Value } from './expression/value.ts';
import type { Finding } from './finding.ts';
import type { EngineInput } from './rule.ts';
import { rules } from './rules/index.ts';

/** Ids that findings have already: the rules that Safeguard has, and what it says of waivers and of the policy. */
const taken = new Set([...rules.map(({ id }) => id), 'waiver', 'policy', 'graph']);

/** A rule that a policy brings along. */
const customRuleSchema = z.strictObject({
  id: z
    .string()
    .max(64)
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'expected a name such as "no-young-sys-crates"')
    .refine((id) => !taken.has(id), 'there is a rule of this name already')
    .describe('What findings and waivers name it by; no other rule has it.'),
  when: z
    .string()
    .max(limits.length)
    .superRefine((when, { addIssue }) => {
      const problem = problemOf(when);
      if (problem !== undefined) addIssue({ code: 'custom', message: problem });
    })
    .describe('A CEL expression over the facts; where it is true, the rule finds something.'),
  effect: z.enum(['warn', 'hold', 'review', 'deny']).describe('What a release gets that it finds.'),
  'dry-run': z
    .boolean()
    .optional()
    .describe(
      'Whether it is tried out: what it finds warns, and says what it would do; nothing is decided by it.',
    ),
  message: z.string().trim().min(1).max(500).describe('One sentence for whoever meets it.'),
  next: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .default('Ask whoever wrote the rule; it stands in [[rule]] of the policy.')
    .describe('What to do next, one sentence.'),
});

/** The rules that one policy file brings along: few enough for a verdict to stay quick whatever they say. */
export const customRulesSchema = z
  .array(customRuleSchema)
  .max(50)
  .superRefine((definitions, { addIssue }) => {
    for (const [i, { id }] of definitions.entries()) {
      if (definitions.findIndex((other) => other.id === id) !== i)
        addIssue({ code: 'custom', path: [i, 'id'], message: 'another [[rule]] has this id' });
    }
  })
  .default([])
  .describe('Rules of your own, over the facts that Safeguard gathers.');

export type CustomRuleDefinition = z.output<typeof customRuleSchema>;

/** A custom rule, ready to be asked. */
export interface CustomRule {
  readonly definition: CustomRuleDefinition;
  readonly compiled: Compiled;
}

/** Makes a rule of its definition. Throws `ExpressionError` where the expression is not right. */
export function compileCustomRule(definition: CustomRuleDefinition): CustomRule {
  return { definition, compiled: compileExpression(definition.when, variables) };
}

const would: Readonly<Record<CustomRuleDefinition['effect'], string>> = {
  warn: 'warn of it',
  hold: 'hold it',
  review: 'ask a person',
  deny: 'refuse it',
};

/**
 * What a custom rule says of a release; one that is tried out only warns, of what it would do. Where its expression
 * cannot be evaluated on the facts at hand, that is itself a finding, of the effect that the rule has: ignorance never
 * reads as fine.
 */
export function evaluateCustomRule({ definition, compiled }: CustomRule, input: EngineInput): Finding[] {
  const { id, next, when } = definition;
  const isTried = definition['dry-run'] === true;
  const effect = isTried ? 'warn' : definition.effect;
  const say = (message: string) =>
    isTried ? `${message} (Tried out: it would ${would[definition.effect]}.)` : message;
  const outcome = compiled.evaluate(valuesOf(input));
  if (outcome.kind === 'known' && !outcome.value) return [];
  const finding = { rule: id, effect, subject: releaseId(input.subject), evidence: { values: { when } } };
  if (outcome.kind === 'known') return [{ ...finding, message: say(definition.message), next }];
  // Where facts were left out on purpose, that it cannot be told says nothing of the release.
  if ((input.unasked?.size ?? 0) > 0) return [];
  return [
    {
      ...finding,
      message: say(`Whether this rule applies is not known: ${outcome.reason}.`),
      next: 'Mend the facts that it needs, or say in its expression what holds without them (facts.….known, has()).',
    },
  ];
}

/** The facts that some rule asks for: those are gathered. */
const factNames: readonly FactName[] = [...new Set(rules.flatMap(({ needs }) => needs))].sort();

const factType: Type = {
  kind: 'record',
  what: 'field',
  fields: new Map<string, Type>([
    ['known', { kind: 'bool' }],
    ['value', any],
    ['reason', { kind: 'string' }],
  ]),
};

/** The names that an expression can use. */
const variables: ReadonlyMap<string, Type> = new Map<string, Type>([
  ['crate', { kind: 'string' }],
  ['version', { kind: 'string' }],
  ['registry', { kind: 'string' }],
  ['checksum', { kind: 'string' }],
  ['context', { kind: 'string' }],
  ['now', { kind: 'timestamp' }],
  ['facts', { kind: 'record', what: 'fact', fields: new Map(factNames.map((name) => [name, factType])) }],
]);

function valuesOf({ subject, context, now, facts }: EngineInput): ReadonlyMap<string, Result> {
  return new Map<string, Result>([
    ['crate', subject.crate],
    ['version', subject.version],
    ['registry', subject.registry],
    ['checksum', subject.checksum],
    ['context', context],
    ['now', fromMilliseconds(now)],
    ['facts', new Map<Key, Value>(factNames.map((name) => [name, factValue(name, facts[name])]))],
  ]);
}

function factValue(name: FactName, fact: Facts[FactName]): Value {
  // Sound: facts are plain JSON.
  if (fact?.kind === 'known') return factMap(fact.value as unknown as Value, '');
  const reason = fact?.reason ?? 'it was not asked for';
  return factMap(new Failure(`${name} is unknown: ${reason}`), reason);
}

function factMap(value: Result, reason: string): Value {
  return new Map<Key, Result>([
    ['known', !(value instanceof Failure)],
    ['value', value],
    ['reason', reason],
  ]);
}

/** What is wrong with an expression and where; `undefined` where it is right. */
function problemOf(when: string): string | undefined {
  try {
    compileExpression(when, variables);
    return undefined;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const before = when.slice(0, error.at).split('\n');
    const line = before.length === 1 ? '' : `line ${before.length}, `;
    return `${error.message} (${line}character ${(before.at(-1) ?? '').length + 1})`;
  }
}
