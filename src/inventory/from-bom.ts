import { FunctionFilter } from '../binary/function-filter.ts';
import { buildIdProperty, functionsProperty, segmentsProperty } from '../bom/properties.ts';
import { purlText, withQualifiers } from '../bom/purl.ts';
import type { ForeignBom, ForeignComponent } from '../bom/read/foreign.ts';
import { InventoryError } from './error.ts';
import { type Aside, type Finished, Parts } from './parts.ts';
import {
  type ArtefactStatement,
  maxComponents,
  type StatedComponent,
  type StatedFile,
  type StatementHead,
} from './statement.ts';

/** What a document says of the artefact that it is about. `fallback` is its name where the document has none. */
export function statementOfBom(bom: ForeignBom, fallback: string): ArtefactStatement {
  const parts = new BomParts(bom.format);
  for (const each of bom.components) parts.add(each);
  for (const [from, to] of bom.dependencies) parts.needs(from, to);
  return parts.statement(bom, fallback);
}

/** What a document says of an artefact, by position: what of it was not taken before, and all edges. */
export interface StatedBom extends Finished {
  readonly head: StatementHead;
  /** Positions of what the artefact itself is, or needs; `undefined`: nobody says so. */
  readonly roots: readonly number[] | undefined;
}

/** The components of a document, given one after another; whoever cannot hold them all takes them while it is read. */
export class BomParts {
  readonly #format: ForeignBom['format'];
  readonly #parts: Parts;

  constructor(format: ForeignBom['format'], aside?: Aside) {
    this.#format = format;
    this.#parts = new Parts(aside);
  }

