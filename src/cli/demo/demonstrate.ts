import { exit } from '../shared/error.ts';
import { paint, print } from '../shared/terminal.ts';
import type { Chapter } from './chapter.ts';
import { gateChapter } from './gate.ts';
import { mirrorChapter } from './mirror.ts';
import { reviewChapter } from './review.ts';
import { type DemoStage, demoStage } from './stage.ts';
import { tellChapter } from './tell.ts';

const chapters: readonly ((stage: DemoStage) => Promise<Chapter>)[] = [
  mirrorChapter,
  gateChapter,
  reviewChapter,
];

/** Plays every chapter on a stage of its own, and tells it. Exits with a problem where a layer let the attack through. */
export async function demonstrate(format: 'text' | 'json'): Promise<void> {
  if (format === 'text') introduce();
  const told: Chapter[] = [];
  for (const play of chapters) {
    const stage = await demoStage();
    try {
      const chapter = await play(stage);
      told.push(chapter);
      if (format === 'text') tellChapter(chapter);
    } finally {
      await stage.close();
    }
  }
  const stopped = told.every((chapter) => chapter.stopped);
  if (format === 'json') print(JSON.stringify({ stopped, chapters: told }, null, 2));
  else conclude();
  process.exitCode = stopped ? exit.ok : exit.problem;
}

function introduce(): void {
  print(paint('bold', 'The attack of 2026-08-20, replayed'));
  print(
    'Somebody took over the account behind arrayref and append-only-vec, and published a new crate, proc-macro1, whose',
  );
  print(
    'build script downloaded and ran a program on every machine that compiled them. All of it is played with stand-ins,',
  );
  print('on this machine alone; times are UTC.');
}

function conclude(): void {
  print();
  print('Next, on a project of yours:');
  print();
  print(`    ${paint('bold', 'safeguard check')}              what is in its Cargo.lock`);
  print(`    ${paint('bold', 'safeguard review --pending')}   what of that runs while it is built`);
}
