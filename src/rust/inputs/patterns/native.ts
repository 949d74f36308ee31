import { type CodePattern, is } from './pattern.ts';

const running =
  'system|popen|execl|execle|execlp|execv|execve|execvp|execvpe|posix_spawnp?|WinExec|ShellExecute\\w*|CreateProcess\\w*';

/** No method of something, and no declaration of its own: `bool connect(…);`. */
const itself = String.raw`(?<!\.|->)(?<!\b(?!return\b|else\b|do\b|case\b|throw\b|and\b|or\b|not\b)\w+[\s*&]+)`;

/** What C that a build script compiles and runs calls. */
export const nativePatterns: readonly CodePattern[] = [
  is(new RegExp(String.raw`${itself}\b(${running})\s*\(`), 'process'),
  is(
    new RegExp(
      String.raw`${itself}\b(socket|connect|getaddrinfo|gethostbyname|WSAStartup|InternetOpen\w*|URLDownloadToFile\w*|curl_easy_\w+)\s*\(`,
    ),
    'network',
  ),
  // `(system)(…)`, `int (*f)(const char *) = system;`, `#define S system`.
  is(
    new RegExp(
      String.raw`(?:\(\s*|=\s*&?\s*|^\s*#\s*define\s+\w+(?:\([^)]*\))?\s+)(${running})\s*(?:\)\s*\(|[;,)}]|$)`,
    ),
    'process',
  ),
  is(/\b(syscall)\s*\((?!\s*(?:__NR|SYS)_(?:getrandom|gettid|futex|membarrier|getcpu)\b)/, 'foreign-code'),
  is(/\b(dlopen|LoadLibrary\w*|mprotect|VirtualProtect)\s*\(/, 'loads-library'),
  is(/\bgetenv\s*\(\s*"(\w+)"/, 'variable'),
];
