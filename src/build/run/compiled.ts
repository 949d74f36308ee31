import type { Resolution } from '../../cargo/resolve/resolve.ts';
import type { CargoMessage } from './messages.ts';

/**
 * What cargo compiled that the resolution does not have, and the other way round, as sentences; none: they are the same. Packages are held
 * against each other by name, version and all features that they were compiled with.
 */
export function differencesFrom(
  { packages }: Resolution,
  messages: readonly CargoMessage[],
): readonly string[] {
  const resolved = new Map<string, Set<string>>();
  for (const { name, version, features } of packages) {
    const all = resolved.get(`${name} ${version}`) ?? new Set();
    for (const feature of features) all.add(feature);
    resolved.set(`${name} ${version}`, all);
  }
  const compiled = new Map<string, Set<string>>();
  for (const message of messages) {
    if (message.kind !== 'artefact') continue;
    const key = `${message.package.name} ${message.package.version}`;
    const all = compiled.get(key) ?? new Set();
    for (const feature of message.features) all.add(feature);
    compiled.set(key, all);
  }
  const sentences: string[] = [];
  for (const [key, features] of compiled) {
    const expected = resolved.get(key);
    if (expected === undefined) sentences.push(`cargo compiled ${key}, which was not resolved`);
    else {
      const odd = [...features].filter((one) => !expected.has(one));
      const absent = [...expected].filter((one) => !features.has(one));
      if (odd.length > 0) sentences.push(`cargo compiled ${key} with ${odd.join(', ')} as well`);
      if (absent.length > 0) sentences.push(`cargo compiled ${key} without ${absent.join(', ')}`);
    }
  }
  for (const key of resolved.keys()) if (!compiled.has(key)) sentences.push(`cargo did not compile ${key}`);
  return sentences.sort();
}
