import { type CodePattern, is } from './pattern.ts';

/** VBScript and JScript (Windows Script Host, ActiveX objects). */
export const scriptHostPatterns: readonly CodePattern[] = [
  is(
    /\b(XMLHTTP|WinHttp\.WinHttpRequest|InternetExplorer\.Application|Microsoft\.XMLHTTP|CDO\.Message)\b/i,
    'network',
  ),
  is(/\b(?:Run|Exec|ShellExecute)\s*\(?\s*["']([^"'\n]{1,400})["']/i, 'command'),
  is(/\b(?:WScript\.Shell|Shell\.Application|winmgmts)\b/i, 'process'),
  is(/(?<![\w.])(?:Execute|ExecuteGlobal|Eval)\b\s*\(?/i, 'worked-out'),
];
