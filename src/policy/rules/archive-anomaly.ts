import { z } from 'zod';
import type { ArchiveSize, ContentsFact, PreviousRelease } from '../../facts/archive-contents/contents.ts';
import { isUnread } from '../../facts/base.ts';
import { leastGrown } from '../compared.ts';
import { type EffectSetting, effectSetting } from '../effect-setting.ts';
import type { Evidence } from '../finding.ts';
import { defineRule, type RuleFinding } from '../rule.ts';
import { readNext, unknownFinding, unknownSetting } from '../unknown.ts';

const schema = z.strictObject({
  manifest: effectSetting('review').describe(
    'Cargo.toml says something that cargo cannot have made of Cargo.toml.orig.',
  ),
  'odd-names': effectSetting('review').describe('File names that read differently from what they are.'),
  'missing-build-script': effectSetting('warn').describe(
    'The manifest names a build script that is not there.',
  ),
  'broken-vcs-info': effectSetting('warn').describe('A .cargo_vcs_info.json that cargo did not write.'),
  dirty: effectSetting('allow').describe('Packed with changes that its commit does not have.'),
  'no-vcs-info': effectSetting('allow').describe('Packed outside a repository.'),
  'first-build-code': effectSetting('warn').describe(
    'A build script or procedural macro that the release before it did not have.',
  ),
  growth: effectSetting('warn').describe('Much larger than the release before it.'),
  'growth-factor': z
    .number()
    .min(1.5)
    .default(5)
    .describe('How many times larger is much.')
    .meta({ stricter: 'smaller' }),
  'growth-floor': z
    .int()
    .min(0)
    .default(1024 * 1024)
    .describe(
      `Growth by fewer bytes than this, unpacked, is never much; nor is that of a release of fewer than ${leastGrown}.`,
    )
    .meta({ stricter: 'smaller' }),
  unknown: unknownSetting,
});

/** What no honest `cargo publish` leaves behind, or what a person would want to know. */
export const archiveAnomaly = defineRule({
  id: 'archive-anomaly',
  doc:
    'Compares an archive with what `cargo publish` would have packed. A Cargo.toml whose name, version or dependencies ' +
    'are not those of the author’s own Cargo.toml.orig was changed by hand after packing, and asks for a review, as do ' +
    'file names made to be misread; in 5,073 releases that were looked at there is neither. A first build ' +
    'script, a large jump in size and a broken .cargo_vcs_info.json are warnings; where the release before it cannot be had, ' +
    'what that would tell is not known (`unknown`). That a release was packed from a ' +
    'dirty working copy (15 in 1,000) or outside a repository (25 in 1,000) is too common to mention unless the policy ' +
    'asks. The commit that a release names is its publisher’s claim, and nothing here takes it for a proof.',
  section: 'archive-anomaly',
  settings: schema,
  contexts: ['release', 'change'],
  needs: ['contents'],
  evaluate({ facts, settings }) {
    if (facts.contents.kind === 'unknown') {
      return [
        {
          effect: 'hold',
          message: `What its archive holds is unknown: ${facts.contents.reason}.`,
          next: readNext(facts.contents),
        },
      ];
    }
    const contents = facts.contents.value;
    const { size } = contents;
    const previous = isUnread(contents.previous) ? undefined : contents.previous;
    const grown =
      previous !== undefined && grewMuch(size, previous, settings['growth-factor'], settings['growth-floor']);
    const first = previous === undefined ? undefined : firstBuildCode(contents, previous);
    return [
      ...(Array.isArray(contents.manifest) ? contents.manifest : []).flatMap((difference: string) =>
        finding(settings.manifest, `Its Cargo.toml is not what its author wrote: ${difference}.`, {
          file: 'Cargo.toml',
        }),
      ),
      ...contents.oddNames.flatMap((path) =>
        finding(
          settings['odd-names'],
          `Its file ${JSON.stringify(path)} reads differently from what it is.`,
          {
            file: path,
            values: { escaped: escaped(path) },
          },
        ),
      ),
      ...(contents.buildScriptMissing
        ? finding(
            settings['missing-build-script'],
            `Its manifest names the build script ${contents.buildScript ?? ''}, which is not there.`,
            { file: 'Cargo.toml' },
          )
        : []),
      ...vcsFinding(contents, settings),
      ...uncompared(contents, settings),
      ...(first === undefined
        ? []
        : finding(settings['first-build-code'], `${first}, which ${previous?.version ?? ''} had not.`, {
            file: contents.buildScript ?? 'Cargo.toml',
          })),
      ...(grown
        ? finding(
            settings.growth,
            `It unpacks to ${size.unpacked} bytes, ${previous.version} to ${previous.size.unpacked}.`,
            { values: { now: String(size.unpacked), before: String(previous.size.unpacked) } },
          )
        : []),
    ];
  },
});

function finding(effect: EffectSetting, message: string, evidence: Evidence): RuleFinding[] {
  if (effect === 'allow') return [];
  return [
    { effect, message, evidence, next: 'Compare it with its repository and with the release before it.' },
  ];
}

function vcsFinding(
  { vcs }: ContentsFact,
  effects: Readonly<Record<'dirty' | 'no-vcs-info' | 'broken-vcs-info', EffectSetting>>,
): RuleFinding[] {
  const at = { file: '.cargo_vcs_info.json' };
  if (vcs === 'absent') return finding(effects['no-vcs-info'], 'It was packed outside a repository.', {});
  if (vcs === 'broken')
    return finding(effects['broken-vcs-info'], 'Its .cargo_vcs_info.json is not one that cargo writes.', at);
  return vcs.dirty
    ? finding(
        effects.dirty,
        `It was packed with changes that commit ${vcs.commit || '(none)'} does not have.`,
        at,
      )
    : [];
}

function grewMuch(now: ArchiveSize, { size }: PreviousRelease, factor: number, floor: number): boolean {
  const isLarge = now.unpacked >= leastGrown && now.unpacked - size.unpacked >= floor;
  return isLarge && now.unpacked >= size.unpacked * factor;
}

function firstBuildCode(
  { buildScript, procMacro }: ContentsFact,
  previous: PreviousRelease,
): string | undefined {
  if (buildScript !== undefined && !previous.buildScript) return `It has a build script, ${buildScript}`;
  return procMacro && !previous.procMacro ? 'It is a procedural macro' : undefined;
}

/** What is not known where there is nothing to compare with, though something could be found. */
function uncompared({ previous }: ContentsFact, settings: z.output<typeof schema>): readonly RuleFinding[] {
  if (!isUnread(previous)) return [];
  if (settings['first-build-code'] === 'allow' && settings.growth === 'allow') return [];
  return unknownFinding(
    settings.unknown,
    `What ${previous.version}, the release before it, held`,
    previous.unread,
    'Nothing to do: that release is asked for again.',
  );
}

function escaped(path: string): string {
  return path.replace(
    /[^\x20-\x7e]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
