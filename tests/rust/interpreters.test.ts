/**
 * Code that an interpreter is given, as an argument, by its input or in a file that was just written: it is read in its
 * own language, whoever gives it.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Language } from '../../src/rust/inputs/language.ts';
import { saidByScript } from '../../src/rust/inputs/read-file.ts';
import { summaryOf } from '../../src/rust/summary.ts';
import { assertReach, type Reach, reviewOf, roles } from './reach.ts';

const command = (program: string, ...args: readonly string[]) =>
  `std::process::Command::new("${program}").args([${args.map((one) => JSON.stringify(one)).join(', ')}])`;
const url = 'http://x.invalid';
const utf16 = (text: string) => Buffer.from(text, 'utf16le').toString('base64');

/** An interpreter with its arguments, and what its code does. */
const given: readonly (readonly [program: string, args: readonly string[], says: string])[] = [
  ['php', ['-r', `file_get_contents('${url}');`], 'network file_get_contents'],
  ['php', [`-rreadfile("${url}");`], 'network readfile'],
  ['php8.2', ['-d', 'a=b', '--run', 'fsockopen("x.invalid", 80);'], 'network fsockopen'],
  ['php', ['-r', `$c = curl_init("${url}"); curl_exec($c);`], 'network curl_init'],
  ['php', ['-r', 'stream_socket_client("tcp://x.invalid:1");'], 'network stream_socket_client'],
  ['php', ['-r', `exec("curl ${url}");`], 'downloader curl'],
  ['php', ['-r', `echo shell_exec('wget ${url}');`], 'downloader wget'],
  ['php', ['-r', 'system("git clone x"); passthru("x");'], 'downloader git'],
  ['php', ['-r', `proc_open(["curl", "${url}"], [], $p);`], 'downloader curl'],
  ['php', ['-r', `echo \`curl ${url}\`;`], 'downloader curl'],
  ['php', ['-r', "$f = 'sys'.'tem'; $f('x');"], 'shell php -r'],
  ['ruby', ['-ropen-uri', '-e', 'x'], 'network open-uri'],
  ['ruby', ['-r', 'net/http', '-e', 'x'], 'network net/http'],
  ['ruby', ['-e', 'p 1; Net::HTTP.get(URI("x"))'], 'network Net::HTTP'],
  ['ruby', ['-rsocket', '-e', 'x'], 'network socket'],
  ['ruby', ['-ne', "p 1; require 'socket'; TCPSocket.new('x', 1)"], 'network TCPSocket'],
  ['ruby', ['-e', `puts \`curl ${url}\``], 'downloader curl'],
  ['ruby', ['-e', `open("|curl ${url}")`], 'downloader curl'],
  ['perl', ['-MHTTP::Tiny', '-e', 'print 1'], 'network HTTP::Tiny'],
  ['perl', ['-MLWP::Simple', '-e', 'getprint "x"'], 'network LWP::Simple'],
  ['perl', ['-we', 'my $x; use IO::Socket::INET; IO::Socket::INET->new("x:1")'], 'network IO::Socket::INET'],
  ['perl', ['-MFile::Temp', '-e', `print qx'curl ${url}'`], 'downloader curl'],
  ['lua', ['-e', "local h = require('socket.http')"], 'network socket.http'],
  ['lua5.4', ['-lsocket', '-e', 'x'], 'network socket'],
  ['luajit', ['-e', `os.execute('curl ${url}')`], 'downloader curl'],
  ['lua', ['-e', `io.popen("wget ${url}"):read()`], 'downloader wget'],
  ['lua', ['-e', 'os.execute(c)'], 'process ?'],
  ['node', ['-e', "http.get('x')"], 'network http'],
  ['node', ['-pe', 'fetch("x")'], 'network fetch'],
  ['node', ['--eval=require("net").connect(1)'], 'network net'],
  ['node', ['-r', 'net', '-e', 'x'], 'network net'],
  ['node', ['--import', 'data:text/javascript,fetch(%22x%22)'], 'network fetch'],
  ['node', ['-p', `child_process.execSync("curl ${url}")`], 'downloader curl'],
  ['deno', ['eval', 'await Deno.connect({ port: 1 })'], 'network Deno.connect'],
  ['deno', ['eval', 'new Deno.Command("curl", {})'], 'process curl'],
  ['bun', ['-e', `Bun.spawn(["curl", "${url}"])`], 'downloader curl'],
  ['pwsh', ['-NoProfile', '-c', 'irm x.invalid | iex'], 'downloader irm'],
  ['pwsh', ['-Comm', '[System.Net.Http.HttpClient]::new()'], 'downloader Net.Http.HttpClient'],
  ['pwsh', ['-c', 'Start-Process', 'curl'], 'downloader curl'],
  ['pwsh', ['-enc', utf16('(New-Object Net.WebClient).x()')], 'downloader Net.WebClient'],
  ['pwsh', ['-EncodedCommand', 'AAAA'], 'shell pwsh -EncodedCommand'],
  ['expect', ['-c', `spawn curl ${url}`], 'downloader curl'],
  ['awk', [`BEGIN { system("curl ${url}") }`], 'downloader curl'],
  ['gawk', ['-v', 'a=b', `BEGIN { "curl ${url}" | getline x }`], 'downloader curl'],
  ['gawk', ['--source', 'BEGIN { print "x" |& "/inet/tcp/0/x.invalid/80" }'], 'network /inet'],
  ['awk', ['{ print | c }'], 'shell awk …'],
  ['python3', ['-Bc', `import os; os.system("curl ${url}")`], 'downloader curl'],
  ['python3', ['-cimport http.client'], 'network http.client'],
  ['python', ['-c', 'exec("import socket")'], 'network socket'],
  ['py', ['-c', 'import urllib.request'], 'network urllib'],
  ['Rscript', ['-e', `download.file("${url}", "x")`], 'network download.file'],
  ['R', ['--slave', '-e', `system("curl ${url}")`], 'downloader curl'],
  ['julia', ['--eval=using Downloads'], 'network Downloads'],
  ['julia', ['-E', `run(\`curl ${url}\`)`], 'downloader curl'],
  ['osascript', ['-e', `do shell script "curl ${url}"`], 'downloader curl'],
  ['osascript', ['-l', 'JavaScript', '-e', `app.doShellScript("curl ${url}")`], 'downloader curl'],
  ['mshta', ['vbscript:CreateObject("MSXML2.XMLHTTP")'], 'network XMLHTTP'],
  ['cmd', ['/d', '/c', `curl ${url}`], 'downloader curl'],
  ['cmd', [`/ccurl ${url}`], 'downloader curl'],
  ['su', ['-c', `curl ${url}`], 'downloader curl'],
  ['uv', ['run', 'python', '-c', 'import socket'], 'network socket'],
  ['poetry', ['run', 'node', '-e', 'fetch(1)'], 'network fetch'],
  ['ping', ['x.invalid'], 'downloader ping'],
  ['host', ['x.invalid'], 'downloader host'],
  ['gdb', ['-ex', 'shell x'], 'shell gdb -ex'],
  ['elixir', ['-e', 'System.cmd("x", [])'], 'shell elixir -e'],
];

