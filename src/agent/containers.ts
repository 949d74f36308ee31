import { containersOfContainerd } from './containerd.ts';
import { LayeredRoot } from './layers.ts';
import type { Root } from './root.ts';
import { namesIn, programAt, textOf } from './starters.ts';

/** A container as it lies on disk, with the program that it begins with. */
export interface Container {
  /** Equal for equal ones. */
  readonly key: string;
  readonly root: Root;
  /** Its program's real path, in its own root. */
  readonly entry: string;
  /** Which it is, for people: `docker web (0123456789ab)`. */
  readonly by: string;
}

/** Containers of a host, and layers of one (overlayfs takes 500). */
const most = { containers: 200, layers: 500 };

const docker = '/var/lib/docker';
/** Where Podman and CRI-O keep theirs, of the system and, in each home, of somebody who is not root. */
const storage = { system: '/var/lib/containers/storage', home: '.local/share/containers/storage' };
/** Where a program is looked for that is named without a folder, where its container says nothing (runc, Docker). */
const usual = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Containers of Docker (`config.v2.json` and overlay2's folders), of Podman and CRI-O (containers/storage, overlay;
 * also of users who are not root) and of containerd (its databases and overlayfs's snapshots), whether they run or not.
 * What Docker keeps in containerd's image store is not read.
 */
export function containersIn(host: Root): readonly Container[] {
  return [...all(host).take(most.containers)];
}

function* all(host: Root): Generator<Container> {
  yield* ofDocker(host);
  for (const folder of [storage.system, ...homesOf(host).map((home) => `${home}/${storage.home}`)])
    yield* ofStorage(host, folder);
  yield* ofContainerd(host);
}

/** Homes of those who have one of their own. */
function homesOf(host: Root): readonly string[] {
  const homes = textOf(host, '/etc/passwd')
    .split('\n')
    .map((line) => (line.split(':')[5] ?? '').replace(/\/+$/, ''));
  return [...new Set(homes)].filter((home) => home.startsWith('/'));
}

function* ofDocker(host: Root): Generator<Container> {
  for (const id of namesIn(host, `${docker}/containers`)) {
    const config = jsonIn(host, `${docker}/containers/${id}/config.v2.json`);
    if (config?.Driver !== 'overlay2' || typeof config.Path !== 'string') continue;
    const mount = textOf(host, `${docker}/image/overlay2/layerdb/mounts/${id}/mount-id`).trim();
    const layers = layersOf(host, `${docker}/overlay2`, mount);
    const name = typeof config.Name === 'string' ? config.Name.replace(/^\//, '') : '';
    const { Env: env, WorkingDir: cwd } = recordIn(config.Config);
    const found = containerOf({ id, name, kind: 'docker', layers, command: config.Path, env, cwd });
    if (found !== undefined) yield found;
  }
}

function* ofStorage(host: Root, folder: string): Generator<Container> {
  const list = jsonIn(host, `${folder}/overlay-containers/containers.json`);
  for (const one of Array.isArray(list) ? list : []) {
    const { id, layer, names } = recordIn(one);
    if (typeof id !== 'string' || typeof layer !== 'string') continue;
    const config = jsonIn(host, `${folder}/overlay-containers/${id}/userdata/config.json`);
    const { args, env, cwd } = recordIn(config?.process);
    const [command] = Array.isArray(args) ? args : [];
    if (typeof command !== 'string') continue;
    const [name = ''] = Array.isArray(names) ? names.filter((text) => typeof text === 'string') : [];
    const layers = layersOf(host, `${folder}/overlay`, layer);
    const found = containerOf({ id, name, kind: 'podman', layers, command, env, cwd });
    if (found !== undefined) yield found;
  }
}

function* ofContainerd(host: Root): Generator<Container> {
  for (const { id, namespace, name, layers: folders, process } of containersOfContainerd(host)) {
    const { args, env, cwd } = recordIn(process);
    const [command] = Array.isArray(args) ? args : [];
    if (typeof command !== 'string') continue;
    const layers = foldersIn(host, folders);
    const found = containerOf({ id, name, kind: 'containerd', layers, command, env, cwd });
    // Ids are given in each namespace.
    if (found !== undefined) yield { ...found, key: `containerd ${namespace} ${id}` };
  }
}

/** The folders of a layer and of those below it, as both write them: `lower` names links beside it. */
function layersOf(host: Root, folder: string, id: string): readonly string[] {
  if (!/^[\w-]+$/.test(id)) return [];
  const lower = textOf(host, `${folder}/${id}/lower`).trim();
  const below = lower === '' ? [] : lower.split(':').map((path) => `${folder}/${path}`);
  return foldersIn(host, [`${folder}/${id}/diff`, ...below].slice(0, most.layers));
}

/** Where folders of the host lie here, without those that are not there. */
function foldersIn(host: Root, paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => {
    const real = host.realOf(path);
    return real === undefined ? [] : [host.at(real)];
  });
}

interface Described {
  readonly id: string;
  readonly name: string;
  readonly kind: 'docker' | 'podman' | 'containerd';
  readonly layers: readonly string[];
  readonly command: string;
  readonly env: unknown;
  readonly cwd: unknown;
}

function containerOf({ id, name, kind, layers, command, env, cwd }: Described): Container | undefined {
  if (layers.length === 0 || command === '') return undefined;
  const root = new LayeredRoot(layers);
  const path = (Array.isArray(env) ? env : []).find(
    (text): text is string => typeof text === 'string' && text.startsWith('PATH='),
  );
  const folders = (path?.slice('PATH='.length) ?? usual).split(':').filter((one) => one.startsWith('/'));
  const within = typeof cwd === 'string' && cwd !== '' ? cwd : '/';
  const entry = programAt(
    root,
    command.includes('/') && !command.startsWith('/') ? `${within}/${command}` : command,
    folders,
  );
  if (entry === undefined) return undefined;
  const short = id.slice(0, 12);
  return { key: `${kind} ${id}`, root, entry, by: `${kind} ${name === '' ? short : `${name} (${short})`}` };
}

/** JSON of a file; `undefined` where there is none, or it is none. */
function jsonIn(root: Root, path: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(textOf(root, path));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function recordIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
