import { isAlias, isDocument, isMap, isPair, isScalar, isSeq, visit, type YAMLMap } from 'yaml';
import type { BuildCall } from './cargo-builds.ts';
import { type CiSetting, ciSettings } from './ci-settings.ts';
import { type CiValues, ciValues, isVariable } from './ci-values.ts';
import { rememberedByKind } from './remembered.ts';
import { visitYaml } from './yaml-file.ts';

/** A machine of GitHub's that a job builds on, and for, since it names no target. */
export interface RunnerHost {
  /** The labels, as written. */
  readonly runner: string;
  /** Its triple; `undefined` where the labels do not tell. */
  readonly target: string | undefined;
  /** Offset of `runs-on`. */
  readonly start: number;
}

/** What a workflow's jobs build for by where they run; of `settings` those count that name a target. Never throws. */
export function runnerHosts(text: string, settings: readonly CiSetting[]): readonly RunnerHost[] {
  const named = settings.filter(
    ({ key, name, value }) => key.join('.') === 'build.target' && name !== '--target' && value !== '',
  );
  // Some are of files that it names, so that the text alone does not tell.
  return hostsBeside(JSON.stringify(named.map(({ start }) => start)), text);
}

const hostsBeside = rememberedByKind((named: string, text: string): readonly RunnerHost[] => {
  const found: RunnerHost[] = [];
  const { builds } = ciSettings('github', text);
  const values = ciValues('github', text);
  const isPlain = plainBuild(text, JSON.parse(named) as readonly number[]);
  visitYaml(text, {
    Pair(_, { key, value }, path) {
      const job = path.at(-1);
      if (!isScalar(key) || key.value !== 'runs-on' || !isMap(job) || !isJob(path)) return;
      const own = builds.filter((build) => isWithin(job, build.start) && isPlain(build));
      if (own.length === 0) return;
      const start = key.range?.[0] ?? 0;
      const libc = isAlpine(job) ? 'musl' : 'gnu';
      const [document] = path;
      const node = isAlias(value) && isDocument(document) ? value.resolve(document) : value;
      for (const labels of labelSets(node, job, values)) {
        found.push({ runner: labels.join(', '), target: hostOf(labels, libc), start });
      }
    },
  });
  return found;
}, 'runner-hosts');

/** Whether a pair stands in a job: `jobs`, the job's name, and there. */
function isJob(path: readonly unknown[]): boolean {
  const pairs = path.filter(isPair).map(({ key }) => (isScalar(key) ? key.value : undefined));
  return pairs.length === 2 && pairs[0] === 'jobs';
}

function isWithin(node: { readonly range?: readonly number[] | null | undefined }, offset: number): boolean {
  const [from = 0, , to = 0] = node.range ?? [];
  return offset >= from && offset < to;
}

/**
 * Whether a build names no target, and nothing around it does (`named` says where that is done): its step, its job, the
 * whole workflow.
 */
function plainBuild(text: string, named: readonly number[]): (build: BuildCall) => boolean {
  const scopes: { readonly range?: readonly number[] | null | undefined }[] = [];
  if (named.length > 0) {
    visitYaml(text, {
      Map(_, node, path) {
        const above = path.filter(isPair).map(({ key }) => (isScalar(key) ? key.value : undefined));
        const isScope =
          above[0] === 'jobs' && (above.length === 2 || (above.length === 3 && above[2] === 'steps'));
        if (isScope) scopes.push(node);
      },
    });
  }
  return ({ targets, start }) =>
    targets.every(({ text: target }) => target === 'host-tuple') &&
    // What is set in a job or step that the build is not in is not for it.
    !named.some((one) => scopes.every((scope) => !isWithin(scope, one) || isWithin(scope, start)));
}

/** A job in a container of Alpine's has its C library, whatever the machine is. */
function isAlpine(job: YAMLMap): boolean {
  const container = job.get('container');
  const image = isMap(container) ? container.get('image') : container;
  return typeof image === 'string' && /alpine/i.test(image);
}

const most = 64;

