import { type CodePattern, is, text } from './pattern.ts';

/** Modules that talk to others (docs.python.org, "Networking and Interprocess Communication", "Internet Protocols"; PyPI). */
const networking =
  'urllib\\d?|requests|httpx|aiohttp|http\\.(?:client|server)|httplib\\d?|socket|socketserver|ftplib|telnetlib|smtplib|imaplib|poplib|nntplib|paramiko|fabric|xmlrpc|websockets?|pycurl|asyncio\\.streams|multiprocessing\\.connection|webbrowser|wget|gdown|huggingface_hub|boto3|dns|scapy|zmq|grpc|pip';
const functions =
  'system|popen\\d?|getoutput|getstatusoutput|check_output|check_call|Popen|create_subprocess_(?:exec|shell)|exec[lv]\\w*|spawn[lv]\\w*|posix_spawnp?';

/** Python, by its own modules and those that build scripts bring (The Python Standard Library). */
export const pythonPatterns: readonly CodePattern[] = [
  is(
    new RegExp(
      `(?:^|[;:]|\\bexec\\s*\\(\\s*["'])\\s*(?:from\\s+|import\\s+(?:[\\w.]+(?:\\s+as\\s+\\w+)?\\s*,\\s*)*)(${networking})(?![\\w])`,
    ),
    'network',
  ),
  is(
    /(?:^|[;:])\s*from\s+(http|asyncio|multiprocessing)\s+import\s+[^#]*\b(?:client|server|open_connection|start_server|connection)\b/,
    'network',
  ),
  is(
    /\b(urlopen|urlretrieve|create_connection|getaddrinfo|open_connection|create_datagram_endpoint|start_server)\s*\(/,
    'network',
  ),
  is(/\bwebbrowser\.(open\w*)\s*\(/, 'network'),
  is(/\b(?:__import__|import_module)\s*\(\s*["'](socket|urllib[\w.]*|http[\w.]*|requests)["']/, 'network'),
  is(/\b(?:__import__|import_module)\s*\(\s*["'](os|subprocess|pty|ctypes)["']/, 'process'),
  is(new RegExp(String.raw`\b(?:${functions})\s*\(\s*\[?${text}`), 'command'),
  is(new RegExp(String.raw`\bsubprocess\.\w+\s*\(\s*\[?${text}`), 'command'),
  is(new RegExp(String.raw`(?<![\w.])run\s*\(\s*\[?${text}|\.(?:run|call)\s*\(\s*\[${text}`), 'command'),
  is(new RegExp(String.raw`(?<!\w|platform\.)(?:${functions})\((?!\s*\)|\s*\[?\s*[fbru]*["'])`), 'process'),
  is(/\b(?:subprocess\.(?:run|call)|pty\.spawn)\s*\((?!\s*\[?\s*[fbru]*["'])/, 'process'),
  is(/(?<![\w.])(?:eval|exec|compile|__import__)\s*\((?!\s*["'])/, 'worked-out'),
  is(
    /\bgetattr\s*\(\s*(?:os|subprocess|socket|sys|builtins|__builtins__|__import__)\b|\b(?:globals|locals|vars)\s*\(\s*\)\s*\[|\b__builtins__\b/,
    'worked-out',
  ),
  is(
    /\b(?:marshal\.loads|pickle\.loads|ctypes\.\w+|zlib\.decompress|importlib\.import_module|runpy\.run_\w+)\s*\(/,
    'worked-out',
  ),
  is(/\b(base64\.\w*decode|codecs\.decode|bytes\.fromhex|binascii\.\w+)\s*\(/, 'decodes'),
  is(
    /\b(?:print|str|repr|dumps?)\s*\(\s*(?:dict\s*\(\s*)?os\.environ\s*[),]|\bos\.environ\.items\s*\(/,
    'reads-all-variables',
  ),
];
