import { NameFilter, NameLists } from '../../name-filter.ts';
import { beginning, conditions } from './syntax.ts';
import {
  asking,
  beside,
  building,
  components,
  cutting,
  homes,
  joining,
  listing,
  naming,
  plain,
  rising,
  saying,
  temps,
  toolFinders,
  variableReaders,
  words,
} from './words.ts';

/** Lists that have names which are passed over, looked into or end something; a bit for each, in the order of `listsOf`. */
export const list = {
  beginning: 1,
  conditions: 2,
  saying: 4,
  asking: 8,
  words: 16,
  variableReaders: 32,
  building: 64,
  ofPaths: 128,
  known: 256,
  plain: 512,
  listing: 1024,
} as const;
export const listsOf = new NameLists([
  beginning,
  conditions,
  saying,
  asking,
  words,
  variableReaders,
  building,
  new Set([...rising.keys(), 'ancestors', ...cutting, ...joining, ...beside]),
  new Set([...homes, ...temps, ...components, 'WalkDir', 'current_dir', 'current_exe']),
  plain,
  listing,
]);
/** Methods that what stands before them is passed over for. */
export const ending = new NameFilter(new Set([...naming, ...toolFinders]));
