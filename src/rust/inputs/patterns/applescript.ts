import { type CodePattern, is } from './pattern.ts';

/** AppleScript and JavaScript for Automation, as `osascript` runs them. */
export const applescriptPatterns: readonly CodePattern[] = [
  is(/\bdo shell script\s+"([^"\n]{1,400})/, 'command'),
  is(/\bdoShellScript\s*\(\s*["'`]([^"'`\n]{1,400})/, 'command'),
  is(/\bdo\s*[sS]hell\s*[sS]cript\b(?!\s*\(?\s*["'`])|\bdo script\b/, 'process'),
  is(/\b(open location|mount volume|URL Access Scripting|NSURL\w*)\b/, 'network'),
  is(/\brun script\b|\bObjC\.import\b|(?<![\w.])eval\s*\(/, 'worked-out'),
];
