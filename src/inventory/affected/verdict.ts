import type { ComponentRecord } from '../../store/inventory/records.ts';

/** Releases that a question is about, and those of which nobody can say. */
export interface Suspects {
  readonly affected: readonly Suspect[];
  readonly unknown: readonly UnknownRelease[];
}

export interface Suspect {
  readonly component: ComponentRecord;
  /** The first version that has it not any more, where an advisory says so. */
  readonly fixed: string | undefined;
}

export interface UnknownRelease {
  readonly component: ComponentRecord;
  /** One clause. */
  readonly reason: string;
}

/** Whether a release is meant, or why that cannot be known. */
export type Verdict =
  | { readonly kind: 'meant'; readonly fixed?: string | undefined }
  | { readonly kind: 'not-meant' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Which components are meant, and of which that cannot be known. */
export function sort(
  components: readonly ComponentRecord[],
  judge: (one: ComponentRecord) => Verdict,
): Suspects {
  const judged = components.map((component) => ({ component, verdict: judge(component) }));
  return {
    affected: judged.flatMap(({ component, verdict }) =>
      verdict.kind === 'meant' ? [{ component, fixed: verdict.fixed }] : [],
    ),
    unknown: judged.flatMap(({ component, verdict }) =>
      verdict.kind === 'unknown' ? [{ component, reason: verdict.reason }] : [],
    ),
  };
}

/** What several questions are about together. `later` is the version that ends both of two, where one does. */
export function merged(
  all: readonly Suspects[],
  later: (one: string, other: string, component: ComponentRecord) => string | undefined,
): Suspects {
  const affected = new Map<number, Suspect>();
  for (const { affected: some } of all)
    for (const one of some) {
      const { component } = one;
      const known = affected.get(component.id);
      if (known === undefined) affected.set(component.id, one);
      else {
        // Who is in two advisories wants what ends both; where one has no end, there is none.
        const both = known.fixed !== undefined && one.fixed !== undefined;
        const fixed = both ? later(known.fixed, one.fixed, component) : undefined;
        affected.set(component.id, { component, fixed });
      }
    }
  const unknown = new Map(all.flatMap((each) => each.unknown).map((one) => [one.component.id, one]));
  return {
    affected: [...affected.values()],
    unknown: [...unknown.values()].filter(({ component }) => !affected.has(component.id)),
  };
}
