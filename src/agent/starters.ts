import { lstatSync } from 'node:fs';
import { isAbsent, type Root, TooLarge } from './root.ts';

/** A program that something names which starts programs. */
export interface NamedProgram {
  readonly path: string;
  readonly named: 'unit' | 'cron' | 'path' | 'container';
  /** The file that names it, or the option. */
  readonly by: string;
}

/** Files of a folder that are looked at, bytes of one, and programs in all. */
const most = { files: 5000, bytes: 1024 * 1024, programs: 5000 };

const unitFolders = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];
const cronFiles = ['/etc/crontab', '/etc/anacrontab'];
const cronFolders = ['/etc/cron.d', '/var/spool/cron/crontabs', '/var/spool/cron'];
const runFolders = ['/etc/cron.hourly', '/etc/cron.daily', '/etc/cron.weekly', '/etc/cron.monthly'];
/** Where systemd (systemd.service(5), "Command lines") and cron look for a program that is named without a folder. */
const searched = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Programs of a root that systemd's units and cron name, and those of some paths: files, or what of folders can be run. */
export function namedPrograms(root: Root, paths: readonly string[]): readonly NamedProgram[] {
  const found = new Map<string, NamedProgram>();
  const add = (path: string | undefined, named: NamedProgram['named'], by: string) => {
    if (path === undefined || found.size >= most.programs) return;
    const key = JSON.stringify([path, named, by]);
    if (!found.has(key)) found.set(key, { path, named, by });
  };
  const units = new Set<string>();
  for (const folder of unitFolders)
    for (const name of namesIn(root, folder)) {
      const files = name.endsWith('.service')
        ? [name]
        : name.endsWith('.service.d')
          ? namesIn(root, `${folder}/${name}`).map((own) => `${name}/${own}`)
          : [];
      for (const file of files) {
        // The first folder's unit hides those of the others (systemd.unit(5)).
        if (units.has(file)) continue;
        units.add(file);
        for (const command of startedBy(textOf(root, `${folder}/${file}`)))
          add(programAt(root, command), 'unit', `${folder}/${file}`);
      }
    }
  const tables = [
    ...cronFiles,
    ...cronFolders.flatMap((folder) => namesIn(root, folder).map((name) => `${folder}/${name}`)),
  ];
  for (const file of tables)
    for (const command of commandsIn(textOf(root, file))) add(programAt(root, command), 'cron', file);
  for (const folder of runFolders)
    for (const name of namesIn(root, folder)) add(programAt(root, `${folder}/${name}`), 'cron', folder);
  for (const path of paths) {
    add(programAt(root, path), 'path', '--paths');
    for (const name of namesIn(root, path)) add(programAt(root, `${path}/${name}`), 'path', '--paths');
  }
  return [...found.values()];
}

/** What a script asks to be run by, as a path; `undefined` for what is no script. `env` is looked through. */
export function interpreterOf(root: Root, head: string): string | undefined {
  const [, path, first] = /^#![ \t]*(\S+)(?:[ \t]+(?:-S[ \t]+)?(\S+))?/.exec(head) ?? [];
  if (path === undefined) return undefined;
  return programAt(root, /\/env$/.test(path) && first !== undefined ? first : path);
}

/** The programs of a unit's `Exec…=` lines, without what stands before them (systemd.service(5)). */
function startedBy(text: string): readonly string[] {
  return text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .flatMap((line) => /^\s*Exec[A-Z][A-Za-z]*\s*=\s*[-@:+!|]*("[^"]+"|'[^']+'|\S+)/.exec(line)?.[1] ?? [])
    .map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
}

/** Every path in the lines of a crontab (crontab(5)), however the shell comes to it. */
function commandsIn(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => !/^\s*(#|[A-Za-z_]+\s*=)/.test(line))
    .flatMap((line) => line.match(/(?<![\w*/])\/[\w.+@/-]+/g) ?? []);
}

/** The real path of a file that can be run; `undefined` where there is none. */
export function programAt(
  root: Root,
  command: string,
  folders: readonly string[] = searched,
): string | undefined {
  const candidates = command.startsWith('/') ? [command] : folders.map((folder) => `${folder}/${command}`);
  for (const path of candidates) {
    const real = quietly(() => root.realOf(path), undefined);
    if (real === undefined) continue;
    const stats = quietly(() => lstatSync(root.at(real), { throwIfNoEntry: false }), undefined);
    if (stats?.isFile() === true && (stats.mode & 0o111) !== 0) return real;
  }
  return undefined;
}

export function namesIn(root: Root, folder: string): readonly string[] {
  return quietly(() => {
    const real = root.realOf(folder);
    if (real === undefined || !lstatSync(root.at(real)).isDirectory()) return [];
    return [...root.names(real).take(most.files)].sort();
  }, []);
}

export function textOf(root: Root, path: string): string {
  return quietly(() => root.text(path, most.bytes) ?? '', '');
}

function quietly<T>(act: () => T, otherwise: T): T {
  try {
    return act();
  } catch (error) {
    if (isAbsent(error) || error instanceof TooLarge) return otherwise;
    throw error;
  }
}
