import { closeSync } from 'node:fs';
import { type BoltBucket, BrokenBolt, readBolt } from './bolt.ts';
import { fileSource } from './file-source.ts';
import type { Root } from './root.ts';

/** A container of containerd, as its databases have it. */
export interface ContainerdContainer {
  readonly id: string;
  /** Pod and container of Kubernetes, or nerdctl's name; may be empty. */
  readonly name: string;
  readonly namespace: string;
  /** Folders of its layers on the host, the uppermost first. */
  readonly layers: readonly string[];
  /** What is run, with its arguments, environment and folder: not checked. */
  readonly process: unknown;
}

/** Where containerd is told to keep things: by default, and by what brings one of its own. */
const folders = [
  '/var/lib/containerd',
  '/var/lib/rancher/k3s/agent/containerd',
  '/var/lib/rancher/rke2/agent/containerd',
];
const snapshotter = 'io.containerd.snapshotter.v1.overlayfs';
const most = { layers: 500, tries: 3 };

/**
 * Every container that containerd knows, in all of its namespaces, where its layers are overlayfs's: `meta.db` has the
 * container and the key of its layers, `metadata.db` the folders (containerd 1.6: `metadata/buckets.go`,
 * `snapshots/storage/bolt.go`). What cannot be read is not there. Throws what the system says.
 */
export function* containersOfContainerd(host: Root): Generator<ContainerdContainer> {
  for (const folder of folders) {
    const known = inDatabase(host, `${folder}/io.containerd.metadata.v1.bolt/meta.db`, containersOf);
    if (known === undefined || known.length === 0) continue;
    const kept = inDatabase(host, `${folder}/${snapshotter}/metadata.db`, snapshotsOf);
    if (kept === undefined) continue;
    for (const { snapshot, ...container } of known) {
      const layers = layersOf(kept, snapshot).map((id) => `${folder}/${snapshotter}/snapshots/${id}/fs`);
      yield { ...container, layers };
    }
  }
}

/** A container, with the name of its uppermost snapshot. */
type Known = Omit<ContainerdContainer, 'layers'> & { readonly snapshot: string };

function containersOf(root: BoltBucket): readonly Known[] {
  return [...bucketsIn(root.bucket('v1'))].flatMap(([namespace, inside]) => {
    const keys = bucketsIn(inside.bucket('snapshots', 'overlayfs'));
    return [...bucketsIn(inside.bucket('containers'))].flatMap(([id, container]) => {
      const values = new Map(container.entries());
      if (textIn(values, 'snapshotter') !== 'overlayfs') return [];
      const snapshot = keys.get(textIn(values, 'snapshotKey'))?.text('name');
      const spec = specIn(values.get('spec'));
      if (snapshot === undefined || spec === undefined) return [];
      return [{ id, namespace, name: nameIn(spec.annotations), snapshot, process: spec.process }];
    });
  });
}

interface Snapshot {
  readonly id: number;
  /** What it stands on; empty for the lowest. */
  readonly parent: string;
}

function snapshotsOf(root: BoltBucket): ReadonlyMap<string, Snapshot> {
  const found = new Map<string, Snapshot>();
  for (const [name, snapshot] of bucketsIn(root.bucket('v1', 'snapshots'))) {
    const values = new Map(snapshot.entries());
    const id = values.get('id');
    if (Buffer.isBuffer(id))
      found.set(name, { id: varintAt(id, 0).number, parent: textIn(values, 'parent') });
  }
  return found;
}

function layersOf(kept: ReadonlyMap<string, Snapshot>, snapshot: string): readonly number[] {
  const ids: number[] = [];
  for (let at = kept.get(snapshot); at !== undefined && ids.length < most.layers; at = kept.get(at.parent))
    ids.push(at.id);
  return ids;
}

/**
 * What is read of a database's newest state, if nothing of it was written over meanwhile; `undefined` where there is
 * none, or it cannot be read.
 */
function inDatabase<T>(host: Root, path: string, work: (root: BoltBucket) => T): T | undefined {
  for (let i = 0; i < most.tries; i++) {
    const file = host.open(path);
    if (file === undefined) return undefined;
    try {
      const source = fileSource(file.descriptor, file.size);
      const { number, root } = readBolt(source);
      const found = work(root);
      // What the next state leaves as it is, the one after it may write over.
      if (readBolt(source).number <= number + 1n) return found;
    } catch (error) {
      if (!(error instanceof BrokenBolt)) throw error;
    } finally {
      closeSync(file.descriptor);
    }
  }
  return undefined;
}

/** By name; none where there is no bucket. */
function bucketsIn(bucket: BoltBucket | undefined): ReadonlyMap<string, BoltBucket> {
  const found = new Map<string, BoltBucket>();
  for (const [name, value] of bucket?.entries() ?? []) if (!Buffer.isBuffer(value)) found.set(name, value);
  return found;
}

function textIn(values: ReadonlyMap<string, Buffer | BoltBucket>, name: string): string {
  const value = values.get(name);
  return Buffer.isBuffer(value) ? value.toString('utf8') : '';
}

interface Spec {
  readonly process?: unknown;
  readonly annotations?: unknown;
}

/** The OCI configuration in a `google.protobuf.Any`: field 1 names its type, field 2 is its JSON. */
function specIn(value: Buffer | BoltBucket | undefined): Spec | undefined {
  if (!Buffer.isBuffer(value)) return undefined;
  for (let at = 0; at < value.length; ) {
    const tag = varintAt(value, at);
    const length = varintAt(value, tag.end);
    if (tag.number % 8 !== 2) return undefined;
    if (tag.number >> 3 === 2)
      return recordIn(value.toString('utf8', length.end, length.end + length.number));
    at = length.end + length.number;
  }
  return undefined;
}

function recordIn(text: string): Spec | undefined {
  try {
    const spec: unknown = JSON.parse(text);
    return typeof spec === 'object' && spec !== null ? spec : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** By the annotations of containerd's CRI plugin and of nerdctl. */
function nameIn(annotations: unknown): string {
  const all = typeof annotations === 'object' && annotations !== null ? annotations : {};
  const of = new Map<string, unknown>(Object.entries(all));
  const names = ['io.kubernetes.cri.sandbox-name', 'io.kubernetes.cri.container-name'].map((key) =>
    of.get(key),
  );
  const said = names.some((name) => typeof name === 'string') ? names : [of.get('nerdctl/name')];
  return said.filter((name) => typeof name === 'string').join('/');
}

/** A number in base 128, the lowest digits first. */
function varintAt(bytes: Buffer, at: number): { readonly number: number; readonly end: number } {
  let number = 0;
  let place = 1;
  for (let i = at; i < bytes.length && i < at + 8; i++) {
    const byte = bytes[i] ?? 0;
    number += (byte & 127) * place;
    place *= 128;
    if (byte < 128) return { number, end: i + 1 };
  }
  throw new BrokenBolt('a number in it has no end');
}
