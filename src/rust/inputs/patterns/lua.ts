import { type CodePattern, is } from './pattern.ts';

/** Lua (Reference Manual; LuaSocket, luv, LuaJIT's FFI). */
export const luaPatterns: readonly CodePattern[] = [
  is(
    /\brequire\s*\(?\s*["'](socket(?:\.\w+)*|ssl(?:\.https)?|http(?:\.\w+)*|https|l?cURL(?:\.\w+)*|copas(?:\.\w+)*|requests|resty\.http|posix\.sys\.socket|enet)["']/,
    'network',
  ),
  is(/\b(new_(?:tcp|udp)|getaddrinfo)\s*\(/, 'network'),
  is(/\b(?:os\.execute|io\.popen)\s*\(?\s*(?:["']|\[=*\[)([^"'\]\n]{1,400})/, 'command'),
  is(/\b(?:os\.execute|io\.popen|uv\.spawn)\b(?!\s*\(?\s*(?:["']|\[=*\[))/, 'process'),
  is(/(?<![\w.:])(?:load|loadstring|dofile)\s*\(|\b(?:os|io|_G|_ENV)\s*\[/, 'worked-out'),
  is(/\b(package\.loadlib|ffi\.(?:C\b|load|cdef))|\brequire\s*\(?\s*["'](ffi|alien)["']/, 'loads-library'),
];
