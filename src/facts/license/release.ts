import { createHash } from 'node:crypto';
import type { ArchiveFile, CrateManifest } from '../../cargo/crate-archive.ts';
import { type Fact, known } from '../fact.ts';
import { identifyLicense } from './identify.ts';

/** What a release says of its licence, and the licence texts that it carries. Judged by the rule `license`. */
export interface LicenseFact {
  /** `package.license` of Cargo.toml, as written; absent when there is none or it is empty. */
  readonly expression?: string | undefined;
  /** 1-based line of `license` in Cargo.toml, where it can be found. */
  readonly line?: number | undefined;
  /** In the order of their paths. */
  readonly texts: readonly LicenseText[];
  /** What could not be used, one sentence each. */
  readonly problems: readonly string[];
}

/** One file with a licence text. */
export interface LicenseText {
  /** Path below the crate's folder. */
  readonly file: string;
  /** Of the bytes, lower-case hex: what a `clarify` entry pins. */
  readonly sha256: string;
  /** The SPDX id that it is most like; absent when it is like none. */
  readonly id?: string | undefined;
  /** 0–1. */
  readonly confidence: number;
}

/** The licence fact of one release. */
export function licenseFact(fact: LicenseFact, at: number): Fact<LicenseFact> {
  return known(fact, 'archive', at);
}

/** Reads a release's licence from its own manifest and files. Never throws: what is odd becomes a problem. */
export function readLicense(files: readonly ArchiveFile[], manifest: CrateManifest | undefined): LicenseFact {
  const fields = packageFields(manifest);
  const problems: string[] = [];
  const named = typeof fields['license-file'] === 'string' ? cleanPath(fields['license-file']) : undefined;
  const wanted = files.filter(({ path }) => isLicenseName(path) || path === named);
  if (named !== undefined && !wanted.some(({ path }) => path === named))
    problems.push(`its \`license-file\` ${JSON.stringify(named.slice(0, 200))} is not in the archive.`);
  if (wanted.length > maxTexts)
    problems.push(`it has ${wanted.length} licence files; ${maxTexts} were read.`);
  const texts = wanted
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .slice(0, maxTexts)
    .map((file): LicenseText => {
      const sha256 = createHash('sha256').update(file.bytes).digest('hex');
      if (file.size <= maxTextBytes)
        return { file: file.path, sha256, ...identifyLicense(decode(file.bytes)) };
      problems.push(`its ${file.path} is too long for a licence.`);
      return { file: file.path, sha256, confidence: 0 };
    });
  const license = typeof fields.license === 'string' ? fields.license.trim() : '';
  if (license === '') return { texts, problems };
  const line = lineOfLicense(files);
  return { expression: license, ...(line === undefined ? {} : { line }), texts, problems };
}

const maxTexts = 50;
/** The longest text of the SPDX list has 46 kB; one four times as long cannot be half like it. */
const maxTextBytes = 256 * 1024;

/** In the top folder only: what lies deeper is most often about something vendored. */
function isLicenseName(path: string): boolean {
  return !path.includes('/') && /^(?:un)?licen[cs]e|^copying/i.test(path);
}

function packageFields(manifest: CrateManifest | undefined): Readonly<Record<string, unknown>> {
  const fields = manifest?.toml.package ?? manifest?.toml.project;
  return typeof fields === 'object' && fields !== null ? (fields as Readonly<Record<string, unknown>>) : {};
}

function cleanPath(path: string): string {
  return path.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
}

/** Bytes that are not UTF-8 become marks that the comparison drops: an old © is no reason to know nothing. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The line `license = …` below `[package]`; published manifests are written by cargo, one key a line. */
function lineOfLicense(files: readonly ArchiveFile[]): number | undefined {
  const manifest = files.find(({ path }) => path === 'Cargo.toml');
  if (manifest === undefined) return undefined;
  let inPackage = false;
  for (const [index, line] of decode(manifest.bytes).split('\n').entries()) {
    const header = /^\s*\[+\s*([^\]]*?)\s*\]/.exec(line)?.[1];
    if (header !== undefined) inPackage = header === 'package' || header === 'project';
    else if (inPackage && /^\s*(?:license|"license"|'license')\s*=/.test(line)) return index + 1;
  }
  return undefined;
}
