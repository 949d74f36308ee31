/** Sections of a repository's configuration that say what it is. All others may hold tokens, or run programs. */
const kept = /^\[(?:core|extensions)\]/i;

/**
 * The configuration of a git repository without remotes, credentials and headers: CI jobs write tokens there
 * (`http.….extraheader`), and a build script reads the version by git.
 */
export function withoutRemotes(text: string): string {
  let isKept = false;
  const lines = text.split('\n').filter((line) => {
    if (/^\s*\[/.test(line)) isKept = kept.test(line.trim());
    return isKept && !/^\s*(?:fsmonitor|hooksPath|sshCommand|pager|editor|askPass|worktree)\s*=/i.test(line);
  });
  return `${lines.join('\n')}\n`;
}
