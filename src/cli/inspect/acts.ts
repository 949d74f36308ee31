import { type EmbeddedCrate, embeddedCrates } from '../../binary/dep-v0.ts';
import { readExecutable } from '../../binary/executable.ts';
import type { Image } from '../../binary/image.ts';
import { type RecoveredCrate, recoveredCrates } from '../../binary/recovered.ts';
import { withBinary } from '../shared/binary-file.ts';
import { paint, print, printable } from '../shared/terminal.ts';

export interface InspectOptions {
  readonly format: 'text' | 'json';
  /** Commander's reading of `--no-recover`. */
  readonly recover: boolean;
}

/** What one image of a file says, with the crates of its list where it has one. */
type Inspected = Image & { readonly crates: readonly EmbeddedCrate[] | undefined };

/** Prints what an executable says of itself. Throws `CliError`. */
export async function inspect(file: string, options: InspectOptions): Promise<void> {
  const { images, recovered } = withBinary(file, (source) => {
    const images = readExecutable(source).map(
      (image): Inspected => ({ ...image, crates: embeddedCrates(source, image) }),
    );
    const isListed = images.every(({ crates }) => crates !== undefined);
    return { images, recovered: isListed || !options.recover ? undefined : recoveredCrates(source) };
  });
  if (options.format === 'json') {
    const shown = images.map((image) => ({
      ...image,
      buildId: image.buildId ?? null,
      crates: image.crates ?? null,
    }));
    print(JSON.stringify({ file, images: shown, recovered: recovered ?? null }, null, 2));
    return;
  }
  for (const image of images) printImage(file, image);
  if (images.every(({ crates }) => crates === undefined)) printRecovered(recovered);
}

const formats = { elf: 'ELF', pe: 'PE', macho: 'Mach-O', wasm: 'WebAssembly' } as const;

function printImage(file: string, image: Inspected): void {
  const { format, machine, buildId, needed, notes, crates } = image;
  print(`${paint('bold', printable(file))}: ${formats[format]} for ${printable(machine)}`);
  print(`  build id: ${buildId ?? paint('yellow', 'none')}`);
  if (needed.length > 0) print(`  needs: ${needed.map(printable).join(', ')}`);
  for (const note of notes) print(`  ${noteNames[note.kind]}: ${printable(note.json)}`);
  if (crates === undefined) return;
  const linked = crates.filter(({ kind }) => kind === 'runtime').length;
  print(
    `  ${crates.length} crates by its own list: ${linked} linked, ${crates.length - linked} only for its build`,
  );
  for (const { name, version, source, kind } of crates) {
    const from = source === 'crates.io' ? '' : paint('dim', ` from ${printable(source)}`);
    print(
      `    ${printable(name)} ${printable(version)}${from}${kind === 'build' ? paint('dim', ' (build)') : ''}`,
    );
  }
}

const noteNames = { package: 'package', dlopen: 'may open' } as const;

function printRecovered(recovered: readonly RecoveredCrate[] | undefined): void {
  print('  no list of its crates (section .dep-v0)');
  if (recovered === undefined) return;
  const own = recovered.filter(({ method }) => method !== 'rust');
  if (own.length === 0) {
    print('  no paths or functions of crates in it either: nothing is known of what it is made of');
    return;
  }
  print(`  ${own.length} crates recovered from traces in it; there may be more that left none:`);
  for (const { name, version, method, confidence } of own) {
    const sure = confidence === 'high' ? '' : paint('yellow', ' likely');
    print(`    ${printable(name)} ${version ?? '(no version)'}${paint('dim', ` by ${method}`)}${sure}`);
  }
}
