import type { Distribution } from './package.ts';

/** Reads `/etc/os-release` (os-release(5)); `undefined` where it names no distribution. */
export function readOsRelease(text: string): Distribution | undefined {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key = '', value = ''] = /^([A-Z_]+)=(.*)$/.exec(line.trim()) ?? [];
    if (key !== '') values.set(key, unquoted(value));
  }
  const id = values.get('ID');
  if (id === undefined || !/^[a-z0-9._-]+$/.test(id)) return undefined;
  return { id, version: values.get('VERSION_ID') || undefined };
}

function unquoted(text: string): string {
  const quote = text[0];
  if (text.length < 2 || (quote !== '"' && quote !== "'") || text.at(-1) !== quote) return text;
  return text.slice(1, -1).replace(/\\(.)/g, '$1');
}
