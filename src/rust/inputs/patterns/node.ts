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
