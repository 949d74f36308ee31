/** A note of ELF with its bytes, as a section of its own holds it. */
export interface WrittenNote {
  readonly section: '.note.gnu.build-id' | '.note.package';
  readonly bytes: Uint8Array;
}

/** What systemd's package metadata says of an ELF file (UAPI group, "Package Metadata for Executable Files"). */
export interface PackageNote {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  /** As `uname -m` names it. */
  readonly architecture: string;
}

/** As a linker takes it (`--package-metadata`): without a space. */
export function packageNoteText({ type, name, version, architecture }: PackageNote): string {
  return JSON.stringify({ type, name, version, architecture });
}

/** `json` is `packageNoteText`; `little`: whether the file has the low byte of a number first. */
export function packageNote(json: string, little: boolean): WrittenNote {
  const text = new TextEncoder().encode(`${json}\0`);
  return { section: '.note.package', bytes: noteBytes('FDO', 0xcafe1a7e, text, little) };
}

/** `hex` is the id. */
export function buildIdNote(hex: string, little: boolean): WrittenNote {
  return { section: '.note.gnu.build-id', bytes: noteBytes('GNU', 3, Buffer.from(hex, 'hex'), little) };
}

/** System V ABI, "Note Section": lengths, type, name and contents, each filled up to 4 bytes. */
function noteBytes(owner: string, type: number, contents: Uint8Array, little: boolean): Uint8Array {
  const padded = (length: number) => Math.ceil(length / 4) * 4;
  const nameSize = owner.length + 1;
  const bytes = new Uint8Array(12 + padded(nameSize) + padded(contents.length));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, nameSize, little);
  view.setUint32(4, contents.length, little);
  view.setUint32(8, type, little);
  bytes.set(new TextEncoder().encode(owner), 12);
  bytes.set(contents, 12 + padded(nameSize));
  return bytes;
}
