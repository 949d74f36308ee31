import { unescapedContent } from './ci-quoted.ts';
import type { Fragment } from './shell.ts';

// What a Jenkinsfile has a shell run, and sets for it (Jenkins's handbook, "Using a Jenkinsfile"): Groovy, of which only texts and
// assignments are read.

const text = /"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/y;

/** The shell text of its steps: `sh '…'`, `sh(script: '…')`, `bat`, `powershell`. Never throws. */
export function jenkinsFragments(file: string): readonly Fragment[] {
  const steps = /\b(?:(?:sh|bat|powershell|pwsh)\b\s{0,20}\(?\s{0,80}|script\s{0,20}:\s{0,80})(?=["'])/g;
  return [...file.matchAll(steps)].flatMap((step): readonly Fragment[] => {
    const start = step.index + step[0].length;
    text.lastIndex = start;
    const raw = text.exec(file)?.[0];
    return raw === undefined || isComment(file, step.index) ? [] : [{ text: unescapedContent(raw), start }];
  });
}

/** What it gives to variables: `NAME = '…'`, `env.NAME = '…'`, `withEnv(['NAME=…'])`. */
export function jenkinsVariables(
  file: string,
  add: (name: string, value: string, start: number) => void,
): void {
  const assigned =
    /\b(?:env\.)?([A-Z][A-Z0-9_]*)\s*=\s*(?:"([^"\n]*)"|'([^'\n]*)')|["']([A-Z][A-Z0-9_]*)=([^"'\n]*)["']/g;
  for (const found of file.matchAll(assigned)) {
    const [, name, double, single, listed, value] = found;
    if (isComment(file, found.index)) continue;
    add(name ?? listed ?? '', double ?? single ?? value ?? '', found.index);
  }
}

function isComment(file: string, offset: number): boolean {
  // A line that is longer in front of it is no comment, or a file that nobody wrote by hand.
  const near = file.slice(Math.max(0, offset - 400), offset);
  const line = near.slice(near.lastIndexOf('\n') + 1);
  return /^\s*(?:\/\/|\/?\*)/.test(line);
}
