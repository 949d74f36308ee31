import type { Position } from '../../cargo/error.ts';
import { type BuildCall, buildCall } from './cargo-builds.ts';
import { configLevels } from './config-files.ts';
import type { Side } from './side.ts';
import { asTable } from './toml-file.ts';

/** A build that an alias of cargo's configuration stands for. */
export interface AliasBuild extends Position {
  readonly file: string;
  readonly build: BuildCall;
}

/** What the aliases of a project (`[alias]`) compile of it: whoever types one builds that. */
export function aliasBuilds(side: Side): readonly AliasBuild[] {
  return [...configLevels(side).values()].flatMap(({ files }) =>
    files.flatMap(({ file, values, placeOf }) =>
      Object.entries(asTable(values.alias)).flatMap(([name, value]): readonly AliasBuild[] => {
        const words = typeof value === 'string' ? value.split(/\s+/) : Array.isArray(value) ? value : [];
        const texts = words.filter((word) => typeof word === 'string' && word !== '');
        const build = buildCall(['cargo', ...texts].map((text) => ({ text, start: 0 })));
        return build === undefined ? [] : [{ file, ...placeOf(['alias', name]), build }];
      }),
    ),
  );
}
