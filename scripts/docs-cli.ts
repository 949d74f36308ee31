import { readFile, writeFile } from 'node:fs/promises';
import { buildProgram } from '../src/cli/program.ts';
import { referenceOf } from '../src/cli/reference.ts';
import { manPage } from './docs-cli-man.ts';
import { markdownPage } from './docs-cli-markdown.ts';

// Writes docs/cli.md and docs/safeguard.1 from the commands themselves; with --check it only says whether they are stale.

const program = referenceOf(await buildProgram());
const pages = [
  { file: new URL('../docs/cli.md', import.meta.url), text: markdownPage(program) },
  { file: new URL('../docs/safeguard.1', import.meta.url), text: manPage(program) },
];
for (const { file, text } of pages) {
  const name = file.pathname.split('/').slice(-2).join('/');
  if (!process.argv.includes('--check')) {
    await writeFile(file, text);
    console.log(`wrote ${name}`);
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    console.error(`${name} is stale: run node scripts/docs-cli.ts`);
    process.exitCode = 1;
  }
}
