import { isIP } from 'node:net';

/**
 * What kind of network an IP address belongs to, by IANA's registries of special-purpose addresses (RFC 6890):
 * `loopback` is this machine itself, `link-local` its link (where clouds keep their credentials), `private` an
 * organisation's own network, `reserved` what nothing that is asked for may be at, and `public` everything else.
 */
export type AddressClass = 'public' | 'private' | 'loopback' | 'link-local' | 'reserved';

/** Whether a host, as URLs or addresses to listen on have it, is this very machine. */
export function isThisMachine(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return bare === 'localhost' || bare === '::1' || /^127(?:\.\d{1,3}){3}$/.test(bare);
}

/** The class of an IP address in text, brackets and a zone aside; `undefined` for what is none, such as a name. */
export function addressClass(text: string): AddressClass | undefined {
  const address = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  switch (isIP(address)) {
    case 4:
      return classOf4(bytesOf4(address));
    case 6:
      return classOf6(bytesOf6(address));
    default:
      return undefined;
  }
}

type Block = readonly [prefix: string, bits: number, kind: AddressClass];

/** The first that fits counts. */
const blocks4: readonly Block[] = [
  // "This host on this network": connecting there reaches this machine.
  ['0.0.0.0', 8, 'loopback'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local'],
  ['10.0.0.0', 8, 'private'],
  ['172.16.0.0', 12, 'private'],
  ['192.168.0.0', 16, 'private'],
  // Shared address space behind a carrier's or an overlay network's translation (RFC 6598).
  ['100.64.0.0', 10, 'private'],
  ['192.0.0.0', 24, 'reserved'],
  ['192.0.2.0', 24, 'reserved'],
  ['192.88.99.0', 24, 'reserved'],
  ['198.18.0.0', 15, 'reserved'],
  ['198.51.100.0', 24, 'reserved'],
  ['203.0.113.0', 24, 'reserved'],
  ['224.0.0.0', 4, 'reserved'],
  ['240.0.0.0', 4, 'reserved'],
];

const blocks6: readonly Block[] = [
  ['::', 128, 'loopback'],
  ['::1', 128, 'loopback'],
  ['fe80::', 10, 'link-local'],
  ['fec0::', 10, 'private'],
  ['fc00::', 7, 'private'],
  ['2001::', 23, 'reserved'],
  ['2001:db8::', 32, 'reserved'],
  ['3fff::', 20, 'reserved'],
  ['2000::', 3, 'public'],
];

/** Blocks whose addresses carry one of IPv4, with the byte at which it begins. */
const carriers: readonly (readonly [prefix: string, bits: number, at: number])[] = [
  ['::ffff:0:0', 96, 12],
  ['::ffff:0:0:0', 96, 12],
  ['64:ff9b::', 96, 12],
  ['2002::', 16, 2],
];

function classOf4(bytes: Uint8Array): AddressClass {
  return blocks4.find(([prefix, bits]) => isWithin(bytes, bytesOf4(prefix), bits))?.[2] ?? 'public';
}

function classOf6(bytes: Uint8Array): AddressClass {
  const carrier = carriers.find(([prefix, bits]) => isWithin(bytes, bytesOf6(prefix), bits));
  if (carrier !== undefined) return classOf4(bytes.subarray(carrier[2], carrier[2] + 4));
  return blocks6.find(([prefix, bits]) => isWithin(bytes, bytesOf6(prefix), bits))?.[2] ?? 'reserved';
}

function isWithin(bytes: Uint8Array, prefix: Uint8Array, bits: number): boolean {
  return bytes.every((byte, i) => {
    const kept = Math.min(8, Math.max(0, bits - i * 8));
    return (byte ^ (prefix[i] ?? 0)) >> (8 - kept) === 0;
  });
}

function bytesOf4(text: string): Uint8Array {
  return Uint8Array.from(text.split('.'), Number);
}

/** `text` is an IPv6 address: the dotted form of its end and the gap of zeros are written out. */
function bytesOf6(text: string): Uint8Array {
  const dotted = /(\d+\.\d+\.\d+\.\d+)$/.exec(text)?.[1];
  const tail = dotted === undefined ? [] : [...bytesOf4(dotted)];
  const groups = dotted === undefined ? text : text.slice(0, -dotted.length).replace(/([^:]):$/, '$1');
  const [before = '', after] = groups.split('::');
  const head = bytesOfGroups(before);
  const rest = [...bytesOfGroups(after ?? ''), ...tail];
  return Uint8Array.from([...head, ...new Array(16 - head.length - rest.length).fill(0), ...rest]);
}

function bytesOfGroups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