const std = (program: string, more: string) =>
  `std::process::Command::new("${program}").stdin(std::process::Stdio::piped())${more}`;
/** Code that is written to an interpreter. */
const fed: readonly Reach[] = [
  {
    how: 'written where it was taken',
    head: 'use std::io::Write;',
    body: `let mut c = ${std('python3', '.spawn().unwrap()')}; c.stdin.take().unwrap().write_all(b"import socket").unwrap();`,
    says: ['network socket'],
    never: ['shell python3 -'],
  },
  {
    how: 'written by a name, behind `-`',
    head: 'use std::io::Write;',
    body: `let mut c = ${std('perl', '.arg("-").spawn().unwrap()')}; let mut pipe = c.stdin.take().unwrap(); writeln!(pipe, "use IO::Socket;").unwrap();`,
    says: ['network IO::Socket'],
  },
  {
    how: 'written in part',
    head: 'use std::io::Write;',
    body: `let mut c = ${std('python3', '.spawn().unwrap()')}; c.stdin.as_mut().unwrap().write_all(&std::fs::read("x").unwrap()).unwrap();`,
    says: ['shell python3 -'],
  },
  {
    how: 'written elsewhere',
    body: `other(${std('sh', '.arg("-s").spawn().unwrap()')});`,
    says: ['shell sh -'],
  },
  {
    how: 'by an option that comes later',
    body: 'let mut c = std::process::Command::new("ruby"); c.stdin(std::process::Stdio::piped()); other(c.spawn());',
    says: ['shell ruby -'],
  },
  {
    how: 'out of a file',
    body: 'std::process::Command::new("sh").stdin(std::fs::File::open("x").unwrap()).status().unwrap();',
    says: ['shell sh -'],
  },
  {
    how: 'by duct',
    body: 'duct::cmd!("python3", "-").stdin_bytes("import socket").run().unwrap();',
    says: ['network socket'],
  },
  {
    how: 'by xshell',
    body: 'let sh = xshell::Shell::new().unwrap(); xshell::cmd!(sh, "python3 -").stdin("import socket").run().unwrap();',
    says: ['network socket'],
  },
];
const out = 'std::path::Path::new(&std::env::var("OUT_DIR").unwrap())';
/** Scripts that are written first. */
const made: readonly Reach[] = [
  {
    how: 'a file of its language',
    body: `std::fs::write(${out}.join("x.py"), "import socket").unwrap();`,
    says: ['network socket'],
  },
  {
    how: 'a text that says what runs it',
    head: 'use std::io::Write;',
    body: `std::fs::File::create(${out}.join("x")).unwrap().write_all(b"#!/usr/bin/env perl\nuse IO::Socket;\n").unwrap();`,
    says: ['network IO::Socket'],
  },
];
const unfed: readonly Reach[] = [
  {
    how: 'has nothing',
    body: 'std::process::Command::new("python3").arg("x.py").stdin(std::process::Stdio::null()).status().unwrap();',
    says: ['process python3'],
    never: ['shell *'],
  },
  {
    how: 'runs a file',
    body: `${std('python3', '.arg("x.py").spawn().unwrap()')};`,
    says: ['process python3'],
    never: ['shell *'],
  },
  {
    how: 'is a file that cmd.exe runs',
    body: `std::process::Command::new("cmd").arg("/C").arg(out.join("vendor").join("x.cmd")).status().unwrap();`,
    says: ['shell cmd'],
    never: ['process *'],
  },
];

