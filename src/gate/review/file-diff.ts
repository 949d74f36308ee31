import { createPatch } from 'diff';
import type { InputFile } from '../../rust/inputs/inputs.ts';
import type { PackageSource } from '../../rust/package-source.ts';
import type { ItemChange } from './code-diff.ts';

/** Longer files are compared by their size and digest alone: bytes. */
const maxBytes = 512 * 1024;
/** Lines of a patch that are shown. */
const maxLines = 400;
/** Files that are shown; of what is only compiled there may be thousands. */
const maxFiles = 200;

/**
 * What differs in the files beside Rust code that two versions can run, include or hand to a tool: a patch where they
 * are texts. Scripts come first, then data, then what is compiled.
 */
export function diffFiles(
  before: { readonly source: PackageSource; readonly files: readonly InputFile[] },
  after: { readonly source: PackageSource; readonly files: readonly InputFile[] },
): readonly ItemChange[] {
  const kinds = new Map(
    [...before.files, ...after.files].map(({ path, kind, named }) => [path, { kind, named }]),
  );
  const paths = [...kinds.keys()].sort(
    (a, b) => weight(kinds.get(a)) - weight(kinds.get(b)) || (a < b ? -1 : 1),
  );
  const is = new Set(after.files.map(({ path }) => path));
  const was = new Set(before.files.map(({ path }) => path));
  const changes: ItemChange[] = [];
  let more = 0;
  for (const path of paths) {
    const old = was.has(path) ? before.source.all?.bytes(path) : undefined;
    const now = is.has(path) ? after.source.all?.bytes(path) : undefined;
    if (old !== undefined && now !== undefined && Buffer.compare(old, now) === 0) continue;
    if (old === undefined && now === undefined) continue;
    if (changes.length >= maxFiles) {
      more++;
      continue;
    }
    const kind = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed';
    changes.push({ kind, item: `file ${path}`, file: path, line: 1, patch: patchOf(path, old, now) });
  }
  if (more > 0)
    changes.push({
      kind: 'changed',
      item: `${more} more files`,
      file: '',
      line: 1,
      patch: 'They are not shown.',
    });
  return changes;
}

const order = ['script', 'data', 'object', 'source'] as const;

function weight(file: Pick<InputFile, 'kind' | 'named'> | undefined): number {
  return file === undefined ? order.length : order.indexOf(file.kind) * 2 + (file.named ? 0 : 1);
}

function patchOf(path: string, old: Uint8Array | undefined, now: Uint8Array | undefined): string {
  const [before, after] = [textOf(old), textOf(now)];
  if (before === undefined || after === undefined)
    return `${old?.length ?? 0} bytes before, ${now?.length ?? 0} bytes now: no text that people read`;
  const lines = createPatch(path, before, after, undefined, undefined, { context: 2 }).split('\n').slice(4);
  const shown = lines.slice(0, maxLines);
  if (lines.length > maxLines) shown.push(`… ${lines.length - maxLines} more lines`);
  return shown.join('\n').trimEnd();
}

/** Its text; `undefined` for what is none, or too long. */
function textOf(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return '';
  if (bytes.length > maxBytes || bytes.includes(0)) return undefined;
  return new TextDecoder().decode(bytes);
}
