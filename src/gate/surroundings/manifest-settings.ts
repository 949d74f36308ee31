import type { BuildSetting } from '../../facts/surroundings.ts';
import { type KeyMeaning, meaningOf } from './config-keys.ts';
import { differingSettings, type FoundSetting, settingsIn } from './found-settings.ts';
import { isManifest } from './manifests.ts';
import { filesNamed, type Side } from './side.ts';
import { readTomlFile } from './toml-file.ts';

/**
 * What manifests say that leads the compiler to programs, where it differs from the state before: flags and code
 * generators of profiles, and what `cargo-features` switches on. A nightly cargo obeys it, and any under
 * `RUSTC_BOOTSTRAP` (cargo's book, "Unstable Features").
 */
export function manifestSettingChanges(before: Side | undefined, after: Side): readonly BuildSetting[] {
  return differingSettings(settingsOf(before), settingsOf(after), before !== undefined, () => []);
}

function settingsOf(side: Side | undefined): ReadonlyMap<string, FoundSetting> {
  const found = new Map<string, FoundSetting>();
  for (const file of filesNamed(side, isManifest)) {
    const read = readTomlFile(side, file);
    if (read?.kind !== 'read') continue;
    for (const setting of settingsIn(read, manifestMeaning)) found.set(`${setting.key} ${file}`, setting);
  }
  return found;
}

function manifestMeaning(path: readonly string[], value: unknown): KeyMeaning | undefined {
  if (path[0] === 'profile') return meaningOf(path, value);
  return own.get(path.join('.'));
}

const own: ReadonlyMap<string, KeyMeaning> = new Map([
  ['cargo-features', { topic: 'unstable', does: 'lets the manifest use what is not stable yet' }],
  ['package.metabuild', { topic: 'program', does: 'builds these crates and runs them as build scripts' }],
]);