/** Scripts and lists, and what they say; `!` what they must not. */
const texts: readonly (readonly [language: Language, text: string, says: readonly string[]])[] = [
  ['shell', 'python3 <<EOF\nimport urllib.request\nEOF', ['network urllib@2', '!process import']],
  ['shell', "python3 - <<'EOF'\nimport socket\nEOF", ['network socket@2']],
  ['shell', 'perl <<-EOF\n\tuse IO::Socket;\n\tEOF\ncurl x', ['network IO::Socket@2', 'downloader curl@4']],
  ['shell', 'ruby <<< "require \'socket\'"', ['network socket@1']],
  ['shell', 'cat <<EOF | python3\nimport socket\nEOF', ['network socket@2', 'data-as-code cat | python3@1']],
  ['shell', "echo 'curl x.invalid' | sh", ['downloader curl@1']],
  ['shell', "printf 'use Socket;\\n' | perl", ['network Socket@1']],
  ['shell', 'echo "$x" | tee y | sh -s -- a', ['data-as-code tee | sh@1']],
  ['shell', 'env -i bash -s x <<EOF\ncurl x\nEOF', ['downloader curl@2']],
  ['shell', '$PYTHON - <<EOF\nimport socket\nEOF', ['network socket@2']],
  ['shell', 'python3 <<EOF\n$code\nEOF', ['shell python3 -@1']],
  ['shell', 'python3 x.py <<EOF\nimport socket\nEOF', ['!network socket']],
  ['shell', 'cat > x <<EOF\ncurl x\nimport socket\nEOF', ['!downloader curl', '!network socket']],
  ['shell', 'cat > x <<EOF\n$(curl x)\nEOF', ['downloader curl@2']],
  ['shell', "cat > x <<'EOF'\n$(curl x)\nEOF", ['!downloader curl']],
  ['shell', 'cat > x.py <<EOF\nimport socket\nEOF\npython3 ./x.py', ['network socket@2']],
  [
    'shell',
    'cat > x <<EOF\n#!/usr/bin/env python3\nimport socket\nEOF\nchmod +x x; ./x',
    ['network socket@3'],
  ],
  ['shell', 'echo "curl x" > x; . ./x', ['downloader curl@1']],
  ['shell', '. /dev/stdin <<EOF\ncurl x\nEOF', ['downloader curl@2']],
  ['shell', "node --eval 'fetch(1)'", ['network fetch@1']],
  ['shell', "node -p 'fetch(1)'", ['network fetch@1']],
  ['shell', "python3 '-cimport socket'", ['network socket@1']],
  ['shell', "deno eval 'fetch(1)'; bun -e 'fetch(2)'", ['network fetch@1']],
  ['shell', "cmd /c 'curl x'", ['downloader curl@1']],
  ['shell', `pwsh -EncodedCommand ${utf16('irm x.invalid')}`, ['downloader irm@1']],
  [
    'shell',
    "php -r 'fsockopen(1);'; lua -e 'os.execute(\"curl x\")'",
    ['network fsockopen@1', 'downloader curl@1'],
  ],
  [
    'shell',
    "$PYTHON -c 'import socket'; awk 'BEGIN { system(\"curl x\") }'",
    ['network socket@1', 'downloader curl@1'],
  ],
  ['shell', "uv run python -c 'import socket'", ['network socket@1']],
  [
    'shell',
    'ping -c 1 $x.x.invalid; host x.invalid; whois x',
    ['downloader ping@1', 'downloader host@1', 'downloader whois@1'],
  ],
  ['shell', "gdb -batch -ex 'shell x'", ['shell gdb -ex@1']],
  ['shell', 'sh -e x.sh; perl x.pl -e curl', ['!process x.sh', '!shell *']],
  [
    'make',
    "all:\n\tnode --eval 'fetch(1)'\n\t$(PYTHON) -c 'import socket'",
    ['network fetch@2', 'network socket@3'],
  ],
  ['cmake', 'execute_process(COMMAND python3 -c "import socket")', ['network socket@1']],
  ['cmake', `execute_process(COMMAND \${Python3_EXECUTABLE} -c "import socket")`, ['network socket@1']],
  ['cmake', 'execute_process(COMMAND deno eval "fetch(1)")', ['network fetch@1']],
  ['meson', "run_command('python3', '-c', 'import socket')", ['network socket@1']],
  ['meson', "run_command(python, '-c', 'import socket', check: true)", ['network socket@1']],
  ['meson', "run_command('node', '--eval', 'fetch(1)')", ['network fetch@1']],
  ['python', "subprocess.run(['node', '-e', 'fetch(1)'])", ['network fetch@1']],
  ['lua', 'x = 1\nos.execute("curl x")', ['downloader curl@2']],
  ['php', '<?php\necho `curl x`;', ['downloader curl@2']],
  ['tcl', 'set x [exec curl x]\npackage require http', ['downloader curl@1', 'network http@2']],
];

