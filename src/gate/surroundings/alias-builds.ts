import type { Position } from '../../cargo/error.ts';
import { type BuildCall, buildCall } from './cargo-builds.ts';
import { type CiSettings, cargoOptions } from './ci-settings.ts';
import { configLevels } from './config-files.ts';
import type { ShellCommand } from './shell.ts';
import type { Side } from './side.ts';
import { asTable } from './toml-file.ts';

/** A build that an alias of cargo's configuration stands for. */
export interface AliasBuild extends Position {
  readonly file: string;
  readonly build: BuildCall;
}

/** What the aliases of a project (`[alias]`) compile of it: whoever types one builds that. */
export function aliasBuilds(side: Side): readonly AliasBuild[] {
  return aliases(side).flatMap(({ words, ...place }) => {
    const build = buildCall(words);
    return build === undefined ? [] : [{ ...place, build }];
  });
}

/** What they set for cargo. */
export function aliasOptions(side: Side): readonly Pick<CiSettings, 'settings' | 'files'>[] {
  return aliases(side).map(({ words }) => cargoOptions(words));
}

/** Each as the command that it stands for; cargo splits a text at spaces, whatever quotes are in it. */
function aliases(
  side: Side,
): readonly (Position & { readonly file: string; readonly words: ShellCommand })[] {
  return [...configLevels(side).values()].flatMap(({ files }) =>
    files.flatMap(({ file, values, placeOf }) =>
      Object.entries(asTable(values.alias)).map(([name, value]) => {
        const said = typeof value === 'string' ? value.split(/\s+/) : Array.isArray(value) ? value : [];
        const texts = said.filter((word) => typeof word === 'string' && word !== '');
        const words = ['cargo', ...texts].map((text) => ({ text, start: 0 }));
        return { file, ...placeOf(['alias', name]), words };
      }),
    ),
  );
}
