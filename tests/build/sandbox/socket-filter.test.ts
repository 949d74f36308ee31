import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { socketFilter } from '../../../src/build/sandbox/socket-filter.ts';

/** What the kernel does by a filter (linux/filter.h, as far as it is used): `allow`, or the number of the error. */
function run(filter: Uint8Array, call: { nr: number; arch: number; argument: number }): number | 'allow' {
  const view = new DataView(filter.buffer, filter.byteOffset, filter.byteLength);
  const data: Readonly<Record<number, number>> = { 0: call.nr, 4: call.arch, 16: call.argument };
  let loaded = 0;
  for (let at = 0; ; at++) {
    const [code, jt, jf, k] = [
      view.getUint16(at * 8, true),
      view.getUint8(at * 8 + 2),
      view.getUint8(at * 8 + 3),
      view.getUint32(at * 8 + 4, true),
    ];
    if (code === 0x06) return k === 0x7fff0000 ? 'allow' : k & 0xffff;
    if (code === 0x20) loaded = data[k] ?? Number.NaN;
    else at += (code === 0x15 ? loaded === k : loaded >= k) ? jt : jf;
  }
}

const [EPERM, EACCES, ENOSYS] = [1, 13, 38];
const machines = {
  x64: { arch: 0xc000003e, socket: 41, ptrace: 101, memory: [310, 311], write: 1 },
  arm64: { arch: 0xc00000b7, socket: 198, ptrace: 117, memory: [270, 271], write: 64 },
} as const;

describe('the filter of system calls', () => {
  for (const [name, { arch, socket, ptrace, memory, write }] of Object.entries(machines))
    it(`keeps programs from sockets and from each other on ${name}`, () => {
      const filter = socketFilter(name);
      assert.ok(filter !== undefined);
      const table: readonly (readonly [
        nr: number,
        argument: number,
        expected: number | 'allow',
        arch?: number,
      ])[] = [
        [write, 1, 'allow'],
        [socket, 1, EACCES],
        [socket, 2, 'allow'],
        [socket, 10, 'allow'],
        [ptrace, 16, EPERM],
        ...memory.map((nr) => [nr, 1, EPERM] as const),
        // pidfd_getfd, io_uring_setup
        [438, 3, EPERM],
        [425, 8, ENOSYS],
        // x32, and another architecture's.
        [0x40000000 + socket, 1, ENOSYS],
        [socket, 2, EPERM, 0x40000003],
      ];
      for (const [nr, argument, expected, other = arch] of table)
        assert.equal(run(filter, { nr, arch: other, argument }), expected, `${nr}(${argument})`);
    });

  it('is none where the calls are not known', () => {
    assert.equal(socketFilter('riscv64'), undefined);
  });
});
