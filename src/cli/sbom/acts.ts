import { closeSync, openSync, writeSync } from 'node:fs';
import packageJson from '../../../package.json' with { type: 'json' };
import { cyclonedxJsonParts } from '../../bom/cyclonedx/json.ts';
import { cyclonedxXml } from '../../bom/cyclonedx/xml.ts';
import type { Bom } from '../../bom/document.ts';
import { spdxJson } from '../../bom/spdx/json.ts';
import { cratesBom } from '../../build/sbom/crates.ts';
import type { BuildOptions } from '../shared/build-options.ts';
import { CliError } from '../shared/error.ts';
import { fileReason } from '../shared/named-file.ts';
import { openBuild } from '../shared/open-build.ts';
import { note, printable } from '../shared/terminal.ts';
import { createdAt } from './created.ts';

export interface SbomOptions extends BuildOptions {
  readonly spec: 'cyclonedx-1.7' | 'cyclonedx-1.6' | 'spdx-3.0.1';
  readonly format: 'json' | 'xml';
  readonly creator?: string;
  readonly output?: string;
}

/** Writes the SBOM of a project on this machine, to standard output or a file. */
export async function writeSbom(options: SbomOptions): Promise<void> {
  if (options.spec === 'spdx-3.0.1' && options.format === 'xml') {
    throw new CliError('cli/usage', 'SPDX 3.0.1 is written as JSON only', {
      next: 'Leave --format out, or take --spec cyclonedx-1.7.',
    });
  }
  const { project, build, resolution } = await openBuild(options);
  const bom = cratesBom({
    project,
    resolution,
    build,
    created: await createdAt(project.workspace.folder),
    creator: options.creator,
    tool: { name: 'safeguard', version: packageJson.version },
  });
  if (options.output === undefined) {
    for (const text of inPieces(documentParts(bom, options))) process.stdout.write(text);
    return;
  }
  const file = openedFor(options.output);
  try {
    for (const text of inPieces(documentParts(bom, options))) writeSync(file, text);
  } finally {
    closeSync(file);
  }
  note(`${options.output}: ${bom.components.length} crates for ${build.target}.`);
}

/** Throws `CliError('cli/file')`. */
function openedFor(output: string): number {
  try {
    return openSync(output, 'w');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const reason = code === 'ENOENT' ? 'there is no folder for it' : fileReason(cause);
    if (reason === undefined) throw cause;
    throw new CliError('cli/file', `${printable(output)}: ${printable(reason)}.`, { cause });
  }
}

function documentParts(bom: Bom, { spec, format }: SbomOptions): Iterable<string> {
  if (spec === 'spdx-3.0.1') return [spdxJson(bom)];
  const version = spec === 'cyclonedx-1.7' ? '1.7' : '1.6';
  return format === 'xml' ? [cyclonedxXml(bom, version)] : cyclonedxJsonParts(bom, version);
}

/** As much as one write takes: characters. */
const piece = 1 << 16;

/** The same text in fewer parts. */
function* inPieces(parts: Iterable<string>): Generator<string> {
  let text = '';
  for (const part of parts) {
    text += part;
    if (text.length < piece) continue;
    yield text;
    text = '';
  }
  yield text;
}
