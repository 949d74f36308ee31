import type { SystemPackage } from './package.ts';

/** A package of apk's database with the files that it owns, from the root: `/lib/libz.so.1`. */
export interface ApkPackage {
  readonly package: SystemPackage;
  readonly files: readonly string[];
}

/** Reads `/lib/apk/db/installed` (apk-tools: doc/apk-v2.5, "Installed database"): a stanza a package, a letter a field. */
export function readApkInstalled(text: string): readonly ApkPackage[] {
  return text.split(/\n\n+/).flatMap((stanza): readonly ApkPackage[] => {
    const fields = new Map<string, string>();
    const files: string[] = [];
    let folder = '';
    for (const line of stanza.split('\n')) {
      const [key, value] = [line.slice(0, 2), line.slice(2)];
      if (key === 'F:') folder = value;
      else if (key === 'R:') files.push(folder === '' ? `/${value}` : `/${folder}/${value}`);
      else fields.set(key, value);
    }
    const [name, version, architecture] = ['P:', 'V:', 'A:'].map((key) => fields.get(key));
    if (name === undefined || version === undefined || architecture === undefined) return [];
    const source = { name: fields.get('o:') ?? name, version };
    return [{ package: { kind: 'apk', name, version, architecture, source }, files }];
  });
}
