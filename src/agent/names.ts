/** Names that are taken from one file, and bytes that a name may have. */
const most = { names: 200, length: 128 };

const dot = 0x2e;
const isName = new Uint8Array(256);
for (const letter of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-.')
  isName[letter.charCodeAt(0)] = 1;

/**
 * Finds names of shared libraries in the bytes of a file, which come in pieces: `libpq.so.5`. A program that opens one
 * has its name in it, as a rule.
 */
export class NameSearch {
  readonly #names = new Set<string>();
  #end: Uint8Array = new Uint8Array(0);

  add(bytes: Buffer): void {
    // One that lies across two pieces.
    if (this.#end.length > 0) this.#search(Buffer.concat([this.#end, bytes.subarray(0, most.length)]));
    this.#search(bytes);
    this.#end = Uint8Array.prototype.slice.call(bytes, -most.length);
  }

  found(): readonly string[] {
    return [...this.#names];
  }

  #search(bytes: Buffer): void {
    for (let at = bytes.indexOf('.so'); at !== -1; at = bytes.indexOf('.so', at + 3)) {
      if (this.#names.size >= most.names) return;
      let [from, to] = [at, at + 3];
      while (from > 0 && at - from < most.length && isName[bytes[from - 1] ?? 0] === 1) from--;
      while (to < bytes.length && to - at < most.length && (bytes[to] === dot || isDigit(bytes[to]))) to++;
      const name = bytes.toString('latin1', from, to).replace(/\.+$/, '');
      const isWhole = to < bytes.length && isName[bytes[to] ?? 0] === 0;
      if (isWhole && /^lib[\w+-][\w.+-]*\.so(?:\.\d+)*$/.test(name)) this.#names.add(name);
    }
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
