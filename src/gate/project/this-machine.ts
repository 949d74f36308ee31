/** The target that rustc on this machine builds for, as far as Node can tell. */
export function thisMachine(platform: string = process.platform, arch: string = process.arch): string {
  const cpu = cpus[arch] ?? arch;
  switch (platform) {
    case 'darwin':
      return `${cpu}-apple-darwin`;
    case 'win32':
      return `${cpu}-pc-windows-msvc`;
    case 'freebsd':
      return `${cpu}-unknown-freebsd`;
    default:
      return `${cpu}-unknown-linux-gnu`;
  }
}

const cpus: Readonly<Record<string, string>> = {
  x64: 'x86_64',
  arm64: 'aarch64',
  ia32: 'i686',
  riscv64: 'riscv64gc',
  ppc64: 'powerpc64le',
};
