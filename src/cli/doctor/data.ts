import { statfs } from 'node:fs/promises';
import { type Check, notOk, ok } from './check.ts';

const gibibyte = 1024 ** 3;

/** Free space for the server's data, where its folder is on this machine. */
export async function checkData(folder: string): Promise<Check[]> {
  const disk = await statfs(folder).catch(() => undefined);
  if (disk === undefined) return [];
  const free = disk.bavail * disk.bsize;
  const say = `${(free / gibibyte).toFixed(1)} GiB are free for ${folder}`;
  if (free >= gibibyte) return [ok('disk', `${say}.`)];
  return [
    notOk(
      'disk',
      free < gibibyte / 8 ? 'problem' : 'warning',
      `Only ${say}.`,
      'Make room: a full disk stops new releases.',
    ),
  ];
}
