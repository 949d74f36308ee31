import { textOf } from './strace-lines.ts';

/** The names that a call asks a name server for, by the datagrams that it sends as strace writes them (RFC 1035, section 4.1). */
export function questionsIn(args: string): readonly string[] {
  const hosts = [...args.matchAll(/"(?:[^"\\]|\\.)*"/g)].flatMap(([text]) => {
    const bytes = bytesOf(text);
    return bytes === undefined ? [] : (questionOf(bytes) ?? []);
  });
  return [...new Set(hosts)];
}

function questionOf(bytes: Buffer): string | undefined {
  const isQuery =
    bytes.length > 17 &&
    // A standard query, with one question and no answers.
    (bytes.readUInt16BE(2) & 0xfe8f) === 0 &&
    bytes.readUInt16BE(4) === 1 &&
    bytes.readUInt32BE(6) === 0;
  if (!isQuery) return undefined;
  const labels: string[] = [];
  let at = 12;
  for (let length = bytes[at]; length !== undefined && length > 0; length = bytes[at]) {
    if (length > 63 || at + 1 + length > bytes.length) return undefined;
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const name = labels.join('.').toLowerCase();
  return bytes[at] === 0 && /^[a-z0-9_.-]+$/.test(name) ? name : undefined;
}

/** `textOf` reads UTF-8; a datagram has bytes. */
function bytesOf(quoted: string): Buffer | undefined {
  if (!quoted.startsWith('"')) return undefined;
  const escaped = quoted.replace(/\\(?:([0-7]{1,3})|x([0-9a-f]{2})|(.))/gs, (_, octal, hex, other) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    return hex === undefined ? (textOf(`"\\${other}"`) ?? '') : String.fromCharCode(Number.parseInt(hex, 16));
  });
  return Buffer.from(escaped.slice(1, -1), 'latin1');
}
