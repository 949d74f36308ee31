import { z } from 'zod';
import { differenceEvidence } from '../difference.ts';
import { effectSetting } from '../effect-setting.ts';
import { defineRule, type RuleFinding } from '../rule.ts';
import { unknownProject } from '../unknown.ts';

const settings = z.strictObject({
  commands: effectSetting('warn').describe(
    'A cargo command that resolves without `--locked`, `--frozen` or `--offline`.',
  ),
  install: effectSetting('warn').describe('`cargo install` without `--locked`: it ignores every lockfile.'),
  update: effectSetting('warn').describe(
    '`cargo update`, `generate-lockfile` and `add`: they take the newest releases.',
  ),
});

/** Cargo commands in CI that may take other releases than the lockfile names. */
export const unlockedCommands = defineRule({
  id: 'unlocked-commands',
  doc:
    'Names the cargo commands, and those of programs that run cargo (maturin, wasm-pack, tauri, trunk), in CI files (workflows, composite actions, pipelines of GitLab, CircleCI, Azure, Bitbucket, Travis, Buildkite, Woodpecker, Cirrus and Jenkins, Dockerfiles, Makefiles, ' +
    'justfiles, cargo-make’s Makefile.toml, Cross.toml, cibuildwheel’s settings, shell scripts of CI folders, and the scripts and files that any of them names) that resolve without `--locked`. Where the lockfile does not fit the manifests, they ' +
    'take the newest release that fits and say nothing: what is built is then not what was judged.',
  section: 'unlocked-commands',
  settings,
  contexts: ['project'],
  needs: ['surroundings'],
  evaluate({ facts, settings }) {
    if (facts.surroundings.kind === 'unknown') return unknownProject(facts.surroundings.reason);
    return facts.surroundings.value.items.flatMap((item): readonly RuleFinding[] => {
      if (item.kind !== 'command' || item.difference === 'removed') return [];
      const isInstall = item.subcommand === 'install';
      const effect =
        item.locks === 'never' ? settings.update : isInstall ? settings.install : settings.commands;
      if (effect === 'allow') return [];
      const command = `\`${item.program} ${item.subcommand}\``;
      return [
        {
          effect,
          message:
            item.locks === 'never'
              ? `${command} takes the newest releases, whatever the lockfile says.`
              : isInstall
                ? `${command} without \`--locked\` ignores the lockfile and takes the newest releases.`
                : `${command} without \`--locked\` takes other releases where the lockfile does not fit.`,
          evidence: differenceEvidence(item),
          next:
            item.locks === 'never'
              ? 'Commit the lockfile instead, and build with `--locked`.'
              : `Add \`${item.locks === 'behind-dashes' ? '-- --locked' : '--locked'}\` to the command.`,
        },
      ];
    });
  },
});
