import { readFileSync } from 'node:fs';
import { readCase, replayCase } from '../../policy/case.ts';
import { PolicyError } from '../../policy/error.ts';
import { CliError, exit } from '../shared/error.ts';
import { print, printable } from '../shared/terminal.ts';

export interface ReplayOptions {
  readonly format: 'text' | 'json';
}

/** Judges a recorded case again and says whether the verdict is the same. */
export function replayFile(file: string, options: ReplayOptions): void {
  const recorded = readCase(readJson(file));
  if (recorded === undefined) {
    throw new CliError('cli/file', `${file} is no recorded case.`, {
      next: 'safeguard explain CRATE@VERSION --format json',
    });
  }
  const replay = judgedAgain(recorded, file);
  if (!replay.same) process.exitCode = exit.problem;
  if (options.format === 'json') {
    print(JSON.stringify(replay, null, 2));
    return;
  }
  const { crate, version } = recorded.subject;
  const outcome = replay.same ? 'the same verdict' : 'another verdict';
  print(printable(`${crate} ${version} at ${recorded.now}: ${outcome}, ${replay.verdict.decision}.`));
  for (const difference of replay.differences) print(`  ${difference}`);
}

function judgedAgain(recorded: Parameters<typeof replayCase>[0], file: string) {
  try {
    return replayCase(recorded);
  } catch (error) {
    // A recorded file can hold anything: whatever a rule makes of it, it is the file's fault.
    const what = error instanceof PolicyError ? 'policy' : 'facts';
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError('cli/file', `The ${what} in ${file} cannot be used: ${reason}`, { cause: error });
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError('cli/file', `${file} cannot be read: ${reason}`, { cause: error });
  }
}
