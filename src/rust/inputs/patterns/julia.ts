import { type CodePattern, is } from './pattern.ts';

/** Julia (Base, Downloads, Sockets, Pkg). */
export const juliaPatterns: readonly CodePattern[] = [
  is(
    /\b(?:using|import)\s+(?:[\w.]+\s*,\s*)*(Downloads|HTTP|Sockets|LibCURL|Pkg|FTPClient|WebSockets|LibGit2|Artifacts)\b/,
    'network',
  ),
  is(/(?<![\w.])(download|connect|listen|getaddrinfo)\s*\(|\b(Downloads\.download|Pkg\.\w+)\s*\(/, 'network'),
  is(/`([^`\n]{1,400})`/, 'command'),
  is(/(?<![\w.])(?:run|pipeline|Cmd)\s*\((?!\s*(?:pipeline\s*\(\s*)?`)/, 'process'),
  is(/\b(?:Meta\.parse|include_string|eval)\s*\(/, 'worked-out'),
  is(/(?:@|\b)(ccall|dlopen)\b/, 'loads-library'),
  is(/\b(?:println|show|print|collect|repr|Dict)\s*\(\s*(ENV)\s*\)/, 'reads-all-variables'),
];
