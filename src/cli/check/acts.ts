import packageJson from '../../../package.json' with { type: 'json' };
import type { GateVerdict } from '../../gate/change.ts';
import { githubLines } from '../../gate/report/github.ts';
import { markdownLines } from '../../gate/report/markdown.ts';
import type { ReportAbout } from '../../gate/report/plain.ts';
import { sarifOf } from '../../gate/report/sarif.ts';
import { terminalLines } from '../../gate/report/terminal.ts';
import type { Decision } from '../../policy/effect.ts';
import { type ExitCode, exit } from '../shared/error.ts';
import { note, paint, print, printable } from '../shared/terminal.ts';
import { explainRule } from './explain.ts';
import { type JudgeOptions, judgeProject } from './judge.ts';
import { commitsOf, keepVerdict, serverToKeep } from './keep.ts';
import { mirrorHint } from './mirror-hint.ts';

export interface CheckOptions extends JudgeOptions {
  readonly format: 'text' | 'json' | 'markdown' | 'sarif' | 'github';
  readonly explain?: string;
  readonly all?: boolean;
  readonly keep?: string;
  readonly headCommit?: string;
}

export const exits: Readonly<Record<Decision, ExitCode>> = {
  allow: exit.ok,
  hold: exit.waiting,
  review: exit.waiting,
  deny: exit.problem,
};

/** Judges the project's lockfile, or what a change makes of it, and prints the verdict. */
export async function checkProject(options: CheckOptions): Promise<void> {
  const { keep, headCommit } = options;
  const server = keep === undefined ? undefined : serverToKeep(options);
  const { verdict, place, files, comparedWith, policies, texts } = await judgeProject(options);
  const about: ReportAbout = {
    file: files.join(', '),
    comparedWith,
    all: options.all,
    width: process.stdout.isTTY ? process.stdout.columns : undefined,
    now: Date.now(),
  };
  const lines =
    options.explain === undefined
      ? linesOf(verdict, about, options.format)
      : explainRule(options.explain, verdict, policies, place.folder);
  for (const line of lines) print(line);
  // A denial is for nobody to decide on.
  const waits = verdict.verdict === 'review' || verdict.verdict === 'hold';
  const hint = waits && options.format === 'text' ? await mirrorHint(place.folder, options) : undefined;
  if (hint !== undefined) note(`Note: ${printable(hint)}.`);
  if (keep !== undefined && server !== undefined) {
    const compared = comparedWith !== undefined;
    const commits = await commitsOf(place.folder, headCommit);
    await keepVerdict(server, {
      name: keep,
      file: about.file,
      compared,
      report: verdict,
      ...texts,
      ...commits,
    });
  }
  process.exitCode = exits[verdict.verdict];
}

function linesOf(
  verdict: GateVerdict,
  about: ReportAbout,
  format: CheckOptions['format'],
): readonly string[] {
  switch (format) {
    case 'text':
      return terminalLines(verdict, about, paint);
    case 'json':
      return [JSON.stringify(verdict, null, 2)];
    case 'markdown':
      return markdownLines(verdict, about);
    case 'sarif': {
      const isCompared = about.comparedWith !== undefined;
      return [JSON.stringify(sarifOf(verdict, packageJson.version, isCompared), null, 2)];
    }
    case 'github':
      return githubLines(verdict);
  }
}
