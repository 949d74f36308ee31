/** What of a package, beside its Rust code, counts as what runs at build time, and what is read of it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Language } from '../../src/rust/inputs/language.ts';
import { textFiles } from '../../src/rust/inputs/package-files.ts';
import { saidByNative, saidByScript } from '../../src/rust/inputs/read-file.ts';
import { reviewPackage } from '../../src/rust/package-review.ts';
import { packageSource } from '../../src/rust/package-source.ts';

const manifest = '[package]\nname = "a"\nversion = "1.0.0"\n[build-dependencies]\ncmake = "0.1"\ncc = "1"\n';

function scriptOf(files: Readonly<Record<string, string>>) {
  const all: Readonly<Record<string, string>> = { 'Cargo.toml': manifest, ...files };
  const source = packageSource(manifest, (path) => all[path], textFiles(all));
  const { buildScript } = reviewPackage(source);
  assert.ok(buildScript !== undefined);
  return buildScript;
}

const main = (body: string) => `fn main() {\n    ${body}\n}\n`;
const run = (program: string, ...args: readonly string[]) =>
  main(
    `std::process::Command::new("${program}")${args.map((arg) => `.arg(${arg})`).join('')}.status().unwrap();`,
  );

/** A script, the files beside it, and shapes that the files bring (`!`: that they must not). */
const reaching: readonly (readonly [
  what: string,
  script: string,
  files: Readonly<Record<string, string>>,
  shapes: readonly string[],
])[] = [
  [
    'a script that is named',
    run('sh', '"native/configure"'),
    { 'native/configure': 'wget x\n' },
    ['downloader wget'],
  ],
  [
    'one by the end of its path',
    run('sh', '"./configure"'),
    { 'native/configure': 'wget x\n' },
    ['downloader wget'],
  ],
  [
    'one that it sources',
    run('sh', '"go.sh"'),
    { 'go.sh': '. ./lib/all.sh\n', 'lib/all.sh': 'nc -l 1\n' },
    ['downloader nc'],
  ],
  [
    'one whose name is put together',
    run('sh', '["con", "figure"].concat()'),
    { configure: 'wget x\n' },
    ['downloader wget'],
  ],
  [
    'a file whose text is told to cargo',
    main('std::io::copy(&mut std::fs::File::open("told.txt").unwrap(), &mut std::io::stdout()).unwrap();'),
    { 'told.txt': 'cargo:rustc-link-arg=-fuse-ld=./x\n' },
    ['redirects-tools -fuse-ld=./x'],
  ],
  [
    'a text that is embedded and told to cargo',
    main('print!("{}", include_str!("told.txt"));'),
    { 'told.txt': 'cargo::rustc-env=LD_PRELOAD=./x.so\n' },
    ['redirects-tools LD_PRELOAD=./x.so'],
  ],
  [
    'what a script tells cargo',
    run('sh', '"tell.sh"'),
    { 'tell.sh': 'echo "cargo:rustc-link-arg=-fuse-ld=./x"\n' },
    ['redirects-tools -fuse-ld=./x'],
  ],
  [
    'what a file tells cargo that changes nothing',
    main('print!("{}", std::fs::read_to_string("told.txt").unwrap());'),
    { 'told.txt': 'cargo:rerun-if-changed=x\n# cargo:rustc-link-arg=-fuse-ld=./x\n' },
    ['!redirects-tools -fuse-ld=./x'],
  ],
  [
    'none that only compiles',
    main('cc::Build::new().file("a.c").compile("a");'),
    { 'a.c': '', 'ci/get.sh': 'wget x\n' },
    ['!downloader wget'],
  ],
  [
    'what is beside what is named, as perhaps',
    run('sh', '"go.sh"'),
    { 'go.sh': 'true\n', 'ci/get.sh': 'wget x\n' },
    ['downloader wget (perhaps)'],
  ],
  [
    'no program in a condition of cmd.exe',
    run('make', '"all"'),
    { Makefile: 'all:\n\tif exist *.o del /Q *.o\n\tif not exist out md out\n' },
    ['!process exist', '!process del', '!process not', '!process md'],
  ],
  [
    'what runs behind a condition of cmd.exe',
    run('make', '"all"'),
    {
      Makefile:
        'all:\n\tif exist a curl -O x\n\tif exist b; then wget y; fi\n\tif exist c del d & pwsh e.ps1\n',
    },
    ['downloader curl', 'downloader wget', 'downloader pwsh'],
  ],
  [
    'no program in what a project makes',
    main('cmake::build("n");'),
    {
      'n/CMakeLists.txt':
        'ExternalProject_Add(a BUILD_COMMAND make BUILD_BYPRODUCTS liba.a INSTALL_COMMAND "" LOG_BUILD 1)\n',
    },
    ['!process build_byproducts', '!process log_build'],
  ],
  [
    'no program in the name of a target, but in its command',
    run('meson', '"setup"'),
    {
      'meson.build':
        "custom_target('doc',\n  output: 'x',\n  command: ['wget', 'x'])\nrun_target('all', command: 'curl')\n",
    },
    ['!process doc', '!process all', 'downloader wget', 'downloader curl'],
  ],
  [
    'no program in cargo’s configuration',
    run('sh', '"go.sh"'),
    { 'go.sh': '. .cargo/config\n', '.cargo/config': '[build]\nrustflags = ["-C"]\n' },
    ['!process rustflags'],
  ],
  [
    'a text that a shell is handed',
    main('std::process::Command::new("sh").stdin(std::fs::File::open("go.txt").unwrap()).status().ok();'),
    { 'go.txt': 'curl -O http://x.invalid/p\n' },
    ['downloader curl'],
  ],
  ['a justfile', run('just', '"all"'), { justfile: 'all:\n  curl x\n' }, ['downloader curl']],
  [
    'a Rakefile',
    run('rake', '"all"'),
    { Rakefile: 'task :all do\n  sh "curl x"\nend\n' },
    ['downloader curl'],
  ],
  ['a Dockerfile', run('docker', '"build"'), { Dockerfile: 'FROM a\nRUN curl x\n' }, ['downloader curl']],
  [
    'what awk is given',
    run('awk', '"x.awk"'),
    { 'x.awk': 'BEGIN { system("curl x") }\n' },
    ['downloader curl', 'process curl'],
  ],
  [
    'scripts of npm',
    run('npm', '"run"'),
    { 'package.json': '{"scripts":{"build":"curl x"}}' },
    ['downloader curl'],
  ],
  ['what Tcl runs', run('tclsh', '"x.tcl"'), { 'x.tcl': 'exec curl x\n' }, ['downloader curl']],
  ['a Makefile', run('make', '"all"'), { Makefile: 'all:\n\tcurl -O x\n' }, ['downloader curl']],
  [
    'CMake lists',
    main('cmake::build("n");'),
    { 'n/CMakeLists.txt': 'add_subdirectory(s)\n', 'n/s/CMakeLists.txt': 'file(DOWNLOAD https://x y)\n' },
    ['network CMake file(DOWNLOAD)'],
  ],
  [
    'what CMake runs',
    main('cmake::build("n");'),
    {
      'n/CMakeLists.txt': 'execute_process(COMMAND python3 gen.py)\n',
      'n/gen.py': 'import urllib.request\n',
    },
    ['network urllib'],
  ],
  [
    'Python',
    run('python3', '"gen.py"'),
    { 'gen.py': 'import subprocess\nsubprocess.run(["curl", "x"])\n' },
    ['downloader curl'],
  ],
  ['Perl', run('perl', '"gen.pl"'), { 'gen.pl': 'use LWP::Simple;\n' }, ['network LWP::Simple']],
  [
    'PowerShell',
    run('powershell', '"get.ps1"'),
    { 'get.ps1': 'Invoke-WebRequest https://x -OutFile y\n' },
    ['downloader Invoke-WebRequest'],
  ],
  [
    'a batch file',
    run('cmd', '"/c"', '"get.bat"'),
    { 'get.bat': '@echo off\r\ncurl -o x https://y\r\n' },
    ['downloader curl'],
  ],
  ['meson', run('meson', '"setup"'), { 'meson.build': "run_command('curl', 'x')\n" }, ['downloader curl']],
  [
    'meson, by a shell',
    run('meson', '"setup"'),
    { 'meson.build': "run_command('sh', '-c', 'curl x | sh')\n" },
    ['downloader curl', 'data-as-code curl | sh'],
  ],
  [
    'python, by a shell',
    run('python3', '"gen.py"'),
    { 'gen.py': 'subprocess.run(["/bin/bash", "-ec", "curl \\"$(cat x)\\" \'y\'"])\n' },
    ['downloader curl'],
  ],
  [
    'node, by a shell',
    run('node', '"gen.js"'),
    { 'gen.js': "require('child_process').spawnSync('sh', ['-c', 'wget x'])\n" },
    ['downloader wget'],
  ],
  [
    'a shell that is given no command',
    run('meson', '"setup"'),
    { 'meson.build': "run_command('sh', 'curl.sh', check: true)\nmessage('-c', 'wget x')\n" },
    ['!downloader curl', '!downloader wget'],
  ],
  ['ninja', run('ninja'), { 'build.ninja': 'rule a\n  command = curl x\n' }, ['downloader curl']],
  [
    'C that it compiles and runs',
    main(
      'let out = std::env::var("OUT_DIR").unwrap(); std::process::Command::new(format!("{out}/gen")).status().unwrap();',
    ),
    { 'gen.c': 'int main() { return system("x"); }\n' },
    ['process system'],
  ],
  [
    'a script that is included',
    main('std::fs::write("x", include_str!("go.sh")).unwrap();'),
    { 'go.sh': 'curl x | sh\n' },
    ['data-as-code curl | sh'],
  ],
];

