import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Attribution, attribute } from '../../../src/build/record/attribute.ts';
import { eventsOf } from '../../../src/build/record/strace-events.ts';
import { StraceLines, splitArguments, textOf } from '../../../src/build/record/strace-lines.ts';

/** What a trace of these lines says. */
function events(...lines: readonly string[]) {
  const reader = new StraceLines();
  return lines.flatMap((line) => {
    const call = reader.read(line);
    return call === undefined ? [] : eventsOf(call);
  });
}

const script = (pid: number, more = '') =>
  `${pid} execve("/t/build/a-1/build-script-build", ["/t/build/a-1/build-script-build"], ["CARGO_PKG_NAME=a", "CARGO_PKG_VERSION=1.0.0", "CARGO_MANIFEST_DIR=/src/a", "OUT_DIR=/t/build/a-2/out"${more}]) = 0`;
const rustc = (pid: number, name = 'app') =>
  `${pid} execve("/bin/rustc", ["rustc", "--crate-name", "${name}"], ["CARGO_PKG_NAME=${name}", "CARGO_PKG_VERSION=0.1.0", "CARGO_MANIFEST_DIR=/src/${name}"]) = 0`;

describe('lines of strace', () => {
  it('splits arguments, with brackets and quotes in them', () => {
    assert.deepEqual(splitArguments('AT_FDCWD</a, b>, "x, \\"y", [1, {a=2, b=3}], O_RDONLY'), [
      'AT_FDCWD</a',
      'b>',
      '"x, \\"y"',
      '[1, {a=2, b=3}]',
      'O_RDONLY',
    ]);
    assert.equal(textOf('"a\\tb\\303\\244\\"\\x41"'), 'a\tbä"A');
    assert.equal(textOf('0x7ffd'), undefined);
  });

  it('reads what processes do', () => {
    const table: readonly (readonly [line: string, expected: object])[] = [
      [
        '7 openat(AT_FDCWD</w>, "a", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</w/a>',
        { kind: 'write', path: '/w/a', how: 'written' },
      ],
      ['7 mkdirat(4</w>, "b", 0777) = 0', { kind: 'write', path: '/w/b', how: 'made' }],
      ['7 rename("/x", "/y") = 0', { kind: 'write', path: '/y', how: 'renamed' }],
      ['7 unlinkat(AT_FDCWD</w>, "../c", 0) = 0', { kind: 'write', path: '/c', how: 'removed' }],
      [
        '7 connect(3<socket:[1]>, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.1")}, 16) = -1 EINPROGRESS (Operation now in progress)',
        { kind: 'connect', address: { family: 'ip', address: '192.0.2.1:443' }, socket: 1 },
      ],
      [
        '7 connect(3<socket:[1]>, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0',
        { kind: 'connect', address: { family: 'ip', address: '[::1]:80' }, socket: 1 },
      ],
      [
        '7 connect(3<socket:[1]>, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = 0',
        { kind: 'connect', address: { family: 'unix', address: '/run/x' }, socket: 1 },
      ],
      [
        '7 sendmsg(3<UDP:[1]>, {msg_name={sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.1")}, msg_namelen=16, msg_iov=[{iov_base="a", iov_len=1}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, 0) = 1',
        { kind: 'connect', address: { family: 'ip', address: '192.0.2.1:53' } },
      ],
      [
        '7 sendmmsg(3<UDPv6:[1]>, [{msg_hdr={msg_name={sa_family=AF_INET6, sin6_port=htons(53), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, msg_namelen=28, msg_iov=[{iov_base="a", iov_len=1}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, msg_len=1}], 1, 0) = 1',
        { kind: 'connect', address: { family: 'ip', address: '[::1]:53' } },
      ],
      [
        '7 sendmsg(3<socket:[1]>, {msg_name={sa_family=AF_UNIX, sun_path="/run/docker.sock"}, msg_namelen=20, msg_iov=[], msg_iovlen=0, msg_controllen=0, msg_flags=0}, 0) = 0',
        { kind: 'connect', address: { family: 'unix', address: '/run/docker.sock' }, socket: 1 },
      ],
      [
        '7 bind(3<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("0.0.0.0")}, 16) = 0',
        { kind: 'bind', address: { family: 'ip', address: '0.0.0.0:8080' } },
      ],
      [
        '7 connect(3<socket:[1]>, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.1")}, 16) = -1 ENETUNREACH (Network is unreachable)',
        {
          kind: 'connect',
          address: { family: 'ip', address: '192.0.2.1:443' },
          refused: 'ENETUNREACH',
          socket: 1,
        },
      ],
      [
        String.raw`7 sendto(4<socket:[2]>, "\177\257\1\0\0\1\0\0\0\0\0\0\4evil\7example\7invalid\0\0\34\0\1", 38, MSG_NOSIGNAL, NULL, 0) = 38`,
        { kind: 'lookup', host: 'evil.example.invalid' },
      ],
      ['7 +++ exited with 0 +++', { kind: 'exit' }],
      ['7 +++ killed by SIGKILL +++', { kind: 'exit', killed: 'SIGKILL' }],
      [
        '7 openat(AT_FDCWD</w>, "a", O_RDONLY) = -1 EACCES (Permission denied)',
        { kind: 'absent', path: '/w/a', write: false },
      ],
      [
        '7 openat(AT_FDCWD</w>, "a", O_WRONLY) = -1 ENOENT (No such file or directory)',
        { kind: 'absent', path: '/w/a', write: true },
      ],
      ['7 openat(AT_FDCWD</w>, "a", O_RDONLY) = 3</w/a>', { kind: 'read', path: '/w/a' }],
      ['7 listen(3<TCP:[1]>, 128) = 0', { kind: 'bind', address: { family: 'ip', address: 'a port' } }],
      [
        '7 openat2(AT_FDCWD</w>, "a", {flags=O_WRONLY|O_CREAT|O_CLOEXEC, mode=0644, resolve=RESOLVE_BENEATH}, 24) = 3</w/a>',
        { kind: 'write', path: '/w/a', how: 'written' },
      ],
      ['7 mknod("/w/p", S_IFIFO|0600) = 0', { kind: 'write', path: '/w/p', how: 'made' }],
      [
        '7 mknodat(4</w>, "p", S_IFCHR|0600, makedev(0x1, 0x3)) = 0',
        { kind: 'write', path: '/w/p', how: 'made' },
      ],
      [
        '7 io_uring_setup(8, {flags=0, sq_thread_cpu=0, sq_thread_idle=0, sq_entries=8, cq_entries=16}) = 5<anon_inode:[io_uring]>',
        { kind: 'hidden', what: 'io_uring' },
      ],
      ['7 clone3({flags=CLONE_VM, exit_signal=SIGCHLD}, 88) = 9', { kind: 'child', child: 9 }],
      ["7 clone3({flags=CLONE_VM}, 88) = 3 /* 18839 in strace's PID NS */", { kind: 'child', child: 18839 }],
      ['7 chdir("/w") = 0', { kind: 'chdir', path: '/w' }],
      [
        '7 execve("/bin/x", ["x"], ["A=1"]) = -1 EACCES (Permission denied)',
        { kind: 'exec-failed', program: '/bin/x', error: 'EACCES' },
      ],
      [
        '7 openat(AT_FDCWD</w>, "a", O_WRONLY) = -1 EACCES (Permission denied)',
        { kind: 'write', path: '/w/a', how: 'written', refused: 'EACCES' },
      ],
      [
        '7 unlink("/w/a") = -1 EROFS (Read-only file system)',
        { kind: 'write', path: '/w/a', how: 'removed', refused: 'EROFS' },
      ],
    ];
    for (const [line, expected] of table) assert.deepEqual(events(line), [{ pid: 7, ...expected }], line);
    const quiet = [
      '7 clone(child_stack=NULL) = -1 EPERM (Operation not permitted)',
      '7 execve("/usr/local/bin/x", ["x"], ["A=1"]) = -1 ENOENT (No such file or directory)',
      '7 --- SIGCHLD {si_signo=SIGCHLD} ---',
      'no line at all',
      '',
    ];
    for (const line of quiet) assert.deepEqual(events(line), [], line);
  });

  it('joins what was interrupted, each process for itself', () => {
    assert.deepEqual(
      events(
        '1 vfork( <unfinished ...>',
        '2 mkdir("/a", 0777 <unfinished ...>',
        '1 <... vfork resumed>) = 2',
        '2 <... mkdir resumed>) = 0',
        '3 <... mkdir resumed>) = 0',
      ),
      [
        { kind: 'child', pid: 1, child: 2 },
        { kind: 'write', pid: 2, path: '/a', how: 'made' },
      ],
    );
  });
});

