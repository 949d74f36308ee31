import { z } from 'zod';
import type { BinaryFile, ContentsFact, ScriptFile } from '../../facts/archive-contents/contents.ts';
import { crateSpec, isAbout } from '../crate-spec.ts';
import { type EffectSetting, effectSetting } from '../effect-setting.ts';
import { defineRule, type RuleFinding } from '../rule.ts';
import { readNext } from '../unknown.ts';

const settings = z.strictObject({
  'executables-at-build': effectSetting('warn').describe(
    'A program in a crate that runs code while it is built (a build script, a procedural macro).',
  ),
  executables: effectSetting('warn').describe('A program in any other crate.'),
  linkable: effectSetting('warn').describe('Object files and static libraries: code that nobody can read.'),
  'archives-at-build': effectSetting('warn').describe(
    'Archives in a crate that runs code while it is built.',
  ),
  archives: effectSetting('allow').describe('Archives in any other crate: most are test data.'),
  'scripts-at-build': effectSetting('allow').describe(
    'Interpreted scripts in a crate that runs code while it is built.',
  ),
  scripts: effectSetting('allow').describe('Interpreted scripts in any other crate.'),
  allow: z
    .array(
      z.strictObject({
        ...crateSpec,
        path: z.string().min(1).describe('The file, below the crate’s folder.'),
        sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits'),
      }),
    )
    .default([])
    .describe('Files that a person has looked at.')
    .meta({ stricter: 'intersection' }),
});

/** Code that is not source. */
export const binaries = defineRule({
  id: 'binaries',
  doc:
    'Finds what cannot be read as source: programs, object files, libraries, archives and scripts, told by their ' +
    'content, whatever their names say. A program in a crate that runs code while it is built is ' +
    'where a payload would wait; but some much used crates carry one among their tests, so that by default it is a ' +
    'warning, and `executables-at-build = "review"` asks for a person. Import libraries and prebuilt objects of ' +
    'well-known crates are common, so they are warned of and never stop anything; scripts and test archives are not mentioned at all ' +
    'unless the policy asks. A file that was looked at is accepted by its digest, for as long as it stays the same.',
  section: 'binaries',
  settings,
  contexts: ['release', 'change'],
  needs: ['contents'],
  evaluate({ facts, subject, settings }) {
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
    const accepted = settings.allow.filter((entry) => isAbout(entry, subject));
    const isNew = ({ path, sha256 }: { path: string; sha256: string }) =>
      !accepted.some((entry) => entry.path === path && entry.sha256 === sha256);
    const why = atBuild(contents);
    const ofClass = (wanted: BinaryFile['kind']['class']) =>
      contents.binaries.filter((file) => file.kind.class === wanted && isNew(file));
    const groups: readonly Group[] = [
      {
        what: 'program',
        files: ofClass('executable').filter(runsByItself).map(binary),
        effect: why === undefined ? settings.executables : settings['executables-at-build'],
      },
      {
        what: 'program for a virtual machine',
        files: ofClass('executable')
          .filter((file) => !runsByItself(file))
          .map(binary),
        effect: settings.executables,
      },
      { what: 'object file or library', files: ofClass('linkable').map(binary), effect: settings.linkable },
      {
        what: 'archive',
        files: ofClass('archive').map(binary),
        effect: why === undefined ? settings.archives : settings['archives-at-build'],
      },
      {
        what: 'script',
        files: contents.scripts.filter(isNew).map(script),
        effect: why === undefined ? settings.scripts : settings['scripts-at-build'],
      },
    ];
    return groups.flatMap((group) => finding(group, why, contents.unlisted));
  },
});

interface Group {
  readonly what: string;
  readonly files: readonly Named[];
  readonly effect: EffectSetting;
}

interface Named {
  readonly path: string;
  readonly sha256: string;
  readonly format: string;
}

function finding({ what, files, effect }: Group, why: string | undefined, unlisted: number): RuleFinding[] {
  const [first] = files;
  if (first === undefined || effect === 'allow') return [];
  const more = files.length + unlisted - 1;
  const others = more === 0 ? '' : ` and ${more} more`;
  return [
    {
      effect,
      message: `It holds ${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what}, ${first.path} (${first.format})${others}${why === undefined ? '' : `, and ${why}`}.`,
      evidence: {
        file: first.path,
        values: Object.fromEntries(files.slice(0, 20).map(({ path, sha256 }) => [path, sha256])),
      },
      next: 'Look at what uses it; a file that is as it should be goes into `allow` of [binaries] with its digest.',
    },
  ];
}

/** WebAssembly, byte code and the like do nothing until something is there to run them. */
function runsByItself({ kind }: BinaryFile): boolean {
  return ['elf', 'mach-o', 'pe', 'dos'].includes(kind.format);
}

function atBuild({ buildScript, procMacro }: ContentsFact): string | undefined {
  if (buildScript !== undefined) return `runs ${buildScript} while it is built`;
  return procMacro ? 'runs in the compiler as a procedural macro' : undefined;
}

function binary({ path, sha256, kind }: BinaryFile): Named {
  return { path, sha256, format: kind.format };
}

function script({ path, sha256, interpreter }: ScriptFile): Named {
  return { path, sha256, format: interpreter };
}
