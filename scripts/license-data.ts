/**
 * Makes src/facts/license/license-ids.json and license-texts.br from the crate `spdx` (MIT OR Apache-2.0), which carries
 * the SPDX licence list (CC0-1.0): the identifiers with what SPDX says of them, and every licence text already
 * normalised the way src/facts/license/normalise.ts does it. Fetches with cargo. Run again when SPDX has a new list:
 * `node scripts/license-data.ts && npx biome check --write src/facts/license`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliCompressSync, constants, zstdDecompressSync } from 'node:zlib';

const version = '0.13.6';
const target = join(import.meta.dirname, '../src/facts/license');

const folder = fetchCrate('spdx', version);
const ids = readFileSync(join(folder, 'src/identifiers.rs'), 'utf8');
const list = /VERSION: &str = "([^"]+)"/.exec(ids)?.[1] ?? '';
writeFileSync(join(target, 'license-ids.json'), `${JSON.stringify(identifiers(ids), null, 2)}\n`);
writeFileSync(
  join(target, 'license-texts.br'),
  pack(readCache(join(folder, 'src/detection/cache.bin.zstd'))),
);

interface Text {
  readonly id: string;
  readonly text: string;
}

function fetchCrate(name: string, wanted: string): string {
  const project = mkdtempSync(join(tmpdir(), 'license-data-'));
  try {
    mkdirSync(join(project, 'src'));
    writeFileSync(join(project, 'src/lib.rs'), '');
    writeFileSync(
      join(project, 'Cargo.toml'),
      `[package]\nname = "x"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n${name} = "=${wanted}"\n`,
    );
    const metadata = execFileSync('cargo', ['metadata', '--format-version', '1'], {
      cwd: project,
      maxBuffer: 1 << 26,
    });
    const { packages } = JSON.parse(metadata.toString()) as {
      packages: { name: string; manifest_path: string }[];
    };
    const found = packages.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`cargo did not fetch ${name} ${wanted}`);
    return dirname(found.manifest_path);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

/** Lists of ids as single texts: a diff of this file shows the ids that changed, not eight hundred lines. */
function identifiers(source: string) {
  const table = (type: string) => {
    const body =
      new RegExp(`pub const [A-Z]+: &\\[${type}\\] = &\\[(.*?)\\n\\];`, 's').exec(source)?.[1] ?? '';
    return [...body.matchAll(/\bname: "([^"]+)".*?flags: ([^\n]*),\n/gs)].map(
      ([, name = '', flags = '']) => ({
        name,
        flags,
      }),
    );
  };
  const licenses = table('License');
  const exceptions = table('Exception');
  const withFlag = (rows: typeof licenses, flag: string) =>
    rows
      .filter(({ flags }) => flags.includes(flag))
      .map(({ name }) => name)
      .join(' ');
  const imprecise = /IMPRECISE_NAMES: [^=]*= &\[(.*?)\n\];/s.exec(source)?.[1] ?? '';
  return {
    list,
    licenses: licenses.map(({ name }) => name).join(' '),
    deprecated: withFlag(licenses, 'IS_DEPRECATED'),
    osi: withFlag(licenses, 'IS_OSI_APPROVED'),
    copyleft: withFlag(licenses, 'IS_COPYLEFT'),
    gnu: withFlag(licenses, 'IS_GNU'),
    exceptions: exceptions.map(({ name }) => name).join(' '),
    imprecise: Object.fromEntries(
      [...imprecise.matchAll(/\("([^"]+)", "([^"]+)"\)/g)].map(([, name = '', id = '']) => [name, id]),
    ),
  };
}

/** The crate's own cache of normalised texts (its src/detection/cache.rs), originals and headers alike. */
function readCache(path: string): Text[] {
  const head = 'spdx-crate-01';
  const packed = readFileSync(path);
  if (packed.toString('latin1', 0, head.length) !== head) throw new Error(`${path} is of another format`);
  const bytes = zstdDecompressSync(packed.subarray(head.length));
  let at = 0;
  const u16 = () => {
    at += 2;
    return bytes.readUInt16LE(at - 2);
  };
  const text = () => {
    const length = u16();
    at += length;
    return bytes.toString('utf8', at - length, at);
  };
  const many = <T>(read: () => T): T[] => Array.from({ length: u16() }, read);
  const textData = (): string => {
    many(() => {
      text();
      at += 4;
    });
    at += 1 + 8 + 8 + 8;
    many(text);
    return text();
  };
  const texts = many((): Text[] => {
    const id = text();
    const original = textData();
    many(text);
    const others = [...many(textData), ...many(textData)];
    return [original, ...others].map((one) => ({ id, text: one }));
  });
  if (at !== bytes.length) throw new Error(`${path} was not read to its end`);
  return texts.flat().filter((one) => one.text !== '');
}

/** See src/facts/license/texts.ts for the layout. */
function pack(texts: readonly Text[]): Buffer {
  const sorted = [...texts].sort((a, b) => compare(a.id, b.id) || compare(a.text, b.text));
  const counts = new Map<string, number>();
  for (const { text } of sorted)
    for (const word of text.split(' ')) counts.set(word, (counts.get(word) ?? 0) + 1);
  const vocabulary = [...counts].sort((a, b) => b[1] - a[1] || compare(a[0], b[0])).map(([word]) => word);
  const number = new Map(vocabulary.map((word, index) => [word, index]));
  const words = sorted.map(({ text }) => text.split(' ').map((word) => number.get(word) ?? 0));
  const head = { list, texts: sorted.map(({ id }, index) => [id, words[index]?.length ?? 0]), vocabulary };
  const numbers = Buffer.from(Uint16Array.from(words.flat()).buffer);
  const json = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return brotliCompressSync(Buffer.concat([length, json, numbers]), {
    params: {
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    },
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
