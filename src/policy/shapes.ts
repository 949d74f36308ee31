/** What the shapes of code (capabilities without their places, such as `process make`) mean to a policy. */
import { type CapabilityKind, type Family, familyOf } from '../rust/capability/capability.ts';
import { perhaps } from '../rust/digest.ts';

/** What a person is asked about where code comes to be able to do it. */
export const topics = ['network', 'process', 'hidden-code', 'concealment', 'secrets', 'environment'] as const;
export type Topic = (typeof topics)[number];

const hidden: ReadonlySet<string> = new Set(['data-as-code', 'constructor', 'encoded-literal', 'built-name']);

/** The topic of a shape; none for what gives no power, what only a text suggests, and the compiler that is asked what it is. */
export function topicOf(shape: string): Topic | undefined {
  const kind = kindOf(shape);
  if (kind === undefined || isFaint(shape)) return undefined;
  if (kind === 'reads-secret') return 'secrets';
  if (kind === 'reads-all-variables' || kind === 'sets-variable') return 'environment';
  if (hidden.has(kind)) return 'hidden-code';
  const family = familyOf(kind);
  return family === 'network' || family === 'process' || family === 'concealment' ? family : undefined;
}

const graveFamilies: ReadonlySet<Family> = new Set(['network', 'process', 'concealment']);

/** The grave families of what was added. What only a text suggests is no power, nor is asking the compiler what it is. */
export function graveOf(added: readonly string[]): readonly Family[] {
  const families = added.flatMap((shape) => {
    const kind = kindOf(shape);
    if (kind === undefined || isFaint(shape)) return [];
    const family = familyOf(kind);
    return graveFamilies.has(family) ? [family] : [];
  });
  return [...new Set(families)].sort();
}

/** Whether a shape says nothing grave, whatever its kind: a text alone suggests it, or the compiler is asked what it is. */
export function isFaint(shape: string): boolean {
  return shape.endsWith(perhaps) || compilers.test(shape);
}

const compilers = /^process (?:rustc|\$RUSTC(?:_WORKSPACE)?(?:_WRAPPER)?|the C compiler)$/;

/** The kind of capability that a shape is of; `undefined` for what is opaque or calls another crate. */
export function kindOf(shape: string): CapabilityKind | undefined {
  const word = shape.slice(0, shape.indexOf(' '));
  return word === 'opaque:' || word === 'calls' || word === '' ? undefined : (word as CapabilityKind);
}
