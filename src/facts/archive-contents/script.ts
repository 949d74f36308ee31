/** A file that an interpreter runs. */
export interface Script {
  /** `sh`, `python3`, … of the first line, or what the extension says. */
  readonly interpreter: string;
  readonly by: 'shebang' | 'extension';
}

/** Whether a file is an interpreted script: by its first line, else by its name. */
export function scriptOf(path: string, bytes: Uint8Array): Script | undefined {
  const interpreter = shebang(path, bytes);
  if (interpreter !== undefined) return { interpreter, by: 'shebang' };
  const dot = path.lastIndexOf('.');
  const extension = dot > path.lastIndexOf('/') ? path.slice(dot + 1).toLowerCase() : '';
  const known = Object.hasOwn(extensions, extension) ? extensions[extension] : undefined;
  return known === undefined ? undefined : { interpreter: known, by: 'extension' };
}

/** What runs as it lies there on some system. Sources that need a compiler are not in the list. */
const extensions: Readonly<Record<string, string>> = {
  sh: 'sh',
  bash: 'bash',
  zsh: 'zsh',
  fish: 'fish',
  ps1: 'powershell',
  psm1: 'powershell',
  bat: 'cmd',
  cmd: 'cmd',
  vbs: 'wscript',
  py: 'python',
  pyw: 'python',
  rb: 'ruby',
  pl: 'perl',
  pm: 'perl',
  js: 'node',
  cjs: 'node',
  mjs: 'node',
  lua: 'lua',
  tcl: 'tclsh',
  awk: 'awk',
};

const longestLine = 256;

/** The program that a first line `#!…` names. `#![` begins a Rust file's attribute; a path has no `[`. */
function shebang(path: string, bytes: Uint8Array): string | undefined {
  if (bytes[0] !== 0x23 || bytes[1] !== 0x21) return undefined;
  const head = Buffer.from(bytes.subarray(2, longestLine)).toString('latin1');
  const line = (head.split(/[\r\n]/, 1)[0] ?? '').trim();
  if (line === '' || (path.endsWith('.rs') && line.startsWith('['))) return undefined;
  const words = line.split(/\s+/);
  const program = baseName(words[0] ?? '');
  if (program !== 'env') return program;
  const named = words.slice(1).find((word) => !word.startsWith('-') && !word.includes('='));
  return named === undefined ? 'env' : baseName(named);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
