import { targetTriples } from '../../cargo/cfg/target.ts';
import type { BuiltTarget } from '../../facts/surroundings.ts';
import { aliasBuilds } from './alias-builds.ts';
import { ciFilesOf } from './ci-config.ts';
import { runnerHosts } from './ci-runners.ts';
import { ciValues, isVariable } from './ci-values.ts';
import { configLevels } from './config-files.ts';
import { LineTable } from './line-table.ts';
import type { Side } from './side.ts';
import { asTable } from './toml-file.ts';

/**
 * What the project is built for by its configuration and by CI, each target once a file. Those that the state before had
 * are there, too: whether they are as expected is the policy's to say, which may have changed.
 */
export function builtTargets(before: Side | undefined, after: Side): readonly BuiltTarget[] {
  const old = new Set((before === undefined ? [] : targetsOf(before)).map(idOf));
  const found = targetsOf(after).map((one) => ({
    ...one,
    difference: before === undefined || old.has(idOf(one)) ? ('present' as const) : ('added' as const),
  }));
  return [...new Map(found.toReversed().map((one) => [idOf(one), one])).values()].toReversed();
}

/** A triple that CI or an alias builds for. */
export interface CiTarget {
  readonly triple: string;
  /** Whether it is that of the machine that builds, and cargo is told of none. */
  readonly isPlain: boolean;
}

/** The targets that CI and aliases build for, before or after; what is not known is left out, as are JSON files. */
export function ciTargets(before: Side | undefined, after: Side): readonly CiTarget[] {
  const known = new Set(targetTriples());
  const found = new Map<string, CiTarget>();
  for (const side of [after, ...(before === undefined ? [] : [before])]) {
    const add = (isPlain: boolean, { target }: Found) => {
      if (target === undefined || !known.has(target) || found.has(target)) return;
      found.set(target, { triple: target, isPlain });
    };
    for (const one of [...inAliases(side), ...inCi(side)]) add(false, one);
    for (const one of hostsIn(side)) add(true, one);
  }
  return [...found.values()];
}

type Found = Omit<BuiltTarget, 'difference'>;

function idOf({ file, target, by }: Found): string {
  return JSON.stringify([file, target ?? by]);
}

function targetsOf(side: Side): readonly Found[] {
  return [...configured(side), ...inAliases(side), ...inCi(side), ...hostsIn(side)];
}

function inAliases(side: Side): readonly Found[] {
  return aliasBuilds(side).flatMap(({ file, line, column, build }) =>
    build.targets.map(
      ({ text }): Found => ({ kind: 'target', file, line, column, by: '--target', target: text }),
    ),
  );
}

function configured(side: Side): readonly Found[] {
  return [...configLevels(side).values()].flatMap(({ files }) =>
    files.flatMap(({ file, values, placeOf }) => {
      const place = { file, ...placeOf(['build', 'target']) };
      return textsIn(asTable(values.build).target).map(
        (target): Found => ({ kind: 'target', ...place, by: 'build.target', target }),
      );
    }),
  );
}

function inCi(side: Side): readonly Found[] {
  return ciFilesOf(side).flatMap(({ file, kind, text, settings }) => {
    const lines = new LineTable(text);
    const valuesOf = ciValues(kind, text);
    return settings.flatMap(({ key, value, name, start, at }): readonly Found[] => {
      if (key.join('.') !== 'build.target') return [];
      const place = at ?? { file, ...lines.positionAt(start) };
      return textsIn(value).flatMap((written): readonly Found[] => {
        const by = name === '--target' ? `--target ${written}` : `${name}=${written}`;
        const isNamed = isVariable(written);
        // A matrix may have other things under the same name.
        const values = valuesOf(written)?.filter((each) => !isNamed || isTarget(each));
        if (values === undefined || values.length === 0)
          return [{ kind: 'target', ...place, by, target: undefined }];
        return values.map((target) => ({ kind: 'target', ...place, by: isNamed ? by : name, target }));
      });
    });
  });
}

/** Where no target is named, by configuration neither, what is built is for the machine that builds it. */
function hostsIn(side: Side): readonly Found[] {
  if (configured(side).some(({ file }) => file.startsWith('.cargo/'))) return [];
  return ciFilesOf(side).flatMap(({ file, kind, text, settings, builds }) => {
    if (kind !== 'github' || builds.length === 0) return [];
    const lines = new LineTable(text);
    return runnerHosts(text, settings).map(({ runner, target, start }): Found => {
      return { kind: 'target', file, ...lines.positionAt(start), by: `runs-on: ${runner}`, target };
    });
  });
}

function isTarget(text: string): boolean {
  return text.endsWith('.json') || targetTriples().includes(text);
}

/** Texts of a value that is one or a list of them; the machine that builds is no target of its own. */
function textsIn(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all
    .filter((each) => typeof each === 'string')
    .filter((each) => each !== '' && each !== 'host-tuple');
}