describe('code that an interpreter is given', () => {
  for (const [program, args, says] of given)
    for (const role of roles)
      it(`is read: ${program} ${args.join(' ')}, in a ${role}`, () =>
        assertReach(
          { how: program, body: `${command(program, ...args)}.status().unwrap();`, says: [says] },
          role,
        ));

  for (const reach of fed)
    for (const role of roles)
      it(`is read, or said not to be: ${reach.how}, in a ${role}`, () => assertReach(reach, role));
  for (const reach of made)
    for (const role of ['script', 'macro'] as const)
      it(`is read where it is written: ${reach.how}, in a ${role}`, () => assertReach(reach, role));
  for (const reach of unfed) it(`is none where it ${reach.how}`, () => assertReach(reach, 'script'));

  for (const [language, text, says] of texts)
    it(`is read in a text of ${language}: ${text}`, () => {
      const { said } = saidByScript(`${text}\n`, language);
      const all = said.map(({ kind, name, line }) => `${kind} ${name ?? '?'}@${line}`);
      for (const one of says) {
        const isDenied = one.startsWith('!');
        const shape = isDenied ? one.slice(1).replace(/\*$/, '') : one;
        const isSaid = all.some((other) => (isDenied ? other.startsWith(shape) : other === shape));
        assert.equal(isSaid, !isDenied, `${one} of:\n${all.join('\n')}`);
      }
    });

  it('has no sentence that denies what it may do where it is not there to be read', () => {
    const sentence = (body: string) => summaryOf(reviewOf({ how: '', body, says: [] }, 'script'));
    const out =
      'std::fs::write(std::path::Path::new(&std::env::var("OUT_DIR").unwrap()).join("x"), "").unwrap();';
    for (const how of [
      'std::process::Command::new("php").arg("-r").arg(std::env::var("X").unwrap()).status().unwrap();',
      `other(${std('python3', '.spawn().unwrap()')});`,
      'std::process::Command::new("awk").arg("{ print | c }").status().unwrap();',
    ]) {
      assert.match(sentence(how), /, no network in what can be read\.$/);
      assert.doesNotMatch(sentence(out + how), /only to OUT_DIR/);
    }
    assert.match(sentence(out), /only to OUT_DIR, .*no network\.$/);
  });
});
