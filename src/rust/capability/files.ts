import type { CapabilityKind, Confidence } from './capability.ts';
import { isHome, isKnownVariable, isPlace, isTemp } from './environment.ts';
import type { Origins } from './origins/walk.ts';
import type { Role } from './role.ts';

/** A capability, before it has a place. */
export type Claim = readonly [kind: CapabilityKind, confidence: Confidence, name?: string];

/** Where code runs, as far as it matters to the paths that it makes. */
export interface Ground {
  readonly role: Role;
  /** Where it goes itself (`set_current_dir`), so that relative paths begin there. */
  readonly moved: readonly (Origins | undefined)[];
  /** What it makes OUT_DIR say itself: whoever asks for that later is told this. */
  readonly outDirs: readonly Origins[];
  /** The links that it makes to what lies outside, by their paths: what is written below such a path is written there. */
  readonly links: ReadonlyMap<string, readonly Link[]>;
}

export interface Link {
  readonly path: string;
  readonly to: string | undefined;
}

/** A link from one path to another, as far as it leads outside. */
export function linkOf(from: Origins, to: Origins, ground: Ground): readonly Link[] {
  const path = from.texts.join('/');
  const outside = readsFrom(to, ground).find(([kind]) => kind === 'reads-outside');
  return path === '' || outside === undefined ? [] : [{ path, to: outside[2] }];
}

/**
 * What is written through links of its own, by where it is written. With `isBelow` what has the link's own path is the
 * link, which is removed or made instead.
 */
export function writesThrough(
  origins: Origins | undefined,
  { links }: Ground,
  isBelow: boolean,
): readonly Claim[] {
  const path = origins?.texts.join('/') ?? '';
  if (links.size === 0) return [];
  const above = [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index));
  return [...above, ...(isBelow ? [] : [path])]
    .flatMap((one) => links.get(one) ?? [])
    .map(({ to }) => (to === undefined ? ['writes', 'likely'] : ['writes', 'likely', to]));
}

/** Files that one place may write; what leads to more leads anywhere. */
const maxNames = 6;

/**
 * Where something is written (or removed), by what its path is made of; without origins nothing of the path is known. What
 * cannot be told is outside: `likely`. What a library is handed by whoever calls it is theirs to answer for.
 */
export function writesTo(origins: Origins | undefined, ground: Ground): readonly Claim[] {
  if (origins === undefined) return [['writes', ground.role === 'library' ? 'possible' : 'likely']];
  const { variables, texts, bases, absolute, left, unknown, handed } = origins;
  const claims: Claim[] = [];
  const home = bases.find((base) => base === 'home' || isHome(base));
  if (home !== undefined) claims.push(['writes', 'certain', home]);
  if (bases.some((base) => base === 'temp' || isTemp(base))) claims.push(['temp', 'certain']);
  if (absolute !== undefined) claims.push(['writes', 'certain', absolute]);
  if (bases.includes('OUT_DIR') || (claims.length === 0 && variables.includes('OUT_DIR'))) {
    if (left.includes('OUT_DIR')) claims.push(['writes', 'likely', 'above OUT_DIR']);
    // It may be one or the other, by what whoever builds has set.
    const instead = bases.find((base) => isSet(base, absolute));
    if (bases.includes('OUT_DIR') && instead !== undefined) claims.push(['writes', 'likely', `$${instead}`]);
    const said = ground.outDirs.flatMap((origins) => writesTo(origins, { ...ground, outDirs: [] }));
    return [...claims, ...said.filter(([kind]) => kind !== 'writes-out-dir'), ['writes-out-dir', 'certain']];
  }
  const own = bases.find((name) => manifest.has(name));
  if (own !== undefined) return [...claims, ...inPackage(own, left, ground)];
  if (claims.length > 0) return claims;
  const variable = bases.find((base) => base !== '' && base !== absolute) ?? variables.find(isPlace);
  if (variable !== undefined) return [['writes', 'certain', `$${variable}`]];
  const isKnown = bases.includes('') || (!unknown && texts.length > 0);
  if (!isKnown) return [['writes', handed && ground.role === 'library' ? 'possible' : 'likely']];
  return relativeTo(texts.length === 0 ? ['.'] : texts, left.length > 0, ground);
}

/** Whether a path may begin with what a variable says that is none of cargo's. */
function isSet(base: string, absolute: string | undefined): boolean {
  const isOther = base === absolute || base === 'home' || base === 'temp' || !/^\w+$/.test(base);
  return !isOther && !isKnownVariable(base) && isPlace(base);
}

const manifest: ReadonlySet<string> = new Set(['CARGO_MANIFEST_DIR', 'CARGO_MANIFEST_PATH']);

/** Below the folder of the manifest: a macro and a library are told that of whoever is compiled. */
function inPackage(variable: string, left: readonly string[], { role }: Ground): readonly Claim[] {
  if (left.includes(variable)) return [['writes', 'likely', `above ${variable}`]];
  return role === 'build-script' ? [['writes-package', 'certain']] : [['writes', 'likely', `$${variable}`]];
}

/** Build scripts run in the folder of their package (The Cargo Book, "Build Scripts"); macros where cargo was called. */
function relativeTo(texts: readonly string[], rises: boolean, { role, moved }: Ground): readonly Claim[] {
  const named = texts.slice(0, maxNames);
  const isInside = role === 'build-script' && !rises && goesOf(moved).inside;
  if (!isInside) return named.map((text) => ['writes', 'likely', text]);
  return named.map((text) => [goesOf(moved).toOutDir ? 'writes-out-dir' : 'writes-package', 'likely', text]);
}

