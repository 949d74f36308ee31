import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';

/** A stand-in for a release: small, and harmless. */
export interface StandIn {
  readonly name: string;
  readonly version: string;
  /** Requirements of its normal dependencies, by crate. */
  readonly dependencies?: Readonly<Record<string, string>>;
  /** The text of its `build.rs`. Nothing here ever compiles or runs it. */
  readonly buildScript?: string;
}

/** A `.crate`, and its SHA-256 in lower-case hex. */
export interface CrateFile {
  readonly bytes: Buffer;
  readonly checksum: string;
}

/** Packs a stand-in as `cargo package` would. The same stand-in always gives the same bytes. */
export async function crateFile(standIn: StandIn): Promise<CrateFile> {
  const { name, version, buildScript } = standIn;
  const manifest = manifestOf(standIn);
  const files: readonly (readonly [path: string, body: string])[] = [
    ['Cargo.toml', manifest],
    ['Cargo.toml.orig', manifest],
    ...(buildScript === undefined ? [] : [['build.rs', buildScript] as const]),
    ['src/lib.rs', `//! Stands in for ${name} ${version}.\n`],
  ];
  const tar = await packTar(
    files.map(([path, body]) => ({
      header: { name: `${name}-${version}/${path}`, size: body.length, mtime: new Date(0) },
      body,
    })),
  );
  const bytes = gzipSync(tar);
  return { bytes, checksum: createHash('sha256').update(bytes).digest('hex') };
}

function manifestOf({ name, version, dependencies = {}, buildScript }: StandIn): string {
  return [
    '[package]',
    `name = "${name}"`,
    `version = "${version}"`,
    'edition = "2021"',
    `build = ${buildScript === undefined ? 'false' : '"build.rs"'}`,
    `description = "Stands in for ${name} ${version}"`,
    'license = "MIT OR Apache-2.0"',
    '',
    '[dependencies]',
    ...Object.entries(dependencies).map(([crate, requirement]) => `${crate} = "${requirement}"`),
    '',
  ].join('\n');
}
