import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { cacheFolder } from '../gate/project/cache-folder.ts';

// Compiled code is read back from a folder of this user's own: never from a shared temporary folder.
enableCompileCache(process.env.NODE_COMPILE_CACHE ?? join(cacheFolder(), 'compiled'));

const argv = process.argv.slice(2);
const entry = join(import.meta.dirname, `program${import.meta.filename.slice(-3)}`);
const packs = process.env.SAFEGUARD_PACKS;
// Imported only now, so that it is cached too.
const packed = packs ? (await import('./pack/open.ts')).openPacked(packs, entry, argv) : undefined;
const { run } = (packed ?? (await import('./program.ts'))) as typeof import('./program.ts');
await run(argv);
