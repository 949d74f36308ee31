import { aliasOptions } from './alias-builds.ts';
import { ciFilesOf, settingsNamed } from './ci-config.ts';
import { leavesOfTable } from './ci-settings.ts';
import { type CiValues, ciValues, isVariable } from './ci-values.ts';
import { configLevels } from './config-files.ts';
import { foldersUp, type Side } from './side.ts';

/**
 * Flags for rustc that some build of the project has, beside those that cargo is configured with in its folder: what files of CI
 * set, what aliases give to cargo, what counts where cargo is called in a folder below. Each as `RUSTFLAGS` has it.
 */
export function seenFlags(side: Side, project: string): readonly (readonly string[])[] {
  const all = [...inCi(side), ...inAliases(side), ...below(side, project)];
  return [...new Map(all.filter((each) => each.length > 0).map((each) => [each.join(' '), each])).values()];
}

function inCi(side: Side): readonly (readonly string[])[] {
  return ciFilesOf(side).flatMap(({ kind, text, settings }) => {
    const values = ciValues(kind, text);
    return settings.flatMap(({ key, value }) => (isFlags(key) ? ways(wordsOf(value), values) : []));
  });
}

function inAliases(side: Side): readonly (readonly string[])[] {
  return aliasOptions(side).flatMap(({ settings, files }) =>
    [...settings, ...files.flatMap(({ path }) => settingsNamed(side, path, 0))].flatMap(({ key, value }) =>
      isFlags(key) ? [wordsOf(value)] : [],
    ),
  );
}

/** What counts in the project's own folder is known for certain. */
function below(side: Side, named: string): readonly (readonly string[])[] {
  // Where the project lies is not known behind a link: then all of them may count.
  const project = named.startsWith('..') ? '' : named;
  const certain = new Set(foldersUp(project));
  const inside = (folder: string) => project === '' || folder.startsWith(`${project}/`);
  return [...configLevels(side).values()]
    .filter(({ folder }) => !certain.has(folder) && inside(folder))
    .flatMap(({ files }) =>
      files.flatMap(({ values }) =>
        leavesOfTable(values).flatMap(([key, value]) => (isFlags(key) ? [wordsOf(value)] : [])),
      ),
    );
}

/** `build.rustflags`, `target.*.rustflags`; those of a profile decide no cfg. */
function isFlags(key: readonly string[]): boolean {
  return key.at(-1) === 'rustflags' && key[0] !== 'profile';
}

function wordsOf(value: unknown): readonly string[] {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return texts
    .flatMap((text) => (typeof text === 'string' ? text.split(/\s+/) : []))
    .filter((word) => word !== '');
}

const mostWays = 64;
const variable = /\$\{\{[^{}]*\}\}|\{\{[^{}]*\}\}|\$\{[^{}]*\}|\$\([^()]*\)|\$\w+/;

/** The flags with each value that the file gives to their variables; of one that it does not tell, nothing is known. */
function ways(words: readonly string[], values: CiValues): readonly (readonly string[])[] {
  let all = [words.join(' ')];
  for (let found = variable.exec(all[0] ?? ''); found !== null; found = variable.exec(all[0] ?? '')) {
    const [written] = found;
    const told = values(written)?.filter((value) => !isVariable(value)) ?? [];
    all = all.flatMap((text) =>
      (told.length === 0 ? [''] : told).map((value) => text.replaceAll(written, () => value)),
    );
    if (all.length > mostWays) return [words];
  }
  return all.map(wordsOf);
}
