/** The pages, built as the launcher builds them. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** Where the built pages are. */
export const builtPages = join(root, 'web', 'dist');

/** Builds them where something of theirs changed since; one of several test files does it, the others wait. */
export function buildPages(): void {
  const script = `root=$1; node=$2; . "$root/scripts/runtime.sh"; find_pages; [ -e "$root/web/dist/index.html" ]`;
  const built = spawnSync('sh', ['-uc', script, 'sh', root, process.execPath], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the pages could not be built: ${built.stderr}`);
}
