import { execFile } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { z } from 'zod';
import type { DemoStage } from './stage.ts';

const run = promisify(execFile);

/** What a person would run in a folder, and read as JSON; nothing is kept in the user's caches. */
export async function askSafeguard<Schema extends z.ZodType>(
  args: readonly string[],
  cwd: string,
  { folder }: DemoStage,
  schema: Schema,
): Promise<z.output<Schema>> {
  const program = process.argv[1] ?? '';
  const { SAFEGUARD_SERVER: _, ...own } = process.env;
  const env = {
    ...own,
    XDG_CACHE_HOME: join(folder, 'cache'),
    CARGO_HOME: join(folder, 'cargo-home'),
    NODE_COMPILE_CACHE: getCompileCacheDir(),
  };
  const asked = run(process.execPath, [program, ...args, '--format', 'json'], { cwd, env });
  // A verdict that does not let it in is an exit code too.
  const { stdout } = await asked.catch((error: { readonly stdout?: string }) => {
    if (error.stdout?.startsWith('{') !== true) throw error;
    return { stdout: error.stdout };
  });
  return schema.parse(JSON.parse(stdout));
}
