/** One instruction of classic BPF (linux/filter.h, `struct sock_filter`). */
type Instruction = readonly [code: number, jt: number, jf: number, k: number];

interface Architecture {
  /** AUDIT_ARCH_… (linux/audit.h). */
  readonly audit: number;
  readonly socket: number;
  /** ptrace, process_vm_readv, process_vm_writev: by these one process works in the memory of another. */
  readonly memory: readonly number[];
}

const architectures: Readonly<Record<string, Architecture>> = {
  x64: { audit: 0xc000003e, socket: 41, memory: [101, 310, 311] },
  arm64: { audit: 0xc00000b7, socket: 198, memory: [117, 270, 271] },
};

const [load, equal, atLeast, answer] = [0x20, 0x15, 0x35, 0x06];
const allow = 0x7fff0000;
const refuse = (errno: number) => 0x00050000 | errno;
const [EPERM, EACCES, ENOSYS] = [1, 13, 38];
/** Of `struct seccomp_data` (linux/seccomp.h). */
const [nr, arch, argument] = [0, 4, 16];
const unix = 1;
const ioUring = 425;
/** Takes a descriptor, such as a connection, out of another process. */
const pidfdGetfd = 438;
/** x32 calls have this bit (arch/x86/include/asm/unistd.h). */
const x32 = 0x40000000;

/**
 * A seccomp filter, as bubblewrap's `--seccomp` takes it: no UNIX sockets but pairs, so that nothing outside is reached
 * by a path (docker, ssh-agent, D-Bus); no io_uring, which makes sockets without the call; nothing that works in
 * another process, which may be another crate's code with more rights; no calls of other architectures. `undefined`
 * where the machine's calls are not known here.
 */
export function socketFilter(architecture: string): Uint8Array | undefined {
  const own = architectures[architecture];
  if (own === undefined) return undefined;
  const program: readonly Instruction[] = [
    [load, 0, 0, arch],
    [equal, 1, 0, own.audit],
    [answer, 0, 0, refuse(EPERM)],
    [load, 0, 0, nr],
    [atLeast, 0, 1, x32],
    [answer, 0, 0, refuse(ENOSYS)],
    [equal, 0, 1, ioUring],
    [answer, 0, 0, refuse(ENOSYS)],
    ...[...own.memory, pidfdGetfd].flatMap((call): readonly Instruction[] => [
      [equal, 0, 1, call],
      [answer, 0, 0, refuse(EPERM)],
    ]),
    [equal, 0, 3, own.socket],
    [load, 0, 0, argument],
    [equal, 0, 1, unix],
    [answer, 0, 0, refuse(EACCES)],
    [answer, 0, 0, allow],
  ];
  const bytes = Buffer.alloc(program.length * 8);
  for (const [i, [code, jt, jf, k]] of program.entries()) {
    bytes.writeUInt16LE(code, i * 8);
    bytes.writeUInt8(jt, i * 8 + 2);
    bytes.writeUInt8(jf, i * 8 + 3);
    bytes.writeUInt32LE(k >>> 0, i * 8 + 4);
  }
  return bytes;
}