/** Whether code goes nowhere but to folders of its own, and whether to OUT_DIR; it may go to thousands, and write as often. */
function goesOf(moved: Ground['moved']): { readonly inside: boolean; readonly toOutDir: boolean } {
  const known = goes.get(moved);
  if (known !== undefined) return known;
  const made = {
    inside: moved.every((to) => to !== undefined && isOwn(to)),
    toOutDir: moved.some((to) => to?.variables.includes('OUT_DIR') === true),
  };
  goes.set(moved, made);
  return made;
}

const goes = new WeakMap<Ground['moved'], ReturnType<typeof goesOf>>();

/** Whether a folder surely lies in the package or in OUT_DIR. */
function isOwn({ variables, bases, left, absolute, unknown, texts }: Origins): boolean {
  if (left.length > 0 || absolute !== undefined) return false;
  if (bases.length > 0) return bases.every((base) => base === '' || base === 'OUT_DIR' || manifest.has(base));
  return !variables.some(isPlace) && !unknown && texts.length > 0;
}

/** The same of what is read: only what lies outside of the package is worth a word. */
export function readsFrom(origins: Origins | undefined, ground: Ground): readonly Claim[] {
  if (origins === undefined) return [];
  const { variables, texts, bases, absolute, left } = origins;
  const secret = secretIn(origins);
  const claims: Claim[] = secret === undefined ? [] : [secret];
  if (bases.some((base) => base === 'home' || isHome(base)))
    return [...claims, ['reads-outside', 'certain', 'home']];
  if (absolute !== undefined) return [...claims, ['reads-outside', 'likely', absolute]];
  const from = left.find((base) => base === 'OUT_DIR' || manifest.has(base));
  if (from !== undefined) return [...claims, ['reads-outside', 'likely', `above ${from}`]];
  const isHere = bases.includes('OUT_DIR') || bases.some((name) => manifest.has(name));
  if (isHere) return claims;
  const other =
    bases.find((base) => base !== '' && !isKnownVariable(base)) ??
    variables.find((name) => !isKnownVariable(name));
  if (other !== undefined) return [...claims, ['reads-outside', 'likely', `$${other}`]];
  const above = left.includes('') ? texts.find((text) => text.startsWith('..')) : undefined;
  if (above !== undefined) return [...claims, ['reads-outside', 'likely', above]];
  const isMoved = variables.length === 0 && !goesOf(ground.moved).inside;
  return isMoved ? [...claims, ['reads-outside', 'likely']] : claims;
}

/** Files that hold what nobody else should know, and what the kernel tells of a process. */
const secrets = new RegExp(
  String.raw`(?:^|[\\/])(?:${[
    // Of cargo, git, forges, and what publishes.
    String.raw`credentials(?:\.(?:toml|db|json|tfrc\.json))?`,
    String.raw`\.git-credentials?(?:-cache)?`,
    String.raw`\.netrc|\.npmrc|\.pypirc|\.yarnrc\.yml|hosts\.yml|gh[\\/]hosts\.json|github-copilot`,
    String.raw`\.m2[\\/]settings\.xml|\.gradle[\\/]gradle\.properties|\.composer[\\/]auth\.json`,
    // Keys, and what keeps them.
    String.raw`\.ssh|id_(?:rsa|dsa|ecdsa|ed25519)\w*|\.gnupg|\.password-store|keyrings?|shadow|age[\\/]keys\.txt`,
    // Of clouds, clusters and databases.
    String.raw`\.aws|\.azure|\.kube|\.docker[\\/]config\.json|\.vault-token|application_default_credentials\.json|accessTokens\.json|\.s3cfg|\.boto|rclone\.conf`,
    String.raw`(?:var[\\/])?run[\\/]secrets|serviceaccount[\\/]token|\.pgpass|\.my\.cnf`,
    // Of browsers, wallets, assistants; what was typed.
    String.raw`Login Data|Cookies|cookies\.sqlite|key[34]\.db|logins\.json|Local Storage[\\/]leveldb|sitemanager\.xml`,
    String.raw`wallet\.dat|exodus\.wallet|\.electrum|\.bitcoin|\.ethereum|solana[\\/]id\.json|nkbihfbeogaeaoehlefnkodbefgpgknn`,
    String.raw`\.claude\.json|\.codex[\\/]auth\.json|oauth_creds\.json`,
    String.raw`\.(?:bash|zsh|python|mysql|psql|node_repl|sqlite)_history`,
  ].join('|')})(?:$|[\\/])`,
);
const environments = /(?:^|[\\/])(?:environ|cmdline|mem|maps)(?:$|[\\/])/;

/** A file that is a secret, by its parts. */
export function secretIn({ texts, absolute = '' }: Pick<Origins, 'texts' | 'absolute'>): Claim | undefined {
  const whole = [absolute, ...texts];
  if (
    whole.some((text) => /(?:^|[\\/])proc(?:$|[\\/])/.test(text)) &&
    whole.some((text) => environments.test(text))
  )
    return ['reads-all-variables', 'likely', '/proc'];
  const name = whole.find((text) => secrets.test(text)) ?? secretOf(whole);
  return name === undefined ? undefined : ['reads-secret-file', 'likely', name];
}

/** `home.join(".docker").join("config.json")`: a secret that is named part by part. */
function secretOf(parts: readonly string[]): string | undefined {
  if (parts.length > maxParts) return undefined;
  const name = secrets.exec(parts.join('/'))?.[0];
  return name?.replaceAll(/^[\\/]+|[\\/]+$/g, '');
}

/** Parts of one path; more of them are different ones. */
const maxParts = 6;
