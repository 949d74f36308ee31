import { type CodePattern, is } from './pattern.ts';

/** PowerShell (Microsoft.PowerShell.Utility, .Management, .NET). */
export const powershellPatterns: readonly CodePattern[] = [
  is(
    /\b(Invoke-WebRequest|Invoke-RestMethod|iwr|irm|Start-BitsTransfer|DownloadFile|DownloadString|DownloadData|Net\.WebClient|Net\.Sockets\.\w+|curl|wget)\b/i,
    'downloader',
  ),
  is(/\b(?:Start-Process|saps)\s+(?:-FilePath\s+)?["']?([^\s"';|]+)/i, 'command'),
  is(/^\s*&\s*["']?([^\s"';|]+)/, 'command'),
  is(
    /(?:^|[\s;|(])(?:gci|ls|dir|Get-ChildItem)\s+env:\s*(?:[;|)*]|$)|\bGetEnvironmentVariables\s*\(/i,
    'reads-all-variables',
  ),
  is(/\b(Register-ScheduledTask|New-Service|New-ScheduledTask\w*)\b/i, 'process'),
  is(
    /\b(?:Invoke-Expression|iex|Invoke-Command|ScriptBlock\]::Create|Add-Type|Reflection\.Assembly)\b/i,
    'worked-out',
  ),
  is(/(FromBase64String|-enc(?:odedcommand)?\b)/i, 'decodes'),
  is(/\$env:(\w*(?:TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY)\w*)/i, 'reads-secret'),
];
