import type { CargoCommand } from '../../facts/surroundings.ts';
import { type CommandSetting, type UnlockedCommand, unlockedIn } from './cargo-command.ts';
import { ciKinds } from './ci-files.ts';
import { type CiKind, fragmentsOf } from './ci-text.ts';
import { LineTable } from './line-table.ts';
import { rememberedByKind } from './remembered.ts';
import { shellCommands } from './shell.ts';
import { type Side, textOf } from './side.ts';

/** Cargo commands of CI files that resolve without a flag that locks, and stood not in the file before. */
export function commandChanges(before: Side | undefined, after: Side): readonly CargoCommand[] {
  return [...ciKinds(after)].flatMap(([file, kind]) => {
    const text = textOf(after, file);
    if (text === undefined) return [];
    const old = textOf(before, file);
    const known = count(old === undefined ? [] : unlockedCommands(kind, old));
    const lines = new LineTable(text);
    return unlockedCommands(kind, text).flatMap(
      ({ program, subcommand, locks, text: command, start }): CargoCommand[] => {
        // The same command as often as before is no news, wherever it went to.
        const left = known.get(command) ?? 0;
        known.set(command, left - 1);
        if (left > 0) return [];
        const difference = before === undefined ? 'present' : 'added';
        const after = `\`${command.length > 120 ? `${command.slice(0, 119)}…` : command}\``;
        return [
          {
            kind: 'command',
            program,
            subcommand,
            locks,
            difference,
            after,
            file,
            ...lines.positionAt(start),
          },
        ];
      },
    );
  });
}

/** The unlocked cargo commands of one file, in its order. Never throws. */
export const unlockedCommands = rememberedByKind((kind: CiKind, text: string): readonly UnlockedCommand[] => {
  if (/\bCARGO_NET_OFFLINE["']?\s*(?:[:?]?=|:)?\s*["']?true\b/.test(text)) return [];
  const setting: CommandSetting = { isLocking: (variable) => lockingNames().has(variable) };
  let names: ReadonlySet<string> | undefined;
  const lockingNames = () => {
    names ??= namesWithFlag(text);
    return names;
  };
  return fragmentsOf(kind, text)
    .flatMap(({ text: shell, start }) => shellCommands(shell, start))
    .flatMap((command) => unlockedIn(command, setting))
    .sort((a, b) => a.start - b.start);
}, 'unlocked-commands');

/** Variables, keys of a matrix and the like that a line with a locking flag gives a value to. */
function namesWithFlag(text: string): ReadonlySet<string> {
  const lines = text.split('\n').filter((line) => /--(?:locked|frozen|offline)\b/.test(line));
  const names = lines.flatMap((line) =>
    [...line.matchAll(/([A-Za-z_][\w-]*)["']?\s*(?:[:?+]?=|:(?!=))/g)].map(([, name = '']) => name),
  );
  return new Set(names);
}

function count(commands: readonly UnlockedCommand[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of commands) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
