import type { z } from 'zod';
import { type Fact, unknown } from '../facts/fact.ts';
import type { FactName, Facts, FactTypes } from '../facts/map.ts';
import { type ReleaseSubject, releaseId } from '../facts/subject.ts';
import type { AuditYes } from './audit-yes.ts';
import type { Effect } from './effect.ts';
import type { Evidence, Finding } from './finding.ts';

/**
 * Where a rule is asked: `index`, an index line is about to be served and nothing was downloaded;
 * `release`, the bytes are in hand; `change`, a lockfile names it: the mirror never asks so; `project`, files of a
 * project that decide its build beside the graph: the subject is then such a file, its path in the crate's place, or a
 * copy of a release that the project keeps.
 */
export type Context = 'index' | 'release' | 'change' | 'project';

/** What a rule sees. The facts it needs are always there, if only as `unknown`. */
export interface RuleInput<Settings, Needs extends FactName> {
  readonly subject: ReleaseSubject;
  readonly facts: { readonly [Name in Needs]: Fact<FactTypes[Name]> };
  readonly settings: Settings;
  readonly context: Context;
  /** What people say who read the code and were content, as far as the policy counts it. */
  readonly yes: readonly AuditYes[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** One rule: a pure function from facts and settings to findings. */
export interface RuleDefinition<Schema extends z.ZodObject, Needs extends FactName> {
  /** Stable; what findings, waivers and docs name it by. */
  readonly id: string;
  /** One paragraph for the person who meets it. */
  readonly doc: string;
  /** The table of `safeguard.toml` that holds its settings. */
  readonly section: string;
  readonly settings: Schema;
  readonly contexts: readonly Context[];
  readonly needs: readonly Needs[];
  /** Whether a waiver can except its findings; absent: yes. */
  readonly waivable?: false;
  readonly evaluate: (input: RuleInput<z.output<Schema>, Needs>) => readonly RuleFinding[];
}

/** A finding as a rule writes it: rule id and subject are filled in by the engine. */
export interface RuleFinding {
  readonly effect: Effect;
  readonly message: string;
  readonly evidence?: Evidence;
  readonly next: string;
  /** Epoch milliseconds. */
  readonly until?: number;
}

/** A rule with its types closed over, so that thirty of them fit in one list. */
export interface Rule {
  readonly id: string;
  readonly doc: string;
  readonly section: string;
  readonly settings: z.ZodObject;
  readonly contexts: readonly Context[];
  readonly needs: readonly FactName[];
  readonly waivable: boolean;
  /** `settings` is the parsed section of this rule. */
  readonly evaluate: (input: EngineInput, settings: unknown) => readonly Finding[];
}

/** What the engine hands to every rule. */
export interface EngineInput {
  readonly context: Context;
  readonly subject: ReleaseSubject;
  readonly facts: Facts;
  /** The engine works it out of the facts; absent: nobody says yes. */
  readonly yes?: readonly AuditYes[];
  /**
   * Facts that were left out on purpose: rules that need one of them are not asked, since what they would say of ignorance
   * says nothing of the release. Only the gate leaves any out, and never of what a change brings in from a registry.
   */
  readonly unasked?: ReadonlySet<FactName>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Makes a rule of its definition. */
export function defineRule<Schema extends z.ZodObject, Needs extends FactName>(
  rule: RuleDefinition<Schema, Needs>,
): Rule {
  return {
    ...rule,
    waivable: rule.waivable ?? true,
    evaluate: ({ context, subject, facts, yes = [], now }, settings) =>
      rule
        .evaluate({
          context,
          subject,
          facts: neededFacts(rule.needs, facts, now),
          // Sound: the engine passes what this rule's own schema parsed.
          settings: settings as z.output<Schema>,
          yes,
          now,
        })
        .map(({ until, evidence, ...finding }) => ({
          rule: rule.id,
          subject: releaseId(subject),
          ...finding,
          evidence: evidence ?? {},
          ...(until === undefined ? {} : { until: new Date(Math.min(until, lastInstant)).toISOString() }),
        })),
  };
}

/** RFC 3339 has no later year; a publication time or a setting may be near or past it. */
const lastInstant = Date.UTC(9999, 11, 31, 23, 59, 59);

function neededFacts<Needs extends FactName>(needs: readonly Needs[], facts: Facts, now: number) {
  const gathered: Partial<Record<FactName, unknown>> = {};
  for (const name of needs) gathered[name] = facts[name] ?? unknown('not gathered', name, now);
  return gathered as { readonly [Name in Needs]: Fact<FactTypes[Name]> };
}
