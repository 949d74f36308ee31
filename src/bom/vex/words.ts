import type { VexJustification, VexStatement, VexStatus } from './statement.ts';

// The words of the three formats for the same things. OpenVEX 0.2.0 ("Status Justifications") and CSAF 2.0 (3.2.3.5.2,
// "flags") have the same five; CycloneDX 1.7 (`impactAnalysisJustification`) has nine of its own.

interface Words {
  /** In OpenVEX and CSAF; absent where none of theirs says so. */
  readonly common?: string;
  /** In CycloneDX; absent where none of its own says so. */
  readonly cyclonedx?: string;
}

/** What is written. A word may say less than was meant (no component: no code of it), never more. */
const words: Readonly<Record<VexJustification, Words>> = {
  component_not_present: { common: 'component_not_present', cyclonedx: 'code_not_present' },
  vulnerable_code_not_present: { common: 'vulnerable_code_not_present', cyclonedx: 'code_not_present' },
  vulnerable_code_not_in_execute_path: {
    common: 'vulnerable_code_not_in_execute_path',
    cyclonedx: 'code_not_reachable',
  },
  vulnerable_code_cannot_be_controlled_by_adversary: {
    common: 'vulnerable_code_cannot_be_controlled_by_adversary',
  },
  inline_mitigations_already_exist: {
    common: 'inline_mitigations_already_exist',
    cyclonedx: 'protected_by_mitigating_control',
  },
  requires_configuration: { cyclonedx: 'requires_configuration' },
  requires_dependency: { cyclonedx: 'requires_dependency' },
  requires_environment: { cyclonedx: 'requires_environment' },
  protected_by_compiler: { common: 'inline_mitigations_already_exist', cyclonedx: 'protected_by_compiler' },
  protected_at_runtime: { common: 'inline_mitigations_already_exist', cyclonedx: 'protected_at_runtime' },
  // These stand outside of the product, and `inline` ones inside.
  protected_at_perimeter: { cyclonedx: 'protected_at_perimeter' },
  protected_by_mitigating_control: { cyclonedx: 'protected_by_mitigating_control' },
};

const fromCommon = new Map<string, VexJustification>([
  ['component_not_present', 'component_not_present'],
  ['vulnerable_code_not_present', 'vulnerable_code_not_present'],
  ['vulnerable_code_not_in_execute_path', 'vulnerable_code_not_in_execute_path'],
  ['vulnerable_code_cannot_be_controlled_by_adversary', 'vulnerable_code_cannot_be_controlled_by_adversary'],
  ['inline_mitigations_already_exist', 'inline_mitigations_already_exist'],
]);

const fromCyclonedx = new Map<string, VexJustification>([
  ['code_not_present', 'vulnerable_code_not_present'],
  ['code_not_reachable', 'vulnerable_code_not_in_execute_path'],
  ['requires_configuration', 'requires_configuration'],
  ['requires_dependency', 'requires_dependency'],
  ['requires_environment', 'requires_environment'],
  ['protected_by_compiler', 'protected_by_compiler'],
  ['protected_at_runtime', 'protected_at_runtime'],
  ['protected_at_perimeter', 'protected_at_perimeter'],
  ['protected_by_mitigating_control', 'protected_by_mitigating_control'],
]);

/** A format's vocabulary of justifications. */
export type Vocabulary = 'common' | 'cyclonedx';

/** What a word of a format means; `undefined` for one that it has not. */
export function justificationOf(word: string, vocabulary: Vocabulary): VexJustification | undefined {
  return (vocabulary === 'common' ? fromCommon : fromCyclonedx).get(word);
}

/** The word of a format for a justification; `undefined` where it has none. */
export function wordOf(justification: VexJustification, vocabulary: Vocabulary): string | undefined {
  return words[justification][vocabulary];
}

/** Why it does not strike, in words: where a format has no word that says the same, the justification is among them. */
export function impactText(
  { justification, impact }: Pick<VexStatement, 'justification' | 'impact'>,
  vocabulary: Vocabulary,
): string | undefined {
  if (justification === undefined || wordOf(justification, vocabulary) === justification) return impact;
  const isExact = justificationOf(wordOf(justification, vocabulary) ?? '', vocabulary) === justification;
  if (isExact) return impact;
  return impact === undefined ? justification : `${justification}: ${impact}`;
}

/** CycloneDX's states (`impactAnalysisState`), as statuses. */
export const statesOfCyclonedx: Readonly<Record<string, VexStatus>> = {
  resolved: 'fixed',
  resolved_with_pedigree: 'fixed',
  exploitable: 'affected',
  in_triage: 'under_investigation',
  false_positive: 'not_affected',
  not_affected: 'not_affected',
};

/** And the other way round. */
export const cyclonedxStates: Readonly<Record<VexStatus, string>> = {
  not_affected: 'not_affected',
  affected: 'exploitable',
  fixed: 'resolved',
  under_investigation: 'in_triage',
};

/** Who said it and until when it holds, where a format has no place of its own for it. */
export function noteText({ author, until }: Pick<VexStatement, 'author' | 'until'>): string | undefined {
  if (author === undefined || until === undefined) return undefined;
  // A name that breaks its line would lose the end, too.
  return `Stated by ${author.replaceAll(/\s+/g, ' ')}; holds until ${until}.`;
}

/** What such a note says; nothing of any other. */
export function readNote(text: string | undefined): Pick<VexStatement, 'author' | 'until'> {
  const [, author, until] = /^Stated by ([^\n]+); holds until (\S+)\.$/.exec(text ?? '') ?? [];
  return author === undefined || until === undefined || !Number.isFinite(Date.parse(until))
    ? {}
    : { author, until };
}
