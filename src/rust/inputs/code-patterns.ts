import type { CapabilityKind } from '../capability/capability.ts';
import type { Language } from './language.ts';
import { loosened } from './loosened.ts';

/** A pattern in code that is read line by line; its first group, where it has one, is the name. */
export interface CodePattern {
  readonly pattern: RegExp;
  /** Found in a whole text wherever `pattern` is found in a line of it, and perhaps elsewhere. */
  readonly loose: RegExp;
  readonly kind: CapabilityKind | 'command' | 'worked-out';
  /** The name where no group gives one. */
  readonly name?: string;
}

const is = (pattern: RegExp, kind: CodePattern['kind'], name?: string): CodePattern => ({
  pattern,
  loose: loosened(pattern),
  kind,
  ...(name === undefined ? {} : { name }),
});

/** A first argument that is a text. */
const text = String.raw`\s*[fbru]*["'\x60]([^"'\x60\n]{0,400})["'\x60]`;

/** What code of a language does, as far as single lines show it; `command` is a command line that a shell or the system runs. */
export const codePatterns: Readonly<Partial<Record<Language, readonly CodePattern[]>>> = {
  python: [
    is(
      /^\s*(?:import|from)\s+(urllib\d?|requests|httpx|aiohttp|http\.client|httplib\d?|socket|ftplib|telnetlib|smtplib|paramiko|xmlrpc|websockets?|pycurl|asyncio\.streams)\b/,
      'network',
    ),
    is(/\b(urlopen|urlretrieve|create_connection|getaddrinfo)\s*\(/, 'network'),
    is(new RegExp(String.raw`\bos\.(?:system|popen|exec\w+|spawn\w+|posix_spawn\w*)\s*\(${text}`), 'command'),
    is(
      new RegExp(String.raw`\b(?:subprocess\.\w+|Popen|check_call|check_output|run)\s*\(\s*\[?${text}`),
      'command',
    ),
    is(
      /\b(?:os\.(?:system|popen|exec\w+|spawn\w+|posix_spawn\w*)|subprocess\.(?:run|call|Popen|check_\w+|getoutput|getstatusoutput)|pty\.spawn)\s*\((?!\s*\[?\s*[fbru]*["'])/,
      'process',
    ),
    is(/(?<![\w.])(?:eval|exec|compile|__import__)\s*\((?!\s*["'])/, 'worked-out'),
    is(
      /\b(?:marshal\.loads|pickle\.loads|ctypes\.\w+|zlib\.decompress|importlib\.import_module)\s*\(/,
      'worked-out',
    ),
    is(/\b(base64\.\w*decode|codecs\.decode|bytes\.fromhex|binascii\.\w+)\s*\(/, 'decodes'),
  ],
  perl: [
    is(
      /^\s*(?:use|require)\s+(LWP[\w:]*|HTTP::\w+|IO::Socket[\w:]*|Socket|Net::\w+|Mojo::UserAgent|WWW::\w+)\b/,
      'network',
    ),
    is(/\b(?:system|exec)\s*\(?\s*["']([^"'\n]{0,400})["']/, 'command'),
    is(/(?:=|\(|^)\s*(?:qx\s*[({/|]|`)([^`)}/|\n]{1,400})/, 'command'),
    is(/\bopen\s*\(?[^;\n]*["']\s*-?\|\s*([^"'\n]*)["']/, 'command'),
    is(/\beval\s+[^{;\s]/, 'worked-out'),
    is(/\b(MIME::Base64|decode_base64)\b/, 'decodes'),
  ],
  ruby: [
    is(/\b(Net::HTTP|open-uri|TCPSocket|URI\.open|Faraday|RestClient)\b/, 'network'),
    is(/(?:\b(?:system|exec|spawn|popen)|^\s*sh)\s*\(?\s*["']([^"'\n]{0,400})["']/, 'command'),
    is(/(?:=|\(|^)\s*(?:%x[({[]|`)([^`)}\]\n]{1,400})/, 'command'),
    is(/\b(?:instance_eval|class_eval|eval)\b\s*\(?[^{\s]/, 'worked-out'),
    is(/\b(Base64\.decode\w*|unpack1?)\b/, 'decodes'),
  ],
  node: [
    is(/\brequire\(\s*["'](?:node:)?(https?|net|dgram|tls|dns|http2)["']\s*\)/, 'network'),
    is(/\bfrom\s+["'](?:node:)?(https?|net|dgram|tls|dns|http2)["']/, 'network'),
    is(/(?<![\w.])(fetch|XMLHttpRequest)\s*\(/, 'network'),
    is(
      new RegExp(String.raw`\b(?:exec|execSync|spawn|spawnSync|execFile|execFileSync)\s*\(${text}`),
      'command',
    ),
    is(/["'](?:node:)?(child_process)["']/, 'process'),
    is(/(?<![\w.])(?:eval|Function)\s*\(/, 'worked-out'),
    is(/\b(atob|Buffer\.from\([^)]*["'](?:base64|hex)["'])/, 'decodes'),
  ],
  powershell: [
    is(
      /\b(Invoke-WebRequest|Invoke-RestMethod|iwr|irm|Start-BitsTransfer|DownloadFile|DownloadString|DownloadData|Net\.WebClient|Net\.Sockets\.\w+|curl|wget)\b/i,
      'downloader',
    ),
    is(/\b(?:Start-Process|saps)\s+(?:-FilePath\s+)?["']?([^\s"';|]+)/i, 'command'),
    is(/^\s*&\s*["']?([^\s"';|]+)/, 'command'),
    is(
      /\b(?:Invoke-Expression|iex|Invoke-Command|ScriptBlock\]::Create|Add-Type|Reflection\.Assembly)\b/i,
      'worked-out',
    ),
    is(/(FromBase64String|-enc(?:odedcommand)?\b)/i, 'decodes'),
    is(/\$env:(\w*(?:TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY)\w*)/i, 'reads-secret'),
  ],
  meson: [
    is(
      /\b(?:run_command|add_script|add_install_script|add_postconf_script)\s*\([^)]*?["']([^"'\n]{1,400})["']/,
      'command',
    ),
    // A target's own name comes first, and runs nothing.
    is(/(?:^|[\s,(])command\s*:\s*\[?\s*["']([^"'\n]{1,400})["']/, 'command'),
    is(/\bfind_program\s*\(\s*["']([^"'\n]{1,100})["']/, 'command'),
    is(/^\s*(?:source_url|url)\s*=\s*(\S+)/, 'network'),
    is(/\bsubproject\s*\(\s*["']([^"'\n]+)["']/, 'metadata'),
  ],
  'other-script': [
    is(
      /(?:^|[\s;&|("'`[])(curl|wget|aria2c|ncat|netcat|socat|certutil|bitsadmin|invoke-webrequest)\s+(?:-|https?:|\$|["'])/i,
      'downloader',
    ),
    is(/(?:^\s*(?:RUN\s+|@)?|\bexec\s+|["'[]\s*)(curl|wget)\s+[\w.$-]/, 'downloader'),
    is(/\b(git\s+(?:clone|fetch|pull))\b/, 'downloader'),
    is(/\b(XMLHTTP|WinHttp\.WinHttpRequest|socket\.http|fsockopen|curl_init)\b/i, 'network'),
    is(/\|\s*(?:ba|z|da)?sh\b/, 'data-as-code', '… | sh'),
    is(/\b(?:system|(?:m4_)?e?syscmd(?:_s)?|os\.execute|io\.popen|shell_exec|WScript\.Shell)\b/, 'process'),
  ],
};

/** No method of something, and no declaration of its own: `bool connect(…);`. */
const itself = String.raw`(?<!\.|->)(?<!\b(?!return\b|else\b|do\b|case\b|throw\b|and\b|or\b|not\b)\w+[\s*&]+)`;

/** What C that a build script compiles and runs calls. */
export const nativePatterns: readonly CodePattern[] = [
  is(
    new RegExp(
      String.raw`${itself}\b(system|popen|execl|execle|execlp|execv|execve|execvp|execvpe|posix_spawnp?|WinExec|ShellExecute\w*|CreateProcess\w*)\s*\(`,
    ),
    'process',
  ),
  is(
    new RegExp(
      String.raw`${itself}\b(socket|connect|getaddrinfo|gethostbyname|WSAStartup|InternetOpen\w*|URLDownloadToFile\w*|curl_easy_\w+)\s*\(`,
    ),
    'network',
  ),
  is(/\b(dlopen|LoadLibrary\w*|mprotect|VirtualProtect)\s*\(/, 'loads-library'),
];
