import { paint, print } from '../shared/terminal.ts';
import type { Chapter, Line } from './chapter.ts';

/** Prints a chapter for a person: the time of day, who did it, what. */
export function tellChapter({ title, alone, lines, stopped }: Chapter): void {
  print();
  print(paint('bold', title));
  print(alone);
  print();
  let time: string | undefined;
  for (const line of lines) {
    print(lineText(line, time));
    time = line.at ?? time;
  }
  print();
  print(stopped ? paint('green', `${title} alone: stopped.`) : paint('red', `${title} alone: not stopped.`));
}

/** A time of day is said once, where it changes. */
function lineText({ at, kind, text }: Line, before: string | undefined): string {
  const time = at === undefined || at === before ? '     ' : at.slice(11, 16);
  switch (kind) {
    case 'attack':
      return `  ${time}  ${paint('red', text)}`;
    case 'safeguard':
      return `  ${time}  ${text}`;
    case 'reason':
      return `         · ${text}`;
    case 'code':
      return paint('dim', `         ${text}`);
  }
}