  /** How many wait to be taken, and how many were. */
  get counts(): { readonly waiting: number; readonly taken: number } {
    return { waiting: this.#parts.waiting, taken: this.#parts.taken };
  }

  /** Those that wait, which are not held any more: their positions follow those that were taken before. */
  take(): readonly StatedComponent[] {
    return this.#parts.take();
  }

  add(each: ForeignComponent): void {
    const isNone = each.purl === undefined && noPackages.has(each.kind ?? '');
    this.#parts.add(each.ref, stated(each, this.#format), { doubtful: isNone });
  }

  needs(from: string, to: Iterable<string>): void {
    this.#parts.needs(from, to);
  }

  /** All that is said of the artefact in one piece. Throws `InventoryError` where there are more components than are taken so. */
  statement(bom: Omit<ForeignBom, 'components' | 'dependencies'>, fallback: string): ArtefactStatement {
    return assembled(this.finish(bom, fallback));
  }

  /** All that is said of the artefact and was not taken before, with what the document says of itself and of its subject. */
  finish(bom: Omit<ForeignBom, 'components' | 'dependencies'>, fallback: string): StatedBom {
    const { subject } = bom;
    // The subject itself is a part like others where it is a package: an advisory may be about it.
    const isPart =
      subject !== undefined &&
      (subject.purl !== undefined ||
        (!noPackages.has(subject.kind ?? '') &&
          subject.ref !== undefined &&
          this.#parts.needsOthers(subject.ref)));
    const finished = this.#parts.finish(
      isPart ? { ref: subject.ref, stated: stated(subject, this.#format) } : undefined,
    );
    const roots = isPart
      ? [finished.own]
      : rootsOf(finished, this.#parts.taken, finished.placesOf(bom.about));
    return { ...finished, head: aboutOf(bom, fallback), roots };
  }
}

/**
 * What a document says in one piece, where nothing of it was taken. Throws `InventoryError` where there are more
 * components than are taken so.
 */
export function assembled({ head, roots, components, uses }: StatedBom): ArtefactStatement {
  if (components.length > maxComponents)
    throw new InventoryError(
      'inventory/too-many',
      `It has ${components.length} different components; ${maxComponents} of one artefact are taken in one piece.`,
      'Send it in parts, as `safeguard inventory add` does.',
    );
  const usesOf = new Map<number, Set<number>>();
  for (const [from, to] of uses()) {
    const known = usesOf.get(from);
    if (known === undefined) usesOf.set(from, new Set(to));
    else for (const one of to) known.add(one);
  }
  const withUses = components.map((stated, i): StatedComponent => {
    const list = usesOf.get(i);
    return list === undefined ? stated : { ...stated, uses: [...list] };
  });
  return { ...head, components: withUses, roots };
}

/** What is said of the artefact but for its components. */
function aboutOf(bom: Omit<ForeignBom, 'components' | 'dependencies'>, fallback: string): StatementHead {
  const { subject } = bom;
  const target =
    propertyOf(subject?.properties, targetProperty) ?? propertyOf(bom.properties, targetProperty);
  const digest = deliveredDigest(subject);
  return {
    name: cut(subject?.filename) ?? cut(subject?.name) ?? cut(bom.name) ?? fallback,
    version: digest === undefined ? cut(subject?.version) : undefined,
    ...(digest === undefined ? {} : { file: { sha256: digest, ...buildOf(subject) } }),
    target: cut(target),
    built:
      bom.created !== undefined && Number.isFinite(Date.parse(bom.created))
        ? new Date(bom.created).toISOString()
        : undefined,
    knownBy: 'list',
    completeness: bom.completeness,
  };
}

/** What a document of `safeguard build` says of the file beside its digest. */
function buildOf(
  subject: ForeignComponent | undefined,
): Pick<StatedFile, 'buildId' | 'segments' | 'functions'> {
  const buildId = propertyOf(subject?.properties, buildIdProperty);
  const segments = propertyOf(subject?.properties, segmentsProperty);
  const functions = propertyOf(subject?.properties, functionsProperty);
  return {
    ...(buildId !== undefined && /^[0-9a-f]{1,128}$/.test(buildId) ? { buildId } : {}),
    ...(segments !== undefined && /^[0-9a-f]{64}$/.test(segments) ? { segments } : {}),
    ...(functions !== undefined && FunctionFilter.read(functions) !== undefined ? { functions } : {}),
  };
}

/** Longer texts are cut, and longer purls identify nothing: in characters. */
const maxText = 300;
const maxPurl = 2000;
/** Of one component; no crate has more. */
const maxFeatures = 1000;

function cut(text: string | undefined): string | undefined {
  const kept = text?.replaceAll('\0', ' ').toWellFormed().slice(0, maxText).toWellFormed();
  return kept === '' ? undefined : kept;
}

/** What cargo-cyclonedx and we write the target triple under. */
const targetProperty = 'cdx:rustc:sbom:target:triple';

/** What is no package of anything, unless a purl says of which: files that a scanner saw, and what they lie in. */
const noPackages = new Set(['file', 'container', 'operating-system', 'device', 'platform']);

/**
 * What the artefact itself is, where its subject is no package: what the document is about, or has as parts of its
 * subject. Scanners say nothing of the kind of a folder or a program: there it is what needs others, and what nothing
 * needs.
 */
function rootsOf({ uses }: Finished, count: number, about: readonly number[]): readonly number[] | undefined {
  if (about.length > 0) return about;
  const [needing, needed] = [new Uint8Array(count), new Uint8Array(count)];
  for (const [from, to] of uses()) {
    if (to.length > 0) needing[from] = 1;
    for (const one of to) if (one !== from) needed[one] = 1;
  }
  const top: number[] = [];
  for (let i = 0; i < count; i++) if (needing[i] === 1 && needed[i] !== 1) top.push(i);
  return top.length === 0 ? undefined : top;
}

function stated(each: ForeignComponent, format: ForeignBom['format']): StatedComponent {
  const { name, version } = each;
  const purl = withUpstream(each);
  const text = purl === undefined ? undefined : purlText(purl);
  return {
    ...(text === undefined || text.length > maxPurl ? { source: 'local' } : { purl: text }),
    // What has no name is a part all the same.
    name: cut(name) ?? cut(purl?.name) ?? 'nameless',
    version: cut(version),
    scope: scopeOf(each, format),
    method: 'document',
    confidence: 'stated',
    ...featuresOf(each),
  };
}

/** trivy writes the source package of a distribution's package as properties, where others put it into the purl. */
function withUpstream({ purl, properties }: ForeignComponent): ForeignComponent['purl'] {
  const trivy = (key: string) => propertyOf(properties, `aquasecurity:trivy:${key}`);
  const source = trivy('SrcName');
  if (purl === undefined || source === undefined || !['deb', 'rpm', 'apk'].includes(purl.type)) return purl;
  if (purl.qualifiers.has('upstream')) return purl;
  const [version, release] = [trivy('SrcVersion'), trivy('SrcRelease')];
  const whole = version === undefined || release === undefined ? version : `${version}-${release}`;
  const other = whole === undefined || whole === purl.version ? '' : `@${whole}`;
  if (source === purl.name && other === '') return purl;
  return withQualifiers(purl, [['upstream', `${source}${other}`]]);
}

/** What a document of `safeguard build` says of features; other documents say nothing of them. */
function featuresOf({ properties }: ForeignComponent): Pick<StatedComponent, 'features'> {
  if (!properties.some(({ name }) => name === 'safeguard:role')) return {};
  const named = (name: string) =>
    properties.filter((one) => one.name === name).map(({ value }) => value.slice(0, maxText));
  const host = named('safeguard:host-feature').map((feature) => `host:${feature}`);
  return { features: [...named('safeguard:feature'), ...host].slice(0, maxFeatures) };
}

function scopeOf(
  { scope, properties }: ForeignComponent,
  format: ForeignBom['format'],
): StatedComponent['scope'] {
  const roles = properties.filter(({ name }) => name === 'safeguard:role').map(({ value }) => value);
  if (roles.length > 0) return roles.includes('linked') ? 'linked' : 'build';
  if (scope === 'excluded') return 'build';
  // CycloneDX: without a scope, `required` is meant.
  return format === 'CycloneDX' ? 'linked' : 'unknown';
}

/** The SHA-256 of the file that a document is about. A crate's own checksum is that of its archive, and not meant. */
function deliveredDigest(subject: ForeignComponent | undefined): string | undefined {
  if (subject === undefined) return undefined;
  // syft names a scanned file so.
  const inVersion = /^sha256:([0-9a-f]{64})$/.exec(subject.version ?? '')?.[1];
  if (inVersion !== undefined) return inVersion;
  const isFile =
    subject.executable === true || (subject.purl === undefined && subject.filename !== undefined);
  const hash = subject.hashes.find(({ algorithm }) => algorithm === 'SHA-256')?.value;
  return isFile && hash !== undefined && /^[0-9a-f]{64}$/.test(hash) ? hash : undefined;
}

function propertyOf(properties: ForeignBom['properties'] | undefined, name: string): string | undefined {
  return properties?.find((property) => property.name === name)?.value;
}
