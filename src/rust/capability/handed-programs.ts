import { baseName } from './programs.ts';

/** Words behind which options of a program stand that have it run something: its own name, and what the option looks like. */
const options: readonly (readonly [program: RegExp, option: RegExp])[] = [
  // GNU tar, "Running External Commands", "Checkpoints"; bsdtar(1).
  [
    /^(?:g|bsd)?tar$/,
    /^--(?:to-command|use-compress-program|rsh-command|rmt-command|info-script|new-volume-script)(?:=|$)|^--checkpoint-action=exec=|^-[IF](?:.|$)/,
  ],
  // git-config(1): values that git runs, or takes further ones from.
  [
    /^git$/,
    /^(?:core\.(?:fsmonitor|sshcommand|hookspath|editor|pager|askpass|gitproxy|attributesfile)|alias\.[\w-]+(?:=!.*)?$|diff\.external|(?:diff|merge|filter)\.[^=]+\.(?:command|driver|textconv|clean|smudge|process)|include(?:if\.[^=]*)?\.path|init\.templatedir|credential(?:\.[^=]*)?\.helper|uploadpack\.packobjectshook|sequence\.editor|gpg(?:\.[^=]*)?\.program|url\.[^=]+\.insteadof|protocol\.ext\.allow)(?:=|$)|^--(?:upload-pack|receive-pack|exec-path|template|config-env|ext-diff)(?:=|$)|^ext::/i,
  ],
  [/^ssh$/, /^(?:-o\s*)?(?:ProxyCommand|LocalCommand|KnownHostsCommand|Match\s+exec)\b/i],
  [/^rsync$/, /^(?:-e(?:.|$)|--rsh(?:=|$)|--rsync-path=)/],
  [/^(?:curl|wget)$/, /^(?:-K(?:.|$)|--config(?:=|$)|--use-askpass=|--execute(?:=|$))/],
  // GNU make, "Options Summary".
  [/^(?:g|mingw32-|n)?make$/, /^(?:--eval(?:=|$)|SHELL\s*:?=|MAKEFLAGS=|\.SHELLFLAGS=)/],
  [/^(?:g?sed)$/, /(?:^|[;{}\n\d$/])\s*e(?:$|\s)|\/[gpiI\d]*e[gpiI\d]*$/],
  [/^(?:[gmn]?awk)$/, /\bsystem\s*\(|\|\s*getline\b|\|\s*"/],
  [/^(?:zip|unzip)$/, /^-TT$|^--unzip-command/],
  [
    /^(?:cargo|\$CARGO)$/,
    /^--config(?:=|$)|^(?:build\.(?:rustc\w*|rustflags)|target\.[^=]+\.(?:linker|runner|rustflags)|env\.|alias\.)[^=]*=/,
  ],
];

/** What a program runs, or takes as its own configuration, because of an argument that it is given: the argument; else `undefined`. */
export function handedProgram(program: string, argument: string): string | undefined {
  const name = program.startsWith('$') ? program : baseName(program);
  const text = argument.trim();
  const option = options.find(([names]) => names.test(name))?.[1];
  return option?.test(text) === true ? text.slice(0, maxSaid) : undefined;
}

const maxSaid = 120;
