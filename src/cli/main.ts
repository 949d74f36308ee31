import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

// Compiled code is read back from a folder of this user's own: never from a shared temporary folder.
enableCompileCache(
  process.env.NODE_COMPILE_CACHE ??
    join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'safeguard', 'compiled'),
);

// Imported only now, so that it is cached too.
const { run } = await import('./program.ts');
await run(process.argv.slice(2));
