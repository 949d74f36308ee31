/** What the document of a built program says, for those who hold it against others. */
import { execFileSync } from 'node:child_process';
import type { Crates } from './program-crates.ts';

interface Component {
  readonly name: string;
  readonly version?: string;
  readonly scope?: string;
  readonly purl?: string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

/** Of CycloneDX. */
export interface BuiltDocument {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
}

export const valuesOf = ({ properties = [] }: Component, name: string): readonly string[] =>
  properties.filter((one) => one.name === name).map(({ value }) => value);

/** Its crates, the one that the program is of with them. */
export function cratesIn({ metadata: { component }, components }: BuiltDocument): Crates {
  return components
    .filter(({ purl }) => purl?.startsWith('pkg:cargo/'))
    .map((one) => `${one.name} ${one.version} ${one.scope}`)
    .concat(`${component.name} ${component.version} required`)
    .sort();
}

/** Its C libraries of one kind. */
export function librariesIn(
  { components }: BuiltDocument,
  linkage: 'static' | 'dynamic',
): readonly Component[] {
  return components.filter((one) => valuesOf(one, 'safeguard:native-linkage').includes(linkage));
}

/** What its loader brings, by readelf; sorted. */
export function neededBy(file: string): readonly string[] {
  const dynamic = execFileSync('readelf', ['-d', file], { encoding: 'utf8' });
  return [...dynamic.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, one = '']) => one).sort();
}
