import { type CodePattern, is, text } from './pattern.ts';

/** JavaScript for Node (nodejs.org, API), and packages that talk to others. */
export const nodePatterns: readonly CodePattern[] = [
  is(/\brequire\(\s*["'](?:node:)?(https?|net|dgram|tls|dns|http2)["']\s*\)/, 'network'),
  is(/\bfrom\s+["'](?:node:)?(https?|net|dgram|tls|dns|http2)["']/, 'network'),
  is(/\bimport\s*\(\s*["'](?:node:)?(https?|net|dgram|tls|dns|http2)["']/, 'network'),
  is(
    /(?:\brequire\s*\(\s*|\bimport\s*\(\s*|\bfrom\s+|^\s*import\s+)["'](undici|axios|got|node-fetch|cross-fetch|request|superagent|ws|needle|ky|follow-redirects|socket\.io-client|ssh2|simple-git)["']/,
    'network',
  ),
  is(/(?<![\w.])(fetch|XMLHttpRequest|WebSocket|EventSource)\s*\(/, 'network'),
  is(/\bglobalThis\.(fetch|XMLHttpRequest|WebSocket|EventSource)\s*\(/, 'network'),
  // Modules that code given to Node has without asking for them, and what Deno and Bun have of their own.
  is(
    /(?<![\w.$])(https?|net|dgram|tls|dns|http2)\.(?:get|request|connect|createConnection|createSocket|createServer|lookup|resolve\w*)\s*\(/,
    'network',
  ),
  is(
    /\b(Deno\.(?:connect\w*|listen\w*|resolveDns|serve)|Bun\.(?:connect|listen|serve|udpSocket|dns|fetch|s3))\b/,
    'network',
  ),
  is(/(?:\bfrom\s+|\bimport\s*\(?\s*)["'`](?:https?:|npm:|jsr:)([^"'`\s]*)/, 'network'),
  is(/\bgetBuiltinModule\s*\(\s*["'](?:node:)?(https?|net|dgram|tls|dns|http2)["']/, 'network'),
  is(
    /\b(?:Deno\.Command|Deno\.run|Bun\.spawn(?:Sync)?)\s*\(\s*(?:\{\s*cmd\s*:\s*)?\[?\s*["'`]([^"'`\n]{1,400})["'`]/,
    'command',
  ),
  is(
    /\b(?:Deno\.(?:Command|run|dlopen)|Bun\.spawn(?:Sync)?)\s*\((?!\s*(?:\{\s*cmd\s*:\s*)?\[?\s*["'`])/,
    'process',
  ),
  is(/\bBun\.\$\s*`([^`\n]{1,400})/, 'command'),
  is(/(?<![\w.$"'])child_process\.\w/, 'process'),
  is(
    new RegExp(String.raw`\b(?:exec|execSync|spawn|spawnSync|execFile|execFileSync)\s*\(${text}`),
    'command',
  ),
  is(/["'](?:node:)?(child_process)["']/, 'process'),
  is(/(?<![\w.])(?:eval|Function)\s*\(/, 'worked-out'),
  is(
    /\bprocess\.(?:binding|dlopen|_linkedBinding)\s*\(|\bvm\.(?:run\w+|compileFunction|Script)\b|\b_load\s*\(|\b(?:globalThis|global|window)\s*\[|\brequire\s*\(\s*["'][^"']*["']\s*\+/,
    'worked-out',
  ),
  is(/\b(?:stringify|entries|keys|values|log)\s*\(\s*process\.env\s*[,)]/, 'reads-all-variables'),
  is(/\b(atob|Buffer\.from\([^)]*["'](?:base64|hex)["'])/, 'decodes'),
];
