import { readApkInstalled } from '../../distribution/apk.ts';
import type { SystemPackage } from '../../distribution/package.ts';
import type { PackageDatabase } from './database.ts';

/** Bytes; Alpine's with everything installed has some tens of megabytes. */
const maxInstalled = 128 * 1024 * 1024;

/** apk's database, in one of the places that it has had. */
export function apkAt(path: string): PackageDatabase {
  return {
    path,
    ownersOf: (root, paths) => {
      const found = new Map<string, SystemPackage>();
      for (const { package: pkg, files } of readApkInstalled(root.text(path, maxInstalled) ?? ''))
        for (const file of files) if (paths.has(file)) found.set(file, pkg);
      return found;
    },
  };
}
