import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { findServer } from '../shared/address.ts';
import { ask, queryText } from '../shared/api.ts';
import { note, print, printable } from '../shared/terminal.ts';
import type { ExportVexOptions } from './acts.ts';

/** Writes the statements that hold as one document, as the server has it. */
export async function exportVex(options: ExportVexOptions): Promise<void> {
  const server = await findServer(options);
  const { as, author, advisory, crate, project, target, name, product, output } = options;
  const path = `/api/v1/vex/document${queryText({ format: as, author, advisory, crate, project, target, name, product })}`;
  const { json } = await ask(server, { path, acts: true }, z.looseObject({}));
  const text = JSON.stringify(json, null, 2);
  if (output === undefined) return print(text);
  await writeFile(output, `${text}\n`);
  note(`Written: ${printable(output)}`);
}
