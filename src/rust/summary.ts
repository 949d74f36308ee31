import { type Capability, type CapabilityKind, capabilityKinds } from './capability/capability.ts';
import type { CodeReview } from './code-review.ts';

/**
 * What code does, in one sentence: `Asks pkg-config for openssl, compiles native code with cc, writes only to OUT_DIR,
 * reads 9 variables, no network.`
 */
export function summaryOf(review: Pick<CodeReview, 'capabilities' | 'opaque' | 'helpers'>): string {
  const clauses = [
    ...links(review),
    ...programs(review),
    ...files(review),
    ...variables(review),
    ...others(review),
    ...emitted(review),
    ...network(review),
    ...unread(review),
  ];
  const [first = 'nothing', ...rest] = clauses;
  return `${first.charAt(0).toUpperCase()}${first.slice(1)}${rest.map((clause) => `, ${clause}`).join('')}.`;
}

type Review = Pick<CodeReview, 'capabilities' | 'opaque' | 'helpers'>;

/** The names of capabilities of some kinds, each once; what has no name counts as `undefined`. */
function namesOf(
  { capabilities }: Review,
  ...kinds: readonly CapabilityKind[]
): readonly (string | undefined)[] {
  return [
    ...new Set(
      capabilities
        .filter(own)
        .filter(({ kind }) => kinds.includes(kind))
        .map(({ name }) => name),
    ),
  ];
}

function own({ emitted }: Capability): boolean {
  return emitted !== true;
}

function has({ capabilities }: Review, ...kinds: readonly CapabilityKind[]): boolean {
  return capabilities.some((one) => own(one) && kinds.includes(one.kind));
}

function links(review: Review): readonly string[] {
  const libraries = namesOf(review, 'native-library');
  const tools = namesOf(review, 'native-build');
  return [
    ...(libraries.length > 0 ? [`asks the system for ${listed(libraries, 'a library')}`] : []),
    ...(tools.length > 0 ? [`compiles native code with ${listed(tools, 'a tool')}`] : []),
    ...(has(review, 'bindings') ? ['generates bindings'] : []),
    ...(has(review, 'link-directive') ? ['tells the linker what to link'] : []),
    ...(has(review, 'compiler-directive') ? ['sets cfgs or variables for the compiler'] : []),
  ];
}

function programs(review: Review): readonly string[] {
  const all = namesOf(review, 'process', 'shell');
  // What is not named for the length of the list must not be a shell.
  const shells = new Set(namesOf(review, 'shell'));
  const names = all
    .filter((name) => name !== '$OUT_DIR')
    .sort((a, b) => Number(shells.has(b)) - Number(shells.has(a)));
  const runs = [
    ...(names.length > 0 ? [listed(names, 'a program that its text does not name')] : []),
    ...(names.length < all.length ? ['what it has made itself'] : []),
  ];
  return [
    ...(runs.length > 0 ? [`runs ${runs.join(' and ')}`] : []),
    ...(has(review, 'redirects-tools') ? ['has compilers or linkers run or load something else'] : []),
    ...(has(review, 'probes-compiler') ? ['asks the compiler what it can do'] : []),
    ...(has(review, 'probes-target') ? ['asks what it is built for'] : []),
  ];
}

function files(review: Review): readonly string[] {
  const outside = has(review, 'writes');
  const clauses = [
    ...(outside ? ['writes outside OUT_DIR'] : []),
    ...(has(review, 'writes-package') ? ['writes into its own package'] : []),
    ...(has(review, 'temp') ? ['uses temporary files'] : []),
    ...(has(review, 'home') ? ['asks for the home folder'] : []),
    ...(has(review, 'reads-outside') ? ['reads outside its package'] : []),
    ...(has(review, 'reads-secret-file')
      ? [`reads the secret ${listed(namesOf(review, 'reads-secret-file'), 'file')}`]
      : []),
    ...(has(review, 'makes-executable') ? ['changes what a file may do'] : []),
  ];
  if (!has(review, 'writes-out-dir')) return clauses;
  const isMoved = namesOf(review, 'sets-variable').includes('OUT_DIR');
  return [
    outside || isMoved || has(review, 'writes-package', 'temp') || isPartlyUnread(review)
      ? 'writes into OUT_DIR'
      : 'writes only to OUT_DIR',
    ...clauses,
  ];
}

function variables(review: Review): readonly string[] {
  const secrets = namesOf(review, 'reads-secret');
  const count = namesOf(review, 'reads-variable', 'reads-cargo-variable').length;
  return [
    ...(count > 0 ? [`reads ${count} ${count === 1 ? 'variable' : 'variables'}`] : []),
    ...(has(review, 'reads-all-variables') ? ['reads every variable'] : []),
    ...(secrets.length > 0 ? [`reads the secret ${listed(secrets, 'variable')}`] : []),
    ...(has(review, 'sets-variable')
      ? [`sets ${listed(namesOf(review, 'sets-variable'), 'a variable')}`]
      : []),
  ];
}

const hiding: readonly (readonly [CapabilityKind, string])[] = [
  ['encoded-literal', 'carries encoded data'],
  ['decodes', 'decodes data'],
  ['includes-bytes', 'embeds a file'],
  ['data-as-code', 'makes data callable'],
  ['foreign-code', 'calls code that is not Rust'],
  ['assembly', 'has machine code of its own'],
  ['loads-library', 'loads code while it runs'],
  ['constructor', 'runs before main'],
  ['exported-symbol', 'stands in for functions that others call'],
  ['built-name', 'puts names together while it runs'],
  ['detects-ci', 'asks whether a CI runs it'],
  ['sleeps', 'waits'],
  ['clock', 'asks for the date'],
];

function others(review: Review): readonly string[] {
  return hiding.flatMap(([kind, says]) => (has(review, kind) ? [says] : []));
}

/** What macros write into the code of whoever calls them. */
function emitted({ capabilities }: Review): readonly string[] {
  const says = new Set(capabilities.filter((one) => !own(one)).map(({ kind }) => capabilityKinds[kind].says));
  return [...says].map((clause) => `writes code that ${clause}`);
}

function network(review: Review): readonly string[] {
  const used = namesOf(review, 'network', 'downloader');
  if (used.length > 0) return [`uses the network (${listed(used, 'sockets')})`];
  if (isPartlyUnread(review)) return ['no network in what can be read'];
  // A program that nobody knows may do anything.
  const isTold = namesOf(review, 'process', 'shell').every(
    (name) => name !== undefined && !name.includes(' '),
  );
  return [isTold ? 'no network' : 'no network of its own'];
}

/**
 * Whether code runs that is not there to be read, which may do anything: what an interpreter is given (`python3 -c`), a
 * library.
 */
function isPartlyUnread(review: Review): boolean {
  return (
    review.opaque.length > 0 ||
    has(review, 'data-as-code', 'loads-library') ||
    namesOf(review, 'shell').some((name) => name?.includes(' '))
  );
}

function unread({ opaque, helpers }: Review): readonly string[] {
  return [
    ...(helpers.length > 0 ? [`calls ${listed(helpers, 'other crates')}`] : []),
    ...(opaque.length > 0
      ? [`${opaque.length} ${opaque.length === 1 ? 'place' : 'places'} that nobody can read`]
      : []),
  ];
}

const maxNamed = 4;

function listed(names: readonly (string | undefined)[], unnamed: string): string {
  const known = names.map((name) => (name === undefined ? unnamed : `\`${name}\``));
  const shown = known.slice(0, maxNamed);
  const more = known.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(' and ');
}
