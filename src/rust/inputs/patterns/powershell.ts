import { type CodePattern, is } from './pattern.ts';

/** PowerShell (Microsoft.PowerShell.Utility, .Management, .NET). */
export const powershellPatterns: readonly CodePattern[] = [
  is(
    /\b(Invoke-WebRequest|Invoke-RestMethod|iwr|irm|Start-BitsTransfer|DownloadFile|DownloadString|DownloadData|Net\.WebClient|Net\.Http\.\w+|Net\.Sockets\.\w+|Net\.(?:Http|Ftp)?WebRequest|Net\.Dns|Resolve-DnsName|Test-NetConnection|Test-Connection|Send-MailMessage|New-WebServiceProxy|Install-(?:Module|Package|Script)|WinHttp\.\w+|XMLHTTP|curl|wget)\b/i,
    'downloader',
  ),
  is(/\b(?:Start-Process|saps)\s+(?:-FilePath\s+)?["']?([^\s"';|]+)/i, 'command'),
  is(/\[(?:System\.)?Diagnostics\.Process\]::Start\s*\(\s*["']?([^"'\n)]{1,400})/i, 'command'),
  is(
    /(?:^|[;|{(&])\s*((?:git|ssh|scp|sftp|ftp|nslookup|ping|certutil|bitsadmin|python3?|node|perl|ruby|php|(?:ba)?sh|cmd|[cw]script|mshta|rundll32|regsvr32|msiexec|npm|npx|pip3?|docker|winget|choco|nuget)(?:\.exe)?\s[^;|\n]{1,400})/i,
    'command',
  ),
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
