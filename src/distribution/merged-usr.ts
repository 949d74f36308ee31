/**
 * The names that a file of a merged `/usr` goes by: databases of packages say `/lib/…` of what the kernel and the linker call
 * `/usr/lib/…`, and the other way round.
 */
export function mergedNames(path: string): readonly string[] {
  const top = /^\/usr(\/(?:s?bin|lib(?:32|64|x32)?)\/.*)$/s.exec(path)?.[1];
  if (top !== undefined) return [path, top];
  return /^\/(?:s?bin|lib(?:32|64|x32)?)\//.test(path) ? [path, `/usr${path}`] : [path];
}
