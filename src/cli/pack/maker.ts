/** Makes a pack beside a run: `maker.ts ENTRY FOLDER`. */
import { setPriority } from 'node:os';
import { makePack } from './make.ts';

setPriority(10);
const [entry = '', folder = ''] = process.argv.slice(2);
makePack(entry, folder);