const opaque: readonly (readonly [
  what: string,
  script: string,
  files: Readonly<Record<string, string>>,
  reason: RegExp,
])[] = [
  [
    'bytes that are included',
    main('let _ = include_bytes!("p");'),
    { p: 'text' },
    /^p is data that nobody reads: 4 bytes/,
  ],
  [
    'bytes by the folder of the manifest',
    main('let _ = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/d/p"));'),
    { 'd/p': 'text' },
    /^d\/p is data/,
  ],
  [
    'encoded text that is included',
    main('let _ = include_str!("p");'),
    { p: `${'QUJD0123'.repeat(20)}\n` },
    /^p is data/,
  ],
  [
    'an archive that something unpacks',
    run('tar', '"xf"', '"p.tar.gz"'),
    { 'p.tar.gz': '\x1f\x8b\x00\x01' },
    /^p\.tar\.gz is data/,
  ],
  [
    'an archive among tests that a script names',
    run('sh', '"go.sh"'),
    { 'go.sh': 'xz -dc tests/bad.xz | head -c 1\n', 'tests/bad.xz': '\xfd\x00\x01' },
    /^tests\/bad\.xz is data/,
  ],
  [
    'commands that are worked out',
    run('sh', '"go.sh"'),
    { 'go.sh': 'eval "$(cat x)"\n$Z a\n' },
    /^go\.sh works out 2 commands while it runs/,
  ],
];

