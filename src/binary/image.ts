/** What an executable says of itself, for one machine; a Mach-O file may hold several. */
export interface Image {
  readonly format: 'elf' | 'pe' | 'macho' | 'wasm';
  /** As target triples name it (`x86_64`, `aarch64`, …); the format's number where it is none of those. */
  readonly machine: string;
  /** In the file's order. */
  readonly sections: readonly Section[];
  /** The libraries that the loader brings, in the file's order, as it names them. */
  readonly needed: readonly string[];
  /** The name that whoever links it will need: ELF's DT_SONAME. Absent for programs and other formats. */
  readonly soname?: string | undefined;
  /** What the linker gave it: ELF's build-id, PE's PDB signature and age, Mach-O's UUID. Lower-case hex. */
  readonly buildId: string | undefined;
  readonly notes: readonly Note[];
}

export interface Section {
  readonly name: string;
  /** Where its bytes are in the file, and how many. */
  readonly offset: number;
  readonly size: number;
  /** Its bytes begin with ELF's compression header (SHF_COMPRESSED); absent: they are as they are. */
  readonly compressed?: true;
}

/** What others than the linker wrote down in an ELF file. */
export type Note =
  /** systemd's package metadata for ELF: JSON, unread. */
  | { readonly kind: 'package'; readonly json: string }
  /** systemd's note of what a program may open while it runs: JSON, unread. */
  | { readonly kind: 'dlopen'; readonly json: string };

/** More sections than any linker makes; a table that claims them is not read. */
export const maxSections = 100_000;
