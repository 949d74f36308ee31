/** What the shapes of code (capabilities without their places, such as `process make`) mean to a policy. */
import type { ApprovedKind } from '../facts/approval.ts';
import {
  type CapabilityKind,
  capabilityKinds,
  type Family,
  familyOf,
} from '../rust/capability/capability.ts';
import { perhaps } from '../rust/digest.ts';
import { isToolchain } from '../rust/toolchain.ts';

/** What a person is asked about where code comes to be able to do it. */
export const topics = ['network', 'process', 'hidden-code', 'concealment', 'secrets', 'environment'] as const;
export type Topic = (typeof topics)[number];

const hidden: ReadonlySet<string> = new Set(['data-as-code', 'constructor', 'encoded-literal', 'built-name']);

/** The topic of a shape; none for what gives no power, what only a text suggests, and the compiler that is asked what it is. */
export function topicOf(shape: string): Topic | undefined {
  const kind = kindOf(shape);
  if (kind === undefined || isFaint(shape)) return undefined;
  if (kind === 'reads-secret' || kind === 'reads-secret-file') return 'secrets';
  if (kind === 'reads-all-variables' || kind === 'sets-variable') return 'environment';
  if (hidden.has(kind)) return 'hidden-code';
  const family = familyOf(kind);
  return family === 'network' || family === 'process' || family === 'concealment' ? family : undefined;
}

/**
 * Whether a person is asked where approved code comes to be able to do it: the network, programs that are not the toolchain's,
 * secrets, writes outside, what hides, and what nobody can read. Other gains (a variable, a library to link, a cfg) are told
 * and not asked. A library that runs at build time is asked of more: what it does, it does for every script that calls it.
 */
export function asksAbout(shape: string, code: ApprovedKind = 'build-script'): boolean {
  const kind = kindOf(shape);
  if (kind === undefined) return isOpaque(shape);
  const name = nameIn(shape);
  const family = familyOf(kind);
  if (family === 'network' || family === 'concealment') return true;
  if (family === 'process') return !isToolchain(name);
  if (kind === 'reads-secret' || kind === 'reads-secret-file' || kind === 'reads-all-variables') return true;
  const isHelper = code === 'helper';
  if (kind === 'writes') return isHelper || !isFaint(shape);
  if (kind === 'writes-package') return true;
  if (kind === 'reads-outside') return name === 'home' || secretPlace.test(name);
  if (kind === 'sets-variable') return isHelper || commanding.test(name);
  if (kind === 'link-directive') return runningArgument.test(name);
  return kind === 'compiler-directive' && /^rustc-env=/.test(name) && commanding.test(name.slice(10));
}

/** Whether code that can do it needs somebody's yes before it runs, whatever was there before. */
export function isGrave(shape: string, code: ApprovedKind = 'build-script'): boolean {
  const kind = kindOf(shape);
  if (kind !== undefined && (isFaint(shape) || mild.has(kind))) return false;
  if (kind !== undefined && code === 'helper' && familyOf(kind) === 'concealment' && !hidden.has(kind))
    return false;
  // A script's package is its own; macros and libraries run for others.
  if (kind === 'writes-package' && code === 'build-script') return false;
  return asksAbout(shape, code);
}

/** What is asked about where it comes in, and needs nobody's yes by itself. */
const mild: ReadonlySet<string> = new Set([
  'clock',
  'sleeps',
  'detects-ci',
  'decodes',
  'includes-bytes',
  'reads-all-variables',
]);

/** Variables that decide what a program loads, or which programs run. */
const commanding =
  /^(?:PATH|LD_\w+|DYLD_\w+|RUSTC\w*|RUSTDOC\w*|RUSTFLAGS|CARGO_(?:BUILD|TARGET|ENCODED|HOME|PROFILE|NET|HTTP|SOURCE|REGISTR)\w*|CARGO|\w*_WRAPPER|CC|CXX|AR|LD|LINKER|GIT_\w+|IFS|ENV|BASH_ENV|PERL5LIB|PERL5OPT|PYTHONPATH|PYTHONSTARTUP|NODE_OPTIONS|GCC_EXEC_PREFIX|COMPILER_PATH)(?:=|$)/;
/** Arguments of linkers and compilers that run or load something. */
const runningArgument =
  /^rustc-(?:cdylib-)?(?:link-arg[\w-]*|flags)=.*(?:-fuse-ld|-wrapper|-specs|-B|-?-plugin|-T|--script|dynamic-linker|-Clinker|linker=)/;
const secretPlace =
  /\.(?:ssh|aws|netrc|npmrc|pypirc|gnupg|kube|docker|git-credentials)|\.cargo|credentials|\/proc\/\w+\/(?:environ|mem)|\/etc\/(?:shadow|passwd)/;

/** What a shape is about. */
function nameIn(shape: string): string {
  const text = shape.slice(shape.indexOf(' ') + 1);
  return text.replace(/ \(perhaps\)$/, '').replace(/ \(emitted\)$/, '');
}

function isOpaque(shape: string): boolean {
  return shape.startsWith('opaque: ');
}

const commands: ReadonlySet<string> = new Set(['sets-variable', 'link-directive', 'compiler-directive']);
const graveFamilies: ReadonlySet<Family> = new Set(['network', 'process', 'concealment']);

/**
 * The grave families of what was added: network, programs, concealment. What only a text suggests is no power, nor is a
 * program of the toolchain's.
 */
export function graveOf(added: readonly string[]): readonly Family[] {
  const families = added.flatMap((shape) => {
    const kind = kindOf(shape);
    if (kind === undefined || isFaint(shape) || !asksAbout(shape)) return [];
    // What is loaded or run instead of another program is a program.
    const family = commands.has(kind) ? 'process' : familyOf(kind);
    return graveFamilies.has(family) ? [family] : [];
  });
  return [...new Set(families)].sort();
}

/** Whether a shape says nothing grave, whatever its kind: a text alone suggests it, or the compiler is asked what it is. */
export function isFaint(shape: string): boolean {
  return shape.endsWith(perhaps) || compilers.test(shape);
}

const compilers = /^process (?:rustc|\$RUSTC(?:_WORKSPACE)?(?:_WRAPPER)?|the C compiler)$/;

/** The kind of capability that a shape is of; `undefined` for what is opaque or calls another crate. */
export function kindOf(shape: string): CapabilityKind | undefined {
  const word = shape.slice(0, shape.indexOf(' '));
  return word === 'opaque:' || word === 'calls' || word === '' ? undefined : (word as CapabilityKind);
}

/** A shape as a clause: what it does, and to what. What is no capability stays as it is. */
export function sayShape(shape: string): string {
  const kind = kindOf(shape);
  if (kind === undefined) return shape;
  const name = shape
    .slice(kind.length + 1)
    .replace(/^\?/, '')
    .trim();
  return `${capabilityKinds[kind].says}${name === '' ? '' : ` (\`${name}\`)`}`;
}