/** The sets of labels that `runs-on` may come to. */
function labelSets(node: unknown, job: YAMLMap, values: CiValues): readonly (readonly string[])[] {
  const labels = isMap(node) ? node.get('labels', true) : node;
  const items: readonly unknown[] = isSeq(labels) ? labels.items : [labels];
  const written = items.flatMap((item) =>
    isScalar(item) && typeof item.value === 'string' ? [item.value] : [],
  );
  let sets: readonly (readonly string[])[] = [[]];
  for (const label of written) {
    const ways = labelsOf(label, job, values);
    const next = sets.flatMap((set) => ways.map((way) => [...set, way]));
    if (next.length > most) return [written];
    sets = next;
  }
  return written.length === 0 ? [] : sets;
}

/** What a label may be: itself, or with the values of its expressions, of the job's matrix first. */
function labelsOf(label: string, job: YAMLMap, values: CiValues): readonly string[] {
  const start = label.indexOf('${{');
  const end = label.indexOf('}}', start);
  if (start === -1 || end === -1) return [label];
  const whole = label.slice(start, end + 2);
  const inside = whole.slice(3, -2).slice(0, 500);
  // `a && 'x' || 'y'` is one of its texts.
  const texts = [...inside.matchAll(/'([^']*)'/g)].map(([, text = '']) => text);
  const names = [...inside.matchAll(/\b(?:matrix|inputs|env|vars)\.[\w.-]*?([\w-]+)(?![\w.-])/g)];
  const told = names.flatMap(([written, name = '']) => {
    const own = written.startsWith('matrix.') ? matrixValues(job, name) : [];
    return own.length > 0 ? own : (values(`\${{ ${written} }}`) ?? []);
  });
  const known = [...told, ...texts].filter((one) => !isVariable(one));
  const fitting = whole === label ? known.filter((one) => hostOf([one], 'gnu') !== undefined) : known;
  const all = [...new Set(fitting.length > 0 ? fitting : known)];
  const expressions = label.split('${{').length - 1;
  if (all.length === 0 || /fromJSON/i.test(inside) || all.length ** expressions > most) return [label];
  return all.flatMap((one) =>
    labelsOf(
      label.replace(whole, () => one),
      job,
      values,
    ),
  );
}

/** The values that a job's matrix gives to a name. */
function matrixValues(job: YAMLMap, name: string): readonly string[] {
  const matrix = job.getIn(['strategy', 'matrix']);
  const found: string[] = [];
  if (!isMap(matrix)) return found;
  visit(matrix, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.value !== name) return;
      const items: readonly unknown[] = isSeq(value) ? value.items : [value];
      for (const item of items) if (isScalar(item) && item.value !== null) found.push(String(item.value));
    },
  });
  return found;
}

/**
 * The triple of a runner by its labels: GitHub's own names (docs "GitHub-hosted runners reference", "Larger runners"), those that a
 * machine of one's own gets, and names of others that say the system and the processor in the same words.
 */
function hostOf(labels: readonly string[], libc: 'gnu' | 'musl'): string | undefined {
  const text = labels.join(' ').toLowerCase();
  if (isVariable(text)) return undefined;
  const isOwn = labels.some((label) => label.toLowerCase() === 'self-hosted');
  const arch = archOf(text);
  if (/mac-?os|\bosx\b|darwin/.test(text)) {
    const usual = isOwn ? undefined : appleArch(text);
    const own = arch ?? usual;
    return own === undefined ? undefined : `${own}-apple-darwin`;
  }
  const usual = arch ?? (isOwn ? undefined : 'x86_64');
  if (usual === undefined) return undefined;
  if (/\bwin(?:dows)?\b/.test(text)) return `${usual}-pc-windows-msvc`;
  return /ubuntu|linux|debian/.test(text) ? `${usual}-unknown-linux-${libc}` : undefined;
}

function archOf(text: string): 'aarch64' | 'x86_64' | undefined {
  if (/(?:^|[^a-z])(?:arm64|aarch64|arm)(?:[^a-z]|$)/.test(text)) return 'aarch64';
  return /(?:^|[^a-z0-9])(?:x64|x86_64|x86-64|amd64|intel)(?:[^a-z0-9]|$)/.test(text) ? 'x86_64' : undefined;
}

/** Since macOS 14 these are on ARM; `-large` ones are Intel's, `-xlarge` ones ARM. */
function appleArch(text: string): 'aarch64' | 'x86_64' {
  if (/-xlarge\b/.test(text)) return 'aarch64';
  const version = /mac-?os-(\d+)/.exec(text)?.[1];
  return /-large\b/.test(text) || (version !== undefined && Number(version) < 14) ? 'x86_64' : 'aarch64';
}
