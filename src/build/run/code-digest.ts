import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { GateError } from '../../gate/error.ts';
import { diskFiles } from '../../gate/project/files.ts';
import { folderSource } from '../../gate/review/release-source.ts';
import { reviewPackage } from '../../rust/package-review.ts';
import type { RecordedActor } from '../record/act.ts';
import { isBelow } from './layout.ts';

/**
 * The digest that a policy binds what it allows to: SHA-256 (hex) over the digests that an approval has, of the code
 * and of the files beside it that it can run or hand on. `undefined` where it cannot be read: then nothing can be
 * allowed. `apart` are whole paths of what is no part of a package, wherever it lies: results, policies.
 */
export function codeDigest(
  folder: string,
  kind: RecordedActor['kind'],
  apart: readonly string[],
): string | undefined {
  try {
    const source = folderSource(folder, diskFiles);
    const isPart = (path: string) => !apart.some((one) => isBelow(join(folder, path), one));
    const all = source.all && { ...source.all, paths: source.all.paths.filter(isPart) };
    const review = reviewPackage(all === undefined ? source : { ...source, all });
    const code = kind === 'build-script' ? review.buildScript : review.macros;
    if (code === undefined) return undefined;
    return createHash('sha256').update(`${kind} ${code.tokens} ${code.inputs.digest}`).digest('hex');
  } catch (error) {
    if (error instanceof GateError) return undefined;
    throw error;
  }
}