describe('files beside Rust code', () => {
  for (const [what, script, files, shapes] of reaching) {
    it(`are read where they may run: ${what}`, () => {
      const found = scriptOf({ 'build.rs': script, ...files }).inputs.shapes;
      for (const shape of shapes)
        if (shape.startsWith('!')) assert.ok(!found.includes(shape.slice(1)), found.join('; '));
        else assert.ok(found.includes(shape), found.join('; '));
    });
  }

  for (const [what, script, files, reason] of opaque) {
    it(`are said to be unreadable: ${what}`, () => {
      const { opaque: all } = scriptOf({ 'build.rs': script, ...files });
      assert.ok(
        all.some((one) => reason.test(one.reason)),
        JSON.stringify(all),
      );
    });
  }

  it('make another digest by their bytes, where code can hand them on', () => {
    const digest = (script: string, files: Readonly<Record<string, string>>) =>
      scriptOf({ 'build.rs': script, ...files }).inputs.digest;
    const compiles = main('cc::Build::new().file("a.c").compile("a");');
    const only = main('println!("cargo:rustc-cfg=x");');
    assert.notEqual(digest(compiles, { 'a.c': '1' }), digest(compiles, { 'a.c': '2' }));
    assert.notEqual(digest(compiles, { 'x.ld': '1' }), digest(compiles, { 'x.ld': '2' }));
    assert.equal(digest(compiles, { 'README.md': '1' }), digest(compiles, { 'README.md': '2' }));
    assert.equal(digest(compiles, { 'tests/a.bin': '1' }), digest(compiles, { 'tests/a.bin': '2' }));
    assert.equal(digest(only, { 'a.c': '1' }), digest(only, { 'a.c': '2' }));
  });

  it('have the digest of what was reviewed, whenever it is asked for', () => {
    const script = main('cc::Build::new().file("a.c").compile("a");');
    const texts: Record<string, string> = { 'Cargo.toml': manifest, 'build.rs': script, 'a.c': '1' };
    const onDisk = {
      paths: Object.keys(texts),
      bytes: (path: string) => (texts[path] === undefined ? undefined : Buffer.from(texts[path])),
    };
    const { buildScript } = reviewPackage(packageSource(manifest, (path) => texts[path], onDisk));
    const expected = scriptOf({ 'build.rs': script, 'a.c': '1' }).inputs.digest;
    texts['a.c'] = '2';
    assert.equal(buildScript?.inputs.digest, expected);
    assert.notEqual(scriptOf({ 'build.rs': script, 'a.c': '2' }).inputs.digest, expected);
    assert.equal(JSON.parse(JSON.stringify(buildScript)).inputs.digest, expected);
  });

  it('are no concern where they are documentation', () => {
    const { inputs } = scriptOf({
      'build.rs': `#![doc = include_str!("README.md")]\n${main('')}`,
      'README.md': 'x',
    });
    assert.deepEqual(inputs.files, []);
  });
});

