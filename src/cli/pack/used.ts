import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { framed, type Pack, type PackedModule, type PackedTarget } from './format.ts';
import type { Place, Ran } from './run.ts';

/** Keeps what a command has used, with what V8 had compiled of it by its end: all that its next run has to read. */
export function keepUsed(
  path: string,
  ran: readonly Ran[],
  before: Pack | undefined,
  commands: readonly string[],
): void {
  if (ran.every(({ isKept, pack }) => isKept && pack === before)) return;
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, usedPack(ran, before, commands), { mode: 0o600 });
    renameSync(draft, path);
  } catch {
    // A full disk, a folder that is gone: the next run does without.
    rmSync(draft, { force: true });
  }
}

function usedPack(ran: readonly Ran[], before: Pack | undefined, commands: readonly string[]): Buffer {
  const used = new Map<string, Place & Partial<Ran>>(ran.map((one) => [one.path, one]));
  // What this run did not need, another of the same command did.
  before?.header.modules.forEach((module, i) => {
    const path = before.header.paths[i] ?? '';
    if (module !== null && !used.has(path)) used.set(path, { path, pack: before, module });
  });
  const paths = [...used.keys()];
  const numbers = new Map(paths.map((path, i) => [path, i]));
  const numbered = (pack: Pack, target: PackedTarget): PackedTarget => {
    if (!('to' in target)) return target;
    const path = pack.header.paths[target.to] ?? '';
    const to = numbers.get(path) ?? paths.push(path) - 1;
    numbers.set(path, to);
    return { ...target, to };
  };
  const parts: Buffer[] = [];
  let end = 0;
  const put = (bytes: Buffer) => {
    parts.push(bytes);
    end += bytes.length;
    return end - bytes.length;
  };
  const modules = [...used.values()].map(({ pack, module, script }): PackedModule => {
    const { at, size, compiled, imports, named } = module;
    const code =
      script?.createCachedData() ?? (compiled && pack.bytes.subarray(compiled[0], compiled[0] + compiled[1]));
    return {
      ...module,
      at: put(pack.bytes.subarray(at, at + size)),
      imports: imports.map((target) => numbered(pack, target)),
      named: Object.fromEntries(
        Object.entries(named).map(([name, target]) => [name, numbered(pack, target)]),
      ),
      ...(code === undefined ? {} : { compiled: [put(code), code.length] }),
    };
  });
  return framed({ paths, modules, commands }, parts);
}
