import { z } from 'zod';
import type { BuildSetting, BuiltTarget, SettingTopic, UnreadableFile } from '../../facts/surroundings.ts';
import { differenceEvidence, sayDifference } from '../difference.ts';
import { effectSetting } from '../effect-setting.ts';
import { registryAddress } from '../names.ts';
import { defineRule, type RuleFinding } from '../rule.ts';
import { unknownProject } from '../unknown.ts';

const settings = z.strictObject({
  mirrors: z
    .array(registryAddress)
    .default([])
    .describe('Index addresses that crates.io may be replaced by, as `.cargo/config.toml` writes them.')
    .meta({ stricter: 'intersection' }),
  sources: effectSetting('review').describe('`[source]` takes crates from elsewhere than `mirrors`.'),
  'path-overrides': effectSetting('review').describe('`paths` puts folders in place of crates.'),
  lockfiles: effectSetting('review').describe(
    '`resolver.lockfile-path` has cargo go by another lockfile, from cargo 1.97 on.',
  ),
  programs: effectSetting('review').describe(
    'Another rustc, a wrapper, a linker, a runner: programs that a build then runs; also named in flags.',
  ),
  flags: effectSetting('warn').describe(
    'Flags for rustc and rustdoc, and answers in place of build scripts.',
  ),
  environment: effectSetting('review').describe(
    '`[env]` sets what makes programs run others or find other files: PATH, RUSTFLAGS, CC and their kind.',
  ),
  registries: effectSetting('review').describe('Addresses of registries, and which is the default.'),
  credentials: effectSetting('review').describe(
    'Programs that hand out tokens, and tokens in the repository.',
  ),
  network: effectSetting('review').describe(
    'A proxy, a CA file, TLS versions, revocation checks, known hosts.',
  ),
  'git-client': effectSetting('warn').describe(
    'The git program in place of cargo’s own (`git-fetch-with-cli`).',
  ),
  unstable: effectSetting('warn').describe('Unstable features of cargo.'),
  aliases: effectSetting('warn').describe('An alias that takes the name of another cargo command.'),
  targets: effectSetting('review').describe(
    'A target that configuration or CI builds for and `[gate] targets` do not name, where they name any.',
  ),
  unreadable: effectSetting('review').describe('A file that would decide a build and cannot be read.'),
});

type Settings = z.output<typeof settings>;

/** What cargo's configuration in the repository does to a build. */
export const buildSettings = defineRule({
  id: 'build-settings',
  doc:
    'Asks for a review where cargo’s configuration in a repository (`.cargo/config.toml`, at any depth, and what it ' +
    'includes) changes what a build is made of or runs: where crates come from, which compiler, wrapper, linker or ' +
    'runner is run, what stands in the environment, which registries and credentials count. What CI sets so by ' +
    'variables (`RUSTFLAGS`, `CARGO_…`) or by `--config` counts as if it stood there, and so do flags and code generators in profiles ' +
    'of a manifest, and what it switches on by `cargo-features`. Cargo obeys such a file ' +
    'without a word, so one line of a pull request can run a program or lead past the mirror. Addresses in `mirrors` ' +
    'are as expected. Where `[gate] targets` say what the project is built for, whatever else configuration or CI builds for ' +
    'is named, since what only that target needs is ruled out.',
  section: 'build-settings',
  settings,
  contexts: ['project'],
  needs: ['surroundings'],
  evaluate({ facts, settings }) {
    if (facts.surroundings.kind === 'unknown') return unknownProject(facts.surroundings.reason);
    return facts.surroundings.value.items.flatMap((item): readonly RuleFinding[] => {
      if (item.kind === 'unreadable') return unreadable(item, settings);
      if (item.kind === 'target') return target(item, settings);
      return item.kind === 'setting' ? setting(item, settings) : [];
    });
  },
});

const effects: Readonly<Record<SettingTopic, Exclude<keyof Settings, 'mirrors' | 'targets' | 'unreadable'>>> =
  {
    source: 'sources',
    'path-override': 'path-overrides',
    lockfile: 'lockfiles',
    program: 'programs',
    flags: 'flags',
    environment: 'environment',
    registry: 'registries',
    credentials: 'credentials',
    network: 'network',
    'git-client': 'git-client',
    unstable: 'unstable',
    alias: 'aliases',
  };

function setting(item: BuildSetting, settings: Settings): readonly RuleFinding[] {
  const effect = settings[effects[item.topic]];
  const isMirror = (index: string | undefined) => index !== undefined && isOneOf(settings.mirrors, index);
  if (effect === 'allow' || isMirror(item.index)) return [];
  // Back to the default is no risk by itself, but for a source: then the mirror is passed by.
  if (item.difference === 'removed' && item.topic !== 'source') return [];
  const left = isMirror(item.indexBefore) ? ' That leads past the mirror.' : '';
  const covered = item.covers.length === 0 ? '' : ` It goes before the one in ${item.covers.join(', ')}.`;
  return [
    {
      effect,
      message: `\`${item.key}\` ${sayDifference(item)}; cargo ${item.does}.${left}${covered}`,
      evidence: differenceEvidence(item),
      next:
        item.difference === 'removed'
          ? `Put the line back, or waive \`build-settings\` for \`${item.file}\` in the policy, with the reason.`
          : item.topic === 'source'
            ? `Take it out, add the address to \`mirrors\` of [build-settings], or waive \`build-settings\` for \`${item.file}\` in the policy, with the reason.`
            : `Take it out, or waive \`build-settings\` for \`${item.file}\` in the policy, with the reason.`,
    },
  ];
}

function target(item: BuiltTarget, settings: Settings): readonly RuleFinding[] {
  if (settings.targets === 'allow') return [];
  const { file, line, column, by, target } = item;
  const waive = `waive \`build-settings\` for \`${file}\` in the policy, with the reason`;
  return [
    {
      effect: settings.targets,
      message:
        target === undefined
          ? `What \`${by}\` builds for cannot be told from the file; what only a target needs that \`[gate] targets\` do not name is ruled out.`
          : `It builds for ${target} (\`${by}\`), which \`[gate] targets\` do not name: what only that target needs is ruled out.`,
      evidence: { file, line, column, ...(target === undefined ? {} : { values: { target } }) },
      next:
        target === undefined
          ? `Name in \`targets\` of [gate] all that it may be, and ${waive}.`
          : `Add \`"${target}"\` to \`targets\` of [gate], or ${waive}.`,
    },
  ];
}

function unreadable(item: UnreadableFile, settings: Settings): readonly RuleFinding[] {
  if (settings.unreadable === 'allow') return [];
  const { file, line, column, reason } = item;
  return [
    {
      effect: settings.unreadable,
      message: `It decides the build and cannot be read: ${reason}.`,
      evidence: { file, line, column },
      next: 'Mend the file, or take it out.',
    },
  ];
}

function isOneOf(mirrors: readonly string[], index: string): boolean {
  return mirrors.some((mirror) => plain(mirror) === plain(index));
}

/** Equal for addresses that differ in nothing that counts. */
function plain(index: string): string {
  const address = index.replace(/^(?:sparse|registry)\+/, '');
  return (URL.parse(address)?.href ?? address).replace(/\/+$/, '');
}