/** What lines say, `kind name@line`; `*` for commands that are worked out. */
const lines: readonly (readonly [language: Language, text: string, said: readonly string[]])[] = [
  ['python', 'import os as o\no.system("curl x")\n', ['downloader curl@2']],
  ['python', 'from os import system\nsystem("curl x")\n', ['downloader curl@2']],
  ['python', '__import__("os").system("curl x")\n', ['downloader curl@1']],
  ['python', 'import subprocess as s\ns.call(["curl", "x"])\n', ['downloader curl@2']],
  ['python', 'import os, socket; import requests\n', ['network socket@1']],
  ['python', 'asyncio.open_connection("x", 80)\n', ['network open_connection@1']],
  ['python', 'getattr(os, "sys" + "tem")("curl x")\n', ['*1']],
  [
    'python',
    'os.environ["CARGO_REGISTRY_TOKEN"]\nos.environ["HOME"]\n',
    ['reads-secret CARGO_REGISTRY_TOKEN@1'],
  ],
  ['python', 'print(os.environ)\nenv = dict(os.environ)\n', ['reads-all-variables undefined@1']],
  ['python', 'if platform.system() == "Linux":\n    the_system (x)\n', []],
  ['python', 'open("/home/x/.ssh/id_rsa")\n', ['reads-secret-file .ssh/id_rsa@1']],
  ['python', 'open("../../.git/hooks/pre-commit", "w")\n', ['writes .git/hooks/pre-commit@1']],
  ['perl', 'exec {"curl"} "x";\n', ['downloader curl@1']],
  ['perl', 'open(F, "curl x |");\nopen(F, "-|", "curl", "x");\n', ['downloader curl@1', 'downloader curl@2']],
  ['perl', 'print qx(curl x);\n', ['downloader curl@1']],
  [
    'perl',
    '$ENV{LD_PRELOAD} = "./x.so";\nif ($ENV{LD_PRELOAD} eq "") {}\n',
    ['redirects-tools LD_PRELOAD@1'],
  ],
  ['perl', 'socket(S, PF_INET, SOCK_STREAM, 6);\n', ['network socket@1']],
  ['ruby', 'Open3.capture2("curl x")\nIO.popen(["curl", "x"])\n', ['downloader curl@1', 'downloader curl@2']],
  ['ruby', 'require "socket"\nsend(:system, "curl x")\n', ['network socket@1', '*2']],
  ['node', 'await import("node:net")\nimport axios from "axios"\n', ['network net@1', 'network axios@2']],
  ['node', 'new WebSocket("ws://x.invalid")\n', ['network WebSocket@1']],
  ['node', 'process.binding("x")\nrequire("ht" + "tp")\n', ['*1', '*2']],
  ['node', 'process.env.NPM_TOKEN\nprocess.env.PATH\n', ['reads-secret NPM_TOKEN@1']],
  [
    'powershell',
    'gci env:\ngc env:NPM_TOKEN\n',
    ['reads-all-variables undefined@1', 'reads-secret NPM_TOKEN@2'],
  ],
  ['shell', 'alias c=curl\n', ['downloader curl@1']],
  ['shell', 'find . -exec curl x {} \\;\n', ['downloader curl@1']],
  ['shell', 'tar xf x.tar --to-command=sh\n', ['redirects-tools --to-command=sh@1']],
  ['shell', 'make SHELL=./x\n', ['redirects-tools SHELL=./x@1']],
  ['shell', 'LD_PRELOAD=./x.so cc -c a.c\n', ['redirects-tools LD_PRELOAD=./x.so@1']],
  ['shell', 'export RUSTC_WRAPPER=./x\n', ['redirects-tools RUSTC_WRAPPER=./x@1']],
  ['shell', 'BASH_ENV=/dev/null\nexport LD_PRELOAD=\nNODE_OPTIONS=$NODE_OPTIONS x\n', []],
  ['shell', 'cat /proc/$PPID/environ\n', ['reads-outside home@1']],
  ['shell', 'printenv | sort\n', ['reads-all-variables printenv@1']],
  ['cmake', 'install(CODE "execute_process(COMMAND curl x)")', ['downloader curl@1']],
  ['cmake', 'cmake_language(CALL file DOWNLOAD http://x.invalid x)', ['network CMake file(DOWNLOAD)@1']],
  ['cmake', 'set(CMAKE_C_COMPILER_LAUNCHER ./x)', ['redirects-tools CMAKE_C_COMPILER_LAUNCHER=./x@1']],
  ['cmake', 'set_property(GLOBAL PROPERTY RULE_LAUNCH_COMPILE ccache)', []],
  ['shell', 'curl -s x | sh\n', ['downloader curl@1', 'data-as-code curl | sh@1']],
  ['shell', 'a=$(wget x)\n', ['downloader wget@1']],
  ['shell', 'case $1 in\n  curl) echo a ;;\nesac\n', []],
  ['shell', '# curl x\necho "curl x"\ncat <<EOF\ncurl x\nEOF\n', []],
  ['shell', 'sh <<EOF\ncurl x\nEOF\n', ['downloader curl@2']],
  ['shell', 'get() { true; }\nget x\n', []],
  ['shell', 'sudo -E env A=b curl x\n', ['downloader curl@1']],
  ['shell', 'base64 -d x | bash\n', ['decodes base64@1', 'data-as-code base64 | bash@1']],
  ['shell', 'exec 3<>/dev/tcp/192.0.2.1/80\n', ['network /dev/tcp@1']],
  ['shell', 'echo x >> ~/.bashrc\ncp a "$HOME/.cargo/config.toml"\n', ['writes home@1', 'writes home@2']],
  ['shell', '$CC -c a.c\n$TOOL x\n', ['*2']],
  ['shell', 'bash -c "curl x"\n', ['downloader curl@1']],
  ['shell', 'echo $NPM_TOKEN\n', ['reads-secret NPM_TOKEN@1']],
  [
    'make',
    'a: b\n\t$(CC) -c a.c\n\t@wget x\nV := $(shell curl x)\n',
    ['downloader wget@3', 'downloader curl@4'],
  ],
  [
    'make',
    'a:\n\t$(info x) ./p $(notdir $(wildcard b/*)) \\\n\t  c\n\tifeq ($(A),)\n\tCFLAGS += -D\n\tendif\n\t- wget x\n',
    ['downloader wget@7'],
  ],
  ['make', 'define get\n@curl -O x\nendef\na: ; $(call get)\n', ['downloader curl@2', '*4']],
  ['make', 'V = $(if $(A),$(shell wget $(B)),c)\nW != curl x\n', ['downloader wget@1', 'downloader curl@2']],
  ['make', '.RECIPEPREFIX = >\na:\n> curl x\n', ['*1']],
  ['make', 'load ./x.so\n', ['loads-library ./x.so@1']],
  ['make', 'a:\n\techo $$(curl x)\n', ['downloader curl@2']],
  [
    'shell',
    'for ((size=4; size<=$limit; size*=2)); do ((inc = 2 * inc)); curl x; done\n',
    ['downloader curl@1'],
  ],
  ['shell', '((curl x))\n', ['downloader curl@1']],
  ['cmake', '# file(DOWNLOAD x)\nexecute_process(\n  COMMAND curl x)\n', ['downloader curl@2']],
  [
    'python',
    'exec(code)\nimport os\nos.system("curl x | sh")\n',
    ['downloader curl@3', 'data-as-code curl | sh@3', '*1'],
  ],
];