describe('attribution', () => {
  it('gives a script what its children do, whatever comes first', () => {
    const { actors } = attribute(
      events(
        script(10, ', "SECRET=x"'),
        '11 chdir("/elsewhere") = 0',
        '11 execve("/bin/sh", ["sh", "-c", "make"], ["CARGO_PKG_NAME=a"]) = 0',
        '10 vfork() = 11',
        '11 fork() = 12',
        '12 execve("/usr/bin/make", ["make"], []) = 0',
        '12 creat("made", 0644) = 3</elsewhere/made>',
        '10 mkdir("/t/build/a-2/out/x", 0777) = 0',
        '10 openat(AT_FDCWD</src/a>, "/dev/null", O_RDWR) = 3</dev/null>',
      ),
      '/src',
    );
    assert.equal(actors.length, 1);
    const [{ env: _, ...actor } = { env: undefined }] = actors;
    assert.deepEqual(actor, {
      kind: 'build-script',
      crate: 'a',
      version: '1.0.0',
      manifestDir: '/src/a',
      outDir: '/t/build/a-2/out',
      macros: [],
      expectedWrites: 1,
      acts: [
        { kind: 'exec', program: '/bin/sh', argv: ['sh', '-c', 'make'] },
        { kind: 'exec', program: '/usr/bin/make', argv: ['make'], below: '/bin/sh' },
        { kind: 'write', path: '/elsewhere/made', how: 'written', below: '/usr/bin/make' },
      ],
    });
  });

  it('makes nobody else of who executes what is called so', () => {
    const posing = (pid: number) =>
      `${pid} execve("/t/build/b-1/build-script-build", ["x"], ["CARGO_PKG_NAME=b", "CARGO_PKG_VERSION=1.0.0", "CARGO_MANIFEST_DIR=/src/b", "OUT_DIR=/t/build/b-2/out"]) = 0`;
    const library = '/t/debug/deps/libshow-0123456789abcdef.so';
    const { actors } = attribute(
      events(
        '1 execve("/bin/cargo", ["cargo"], []) = 0',
        '1 vfork() = 10',
        script(10),
        posing(10),
        '10 vfork() = 11',
        posing(11),
        '11 creat("/w/script", 0644) = 3</w/script>',
        // By way of a linker, whose own acts are its compiler's.
        '1 vfork() = 20',
        rustc(20),
        `20 openat(AT_FDCWD</src>, "${library}", O_RDONLY) = 4<${library}>`,
        '20 vfork() = 21',
        '21 execve("/usr/bin/cc", ["cc", "-wrapper", "x"], []) = 0',
        '21 vfork() = 22',
        posing(22),
        '22 creat("/w/linker", 0644) = 3</w/linker>',
      ),
      '/src',
    );
    assert.deepEqual(
      actors.map(({ crate, acts }) => [crate, acts.map(({ kind }) => kind)]),
      [
        ['a', ['exec', 'exec', 'write']],
        ['app', []],
      ],
    );
  });

  it('tells that the memory of a process was opened to be written, and of nothing else in /proc', () => {
    const { actors } = attribute(
      events(
        script(10),
        '10 openat(AT_FDCWD</>, "/proc/7/mem", O_RDWR) = 3</proc/7/mem>',
        '10 openat(AT_FDCWD</>, "/proc/self/oom_score_adj", O_WRONLY) = 3</proc/10/oom_score_adj>',
      ),
      '/src',
    );
    assert.deepEqual(
      actors.map(({ acts }) => acts),
      [[{ kind: 'write', path: '/proc/7/mem', how: 'written' }]],
    );
  });

  it('keeps what was written, however much else was done before', () => {
    const connect = (port: number) =>
      `10 connect(3<socket:[1]>, {sa_family=AF_INET, sin_port=htons(${port}), sin_addr=inet_addr("192.0.2.1")}, 16) = 0`;
    const { actors } = attribute(
      events(
        script(10),
        ...Array.from({ length: 20_000 }, (_, port) => connect(port)),
        '10 openat(AT_FDCWD</>, "/build/home/.gitconfig", O_WRONLY|O_CREAT) = 3</build/home/.gitconfig>',
        connect(20_000),
      ),
      '/src',
    );
    assert.deepEqual(actors[0]?.acts.slice(20_000), [
      { kind: 'write', path: '/build/home/.gitconfig', how: 'written' },
    ]);
  });

  it('takes a number that comes again for another process', () => {
    const { actors } = attribute(
      events(
        '1 execve("/bin/cargo", ["cargo"], []) = 0',
        '1 vfork() = 10',
        script(10),
        '10 +++ exited with 0 +++',
        '1 vfork() = 10',
        '10 creat("/w/cargo", 0644) = 3</w/cargo>',
      ),
      '/src',
    );
    assert.deepEqual(
      actors.map(({ acts }) => acts),
      [[]],
    );
  });

  it('knows who made a connection while the build still runs', () => {
    const attribution = new Attribution('/src');
    const add = (...lines: readonly string[]) => {
      for (const event of events(...lines)) attribution.add(event);
    };
    const connect = (pid: number, inode: number) =>
      `${pid} connect(3<socket:[${inode}]>, {sa_family=AF_INET, sin_port=htons(8), sin_addr=inet_addr("127.0.0.1")}, 16) = 0`;
    add('1 execve("/bin/cargo", ["cargo"], []) = 0', connect(1, 70));
    add(script(10), '10 vfork() = 11', connect(11, 71));
    assert.deepEqual(attribution.ownerOf(70), { kind: 'nobody' });
    assert.equal(attribution.ownerOf(71), undefined, 'nobody has named its process yet');
    add('1 vfork() = 10');
    const owner = attribution.ownerOf(71);
    assert.equal(owner?.kind === 'actor' && owner.actor.crate, 'a');
  });

  it('tells what a script left running, and nothing of what it ended itself', () => {
    const { actors } = attribute(
      events(
        script(10),
        '10 vfork() = 11',
        '11 execve("/usr/bin/sleep", ["sleep"], []) = 0',
        '11 +++ killed by SIGKILL +++',
        '10 vfork() = 12',
        '12 execve("/usr/bin/curl", ["curl"], []) = 0',
        '10 +++ exited with 0 +++',
        '12 +++ killed by SIGKILL +++',
      ),
      '/w',
    );
    assert.deepEqual(
      actors.flatMap(({ acts }) => acts.filter(({ kind }) => kind === 'left')),
      [{ kind: 'left', program: '/usr/bin/curl' }],
    );
  });

  it('gives macros what their compiler does, and a compiler without macros nothing', () => {
    const library = '/t/debug/deps/libshow-0123456789abcdef.so';
    const { actors, macroPackages } = attribute(
      events(
        '5 execve("/bin/rustc", ["rustc", "--crate-name", "show", "--crate-type", "proc-macro"], ["CARGO_PKG_NAME=show", "CARGO_PKG_VERSION=1.0.0", "CARGO_MANIFEST_DIR=/src/show"]) = 0',
        rustc(6, 'plain'),
        '6 creat("/etc/x", 0644) = 3</etc/x>',
        rustc(7),
        `7 openat(AT_FDCWD</src>, "${library}", O_RDONLY) = 4<${library}>`,
        '7 creat("/t/debug/deps/app.rmeta", 0644) = 3</t/debug/deps/app.rmeta>',
        '7 creat("/home/u/.profile", 0644) = 3</home/u/.profile>',
      ),
      '/src',
    );
    assert.deepEqual(
      actors.map(({ kind, crate, macros, acts, expectedWrites }) => ({
        kind,
        crate,
        macros,
        acts,
        expectedWrites,
      })),
      [
        {
          kind: 'macros',
          crate: 'app',
          macros: ['libshow-0123456789abcdef.so'],
          acts: [{ kind: 'write', path: '/home/u/.profile', how: 'written' }],
          expectedWrites: 1,
        },
      ],
    );
    assert.deepEqual([...macroPackages], [['show', { name: 'show', version: '1.0.0', folder: '/src/show' }]]);
  });
});
