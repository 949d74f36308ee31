import { preloading } from '../../capability/flags.ts';
import { type CodePattern, is } from './pattern.ts';

/** Places and variables that say the same in every language, where they stand in texts. */
export const placePatterns: readonly CodePattern[] = [
  is(
    /(\.ssh\b[\w/.-]*|\.aws\/[\w.-]+|\.netrc\b|\.npmrc\b|\.pypirc\b|\.gnupg\b|\.kube\/config|\.docker\/config|\.cargo\/credentials[\w.]*|\.git-credentials|\/etc\/shadow|id_(?:rsa|ed25519)\b)/,
    'reads-secret-file',
  ),
  is(/(\/proc\/[^/\s"']+\/environ)/, 'reads-all-variables'),
  is(
    /(\.git\/hooks\b[\w/.-]*|\.cargo\/config\b[\w.]*|\.(?:bashrc|zshrc|bash_profile|zprofile)\b|\/etc\/cron\S*)/,
    'writes',
  ),
  is(/\b(expanduser|Path\.home|homedir|Dir\.home|HomeDir)\b/, 'home'),
  is(
    new RegExp(
      String.raw`(?:environ|ENV|process\.env|\$env:|putenv)\W{0,4}(${preloading})\b["'\]})]{0,2}\s*(?:=(?![=~])|,)`,
      'i',
    ),
    'redirects-tools',
  ),
  is(
    /(?:\benviron(?:\.get)?\s*[[(]\s*|\bgetenv\s*\(\s*|\bENV(?:\.fetch)?\s*[[({]\s*|\bprocess\.env\s*(?:\.|\[\s*)|\$env:|\benv:)["']?(\w+)/i,
    'variable',
  ),
];
