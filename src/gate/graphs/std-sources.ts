import type { Fact } from '../../facts/fact.ts';
import type { StdFact } from '../../facts/std.ts';
import type { FactsPort } from '../facts-port.ts';
import type { Survey } from '../judgement/survey.ts';
import type { EmbeddedGraphs, StdOf } from './embedded.ts';
import { keyOf } from './graph.ts';

/**
 * What the packages of builds without the standard library say of it. Their source is wanted of all of them, also of those that
 * a change leaves as they are: a feature that it turns on may make another class of them.
 */
export async function stdSources(
  { packages }: EmbeddedGraphs,
  { graph, before, of }: Survey,
  port: FactsPort,
): Promise<StdOf> {
  const facts = new Map<string, Fact<StdFact> | undefined>();
  for (const pkg of [...(before?.packages ?? []), ...graph.packages]) {
    facts.set(keyOf({ ...pkg, source: pkg.source?.text }), of(pkg).known?.facts.std);
  }
  const missing = packages.filter((id) => facts.get(keyOf(id))?.kind !== 'known');
  if (missing.length > 0) {
    const asked = missing.map(({ name, version, source }) => ({
      crate: name,
      version,
      source: source ?? '',
      bytes: true,
    }));
    const { answers } = await port.facts(asked);
    for (const [i, id] of missing.entries()) facts.set(keyOf(id), answers[i]?.facts.std);
  }
  return (id) => facts.get(keyOf(id));
}