describe('lines of scripts', () => {
  for (const [language, text, said] of lines) {
    it(`${language}: ${JSON.stringify(text)}`, () => {
      const read = saidByScript(text, language);
      const found = [
        ...read.said
          .filter(({ kind }) => kind !== 'process')
          .map(({ kind, name, line }) => `${kind} ${name}@${line}`),
        ...read.workedOut.map(({ line }) => `*${line}`),
      ];
      assert.deepEqual(found, said);
    });
  }
});

describe('C that is compiled and run', () => {
  const calls: readonly (readonly [text: string, names: readonly string[]])[] = [
    ['int x = system("a");', ['system']],
    ['return system("a");', ['system']],
    ['x = std::system("a");', ['system']],
    ['// by the system (not)\n/* system("a")\n connect(1) */ int y;', []],
    ['bool connect(const char* host);\nint *socket (int);', []],
    ['a.connect(b); c->connect(d);', []],
    ['char *a = "/*"; connect(1);', ['connect']],
    ['auto a = R"(" /* )"; system("a");', ['system']],
    ['char a = \'"\'; system(b); // "', ['system']],
    ['int n = 1\'0; char *b = "\'/*"; system(b);', ['system']],
    ['/* a */ popen("b", "r");', ['popen']],
    ['(system)("a");', ['system']],
    ['#define S system', ['system']],
    ['int (*f)(const char *) = popen;', ['popen']],
    ['syscall(59, "x"); syscall(__NR_getrandom, a, b, c);', ['syscall']],
    ['getenv("NPM_TOKEN"); getenv("PATH");', ['NPM_TOKEN']],
  ];
  for (const [text, names] of calls)
    it(JSON.stringify(text), () => {
      assert.deepEqual(
        saidByNative(text).said.map(({ name }) => name),
        names,
      );
    });
});

it('names what make runs recipes with', () => {
  const named = (text: string) => saidByScript(text, 'make').said.map(({ kind, name }) => `${kind} ${name}`);
  assert.deepEqual(named('SHELL := ./payload\n'), ['process ./payload']);
  assert.deepEqual(named('SHELL = /bin/bash\nSHELL = $(CONFIG_SHELL)\n'), []);
});

describe('cfgs that a script prints out of a file', () => {
  const library = (files: Readonly<Record<string, string>>) => {
    const all: Readonly<Record<string, string>> = {
      'Cargo.toml': manifest,
      'build.rs': main('print!("{}", std::fs::read_to_string("told.txt").unwrap());'),
      'src/lib.rs': '#[cfg(test)] fn f() { std::process::Command::new("tool").status().ok(); }',
      ...files,
    };
    const { library } = reviewPackage(packageSource(manifest, (path) => all[path], textFiles(all)));
    return library?.shapes ?? [];
  };

  it('have what they build read', () =>
    assert.deepEqual(library({ 'told.txt': 'cargo:rustc-cfg=test\n' }), ['process tool']));

  it('are none where the file says none', () => assert.deepEqual(library({ 'told.txt': 'x\n' }), []));
});
