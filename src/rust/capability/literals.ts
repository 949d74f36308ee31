import type { CapabilityKind, Confidence } from './capability.ts';
import { downloaderIn } from './programs.ts';

/** What a text by itself says about the code that has it. */
export interface Said {
  readonly kind: CapabilityKind;
  readonly name?: string;
  readonly confidence: Confidence;
}

/** Longest text that is looked into. */
const maxText = 64 * 1024;
const address = /\b(?:https?|ftp|wss?|ssh|git|tcp|udp):\/\/([A-Za-z0-9.-]{1,253})/;
/** Bytes of base64 or hexadecimal digits that stand in one text. */
const encoded = /^(?:[A-Za-z0-9+/_-]{200,}={0,2}|(?:\\x[0-9a-fA-F]{2}|[0-9a-fA-F]{2}){100,})$/;

/** Files and folders by which a container, or a machine of a CI, is known. */
const ofMachines =
  /^(?:\/\.dockerenv|\/(?:var\/)?run\/\.containerenv|\/\.singularity\.d|\/kaniko|\/proc\/(?:1|self)\/cgroup|\/github\/(?:workspace|home|workflow)|\/__w|\/home\/runner|\/Users\/runner|\/opt\/hostedtoolcache|\/builds|\/bitbucket\/pipelines|\/opt\/atlassian|\/home\/circleci|\/home\/travis|\/var\/(?:lib\/)?(?:jenkins|buildkite-agent)(?:_home)?|\/var\/jenkins_home|\/drone\/src)(?=\/|$)/;

/** What a string literal says: addresses, command lines that download, encoded data. */
export function saidBy(text: string): readonly Said[] {
  const said: Said[] = [];
  const head = text.length > maxText ? text.slice(0, maxText) : text;
  const host = address.exec(head)?.[1];
  if (host !== undefined) said.push({ kind: 'url', name: host, confidence: 'possible' });
  const downloader = downloaderIn(head);
  if (downloader !== undefined) said.push({ kind: 'downloader', name: downloader, confidence: 'possible' });
  const place = ofMachines.exec(head)?.[0];
  if (place !== undefined) said.push({ kind: 'detects-ci', name: place, confidence: 'likely' });
  if (isEncoded(text))
    said.push({ kind: 'encoded-literal', name: `${text.length} characters`, confidence: 'likely' });
  return said;
}

/** Long, without a space, of an alphabet that encodes, and with as many different characters as data has. */
function isEncoded(text: string): boolean {
  if (text.length < 200) return false;
  const plain = text.replaceAll(/\s+/g, '');
  if (!encoded.test(plain)) return false;
  const different = new Set(plain.slice(0, 4096)).size;
  return different > 12 && (/\d/.test(plain) || /[+/]/.test(plain)) && /[A-Za-z]/.test(plain);
}

/** Directives that change nothing that is built (The Cargo Book, "Outputs of the Build Script"). */
const idle = /^(?:rerun-if-|warning|error|rustc-check-cfg)/;

/**
 * What a line that a build script prints tells cargo (cargo: src/compiler/custom_build.rs, `parse_output`); `undefined` where it
 * is none, or changes nothing.
 */
export function directiveIn(line: string): Said | undefined {
  const read = /^cargo::?([A-Za-z][\w-]*|\{\w*\})(?:=(.*))?/s.exec(line.trimStart());
  const [, key = '', value = ''] = read ?? [];
  if (read === null || idle.test(key)) return undefined;
  const name = `${key}${value === '' ? '' : '='}${value.trimEnd()}`;
  if (/^rustc-(?:link-|cdylib-|flags)/.test(key))
    return { kind: 'link-directive', name, confidence: 'certain' };
  if (/^rustc-(?:env|cfg)/.test(key)) return { kind: 'compiler-directive', name, confidence: 'certain' };
  return { kind: 'metadata', name, confidence: 'certain' };
}
