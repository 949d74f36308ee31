import type { CapabilityKind } from './capability.ts';

const shells = words(
  'sh bash zsh dash ksh fish csh tcsh cmd powershell pwsh osascript wscript cscript mshta',
);
const downloaders = words(
  'curl wget aria2c fetch ftp sftp tftp scp ssh rsync nc ncat netcat socat telnet svn hg certutil bitsadmin invoke-webrequest nslookup dig drill gh powershell pwsh lynx w3m elinks axel httpie xh aws gsutil s3cmd rclone ping ping6 fping hping3 arping traceroute tracepath mtr whois nmap delv lftp ncftp websocat grpcurl wget2 mosh smbclient sendmail',
);

/** What builds run: of a place that may run one of many texts, these are programs rather than anything else. */
const builders = words(
  'git make gmake nmake cmake ninja meson configure bootstrap autogen autoreconf autoconf automake aclocal libtool libtoolize m4 gcc g++ cc c++ clang clang++ cl ar ranlib ld lld link strip objcopy nasm yasm python python3 python2 perl ruby node npm yarn pnpm npx deno bun go java javac mvn gradle cargo rustc rustup rustfmt tar unzip zip gzip gunzip bunzip2 xz 7z patch sed awk cp mv rm mkdir ln install touch chmod xcrun xcodebuild swift swiftc dotnet msbuild nuget nvcc protoc flatc bison flex pkg-config vcpkg conan brew apt apt-get dpkg yum dnf pacman docker podman sudo su env nohup xargs find uname id whoami hostname',
);

/** Whether a text, that may be anything, surely is the name of a program. */
export function isKnownProgram(text: string): boolean {
  const name = baseName(text).replace(/\.(?:sh|py|pl)$/, '');
  return shells.has(name) || downloaders.has(name) || builders.has(name);
}

/** Programs that speak to others, and whose names are words that mean something else where no program is run. */
const talking = words(
  'npx pnpx bunx ping ping6 mail mailx sendmail msmtp whois traceroute nmap lftp websocat wscat ngrok cloudflared',
);

/** What programs that have much to do without it do on the network, by their first words. */
const remote: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['git', words('clone fetch pull push ls-remote lfs')],
  ['cargo', words('install add fetch update search publish login owner yank binstall')],
  ['rustup', words('install update target component toolchain self default')],
  ['go', words('get install mod')],
  ['pacman', words('-s -sy -syu --sync')],
  ['kubectl', words('apply create cp exec run')],
  ...'npm pnpm yarn bun'
    .split(' ')
    .map((name) => [name, words('install i ci add exec dlx x update')] as const),
  ...'pip pip3 uv pipx'.split(' ').map((name) => [name, words('install download pip add run sync')] as const),
  ...'python python3 python2 py'
    .split(' ')
    .map((name) => [name, words('pip uv ensurepip http.server')] as const),
  ['gem', words('install update fetch')],
  ['openssl', words('s_client s_server ocsp')],
  ['php', words('-s')],
  ['getent', words('hosts ahosts ahostsv4 ahostsv6')],
  ...'docker podman'.split(' ').map((name) => [name, words('pull push login run build compose')] as const),
]);

/** Programs that install others, and the words by which they fetch; these stand alone, since messages have them as well. */
const installers =
  /^(?:apt|apt-get|aptitude|yum|dnf|zypper|apk|brew|port|choco|scoop|winget|snap|flatpak|pkg|conda|mamba|micromamba|vcpkg|conan|opam|cpanm?|luarocks|nimble)$/;
const installing = words('install update upgrade add fetch download search');

/** What running a program of that name says about the code, beside that it runs one. `words` are arguments that were seen. */
export function programKinds(program: string, seen: readonly string[]): readonly CapabilityKind[] {
  const name = baseName(program);
  const kinds: CapabilityKind[] = [shells.has(name) ? 'shell' : 'process'];
  if (downloaders.has(name) || talking.has(name) || isRemote(program === '$CARGO' ? 'cargo' : name, seen))
    kinds.push('downloader');
  if (name === 'rustc' || program === '$RUSTC' || program === '$RUSTC_WRAPPER') kinds.push('probes-compiler');
  return kinds;
}

/** `git submodule foreach` stays here; `git submodule update` does not. */
function isRemote(program: string, seen: readonly string[]): boolean {
  if (installers.test(program)) return seen.some((text) => installing.has(text.toLowerCase()));
  // `host x.example`: by itself it is a word as well.
  if (program === 'host') return seen.some((text) => /\w\.\w|\$/.test(text));
  const acts = remote.get(program);
  if (acts === undefined) return false;
  const words = new Set(seen.flatMap((text) => text.toLowerCase().split(/\s+/)));
  if ([...words].some((word) => acts.has(word))) return true;
  // `go run example.com/tool@latest`; a package of the folder has no version.
  if (program === 'go' && [...words].some((word) => /^[\w./-]+@[\w.-]+$/.test(word))) return true;
  return program === 'git' && words.has('submodule') && (words.has('update') || words.has('add'));
}

/** `/usr/bin/CURL.exe` is `curl`. */
export function baseName(program: string): string {
  return program
    .replace(/^.*[\\/]/, '')
    .replace(/\.(?:exe|cmd|bat)$/i, '')
    .toLowerCase();
}

/** A command line in a text that fetches something: the program must be followed by what only a command has. */
const fetching =
  /(?:^|[\s;&|("'`])(curl|wget|powershell(?:\.exe)?|pwsh|certutil|bitsadmin|iwr|invoke-webrequest|nc|git clone)\s+(?:-|https?:|\$|["'{])/i;

/** The program that a text, read as a command line, downloads with. */
export function downloaderIn(text: string): string | undefined {
  return fetching.exec(text)?.[1]?.toLowerCase();
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}
