/** What a client's first words in a tunnel say of where it goes. */
export type ClientHello =
  /** More bytes are needed. */
  | { readonly kind: 'partial' }
  | { readonly kind: 'hello'; readonly host: string }
  /** `reason` is a part of a sentence. */
  | { readonly kind: 'refused'; readonly reason: string };

/** The longest hello that is read, in bytes. */
export const maxHello = 65_536;

const refused = (reason: string): ClientHello => ({ kind: 'refused', reason });
const [serverName, encryptedHello] = [0, 0xfe0d];

/**
 * Reads the name that a TLS client asks for (RFC 8446, section 4.1.2; RFC 6066, section 3). One that hides another name behind it
 * (`encrypted_client_hello`) or has none is refused.
 */
export function readClientHello(bytes: Buffer): ClientHello {
  const message = handshakeIn(bytes);
  if (!(message instanceof Uint8Array)) return message;
  try {
    const reader = new Reader(message);
    if (reader.number(1) !== 1) return refused('it begins with no hello of TLS');
    const body = new Reader(reader.part(3));
    body.skip(2 + 32);
    body.part(1);
    body.part(2);
    body.part(1);
    const extensions = new Reader(body.part(2));
    let host: string | undefined;
    while (!extensions.isDone) {
      const kind = extensions.number(2);
      const data = extensions.part(2);
      if (kind === encryptedHello) return refused('its hello hides the name that it asks for');
      if (kind !== serverName) continue;
      const names = new Reader(new Reader(data).part(2));
      if (host !== undefined || names.number(1) !== 0) return refused('it asks for more than one name');
      host = Buffer.from(names.part(2)).toString('latin1');
      if (!names.isDone) return refused('it asks for more than one name');
    }
    return host === undefined ? refused('it asks for no name') : { kind: 'hello', host: host.toLowerCase() };
  } catch (error) {
    if (error instanceof RangeError) return refused('its hello of TLS does not read');
    throw error;
  }
}

/** The first message of the handshake, put together from its records (RFC 8446, section 5.1). */
function handshakeIn(bytes: Buffer): Buffer | ClientHello {
  const parts: Buffer[] = [];
  let size = 0;
  for (let at = 0; at + 5 <= bytes.length; ) {
    if (bytes[at] !== 22 || bytes[at + 1] !== 3) return refused('it speaks no TLS');
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0) return refused('its hello of TLS does not read');
    if (at + 5 + length > bytes.length) break;
    parts.push(bytes.subarray(at + 5, at + 5 + length));
    size += length;
    at += 5 + length;
    const whole = Buffer.concat(parts);
    if (size >= 4 && size >= 4 + whole.readUIntBE(1, 3)) return whole.subarray(0, 4 + whole.readUIntBE(1, 3));
  }
  if (bytes.length > 0 && bytes[0] !== 22) return refused('it speaks no TLS');
  return bytes.length > maxHello ? refused('its hello of TLS does not end') : { kind: 'partial' };
}

/** Throws `RangeError` behind the end. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes);
  }

  get isDone(): boolean {
    return this.#at === this.#bytes.length;
  }

  number(size: number): number {
    const value = this.#bytes.readUIntBE(this.#at, size);
    this.#at += size;
    return value;
  }

  skip(size: number): void {
    this.#at += size;
    if (this.#at > this.#bytes.length) throw new RangeError('behind the end');
  }

  /** What a length of so many bytes stands before. */
  part(size: number): Buffer {
    const length = this.number(size);
    const from = this.#at;
    this.skip(length);
    return this.#bytes.subarray(from, from + length);
  }
}
