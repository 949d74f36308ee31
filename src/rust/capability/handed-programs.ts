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
  // What is in the package takes the place of the machine's own tools.
  [
    /^(?:g|mingw32-|n)?make$|^configure$/,
    /^(?:\w+_)?(?:CC|CXX|AR|LD|RANLIB|NM|AS|STRIP|CONFIG_SHELL|PYTHON|PERL)=\.{1,2}\//,
  ],
  [/^(?:g?sed)$/, /(?:^|[;{}\n\d$/])\s*e(?:$|\s)|\/[gpiI\d]*e[gpiI\d]*$/],
  [/^(?:[gmn]?awk)$/, /\bsystem\s*\(|\|\s*getline\b|\|\s*"/],
  [/^(?:zip|unzip)$/, /^-TT$|^--unzip-command/],
  [
    /^(?:cargo|\$CARGO)$/,
    /^--config(?:=|$)|^(?:build\.(?:rustc\w*|rustflags)|target\.[^=]+\.(?:linker|runner|rustflags)|env\.|alias\.)[^=]*=/,
  ],
];

/**
 * What a program runs, or takes as its own configuration, because of an argument that it is given: the argument; else
 * `undefined`.
 */
export function handedProgram(program: string, argument: string): string | undefined {
  const name = program.startsWith('$') ? program : baseName(program);
  const text = argument.trim();
  const isOption = options.some(([names, option]) => names.test(name) && option.test(text));
  return isOption ? text.slice(0, maxSaid) : undefined;
}

const maxSaid = 120;

/** Programs that run another one, which stands among what they are given. */
const wrappers =
  /^(?:env|xargs|nohup|sudo|doas|nice|ionice|setsid|stdbuf|timeout|busybox|time|chroot|unshare|taskset|strace|ltrace|caffeinate|winpty|wine|proot|fakeroot|find|flock|watch|parallel|setarch|chrt|numactl|torsocks|proxychains4?|xvfb-run|dbus-run-session|systemd-run|firejail|bwrap)$/;

/** Of these those whose first word is a file, or a mask. */
const behindOne = /^(?:flock|chroot|taskset)$/;

/** Tools that run another program in surroundings of their own, behind a word that says so. */
const runners = /^(?:uv|poetry|pipenv|pixi|conda|mamba|micromamba|hatch|rye|pdm|mise|bundle|pyenv|rbenv)$/;

/** Where what `uv run …` runs begins among the arguments of such a tool; 0: it runs none. */
export function runnerEnd(program: string, given: readonly string[]): number {
  const name = baseName(program);
  return runners.test(name) ? given.findIndex((text) => text === 'run' || text === 'exec') + 1 : 0;
}

/** The program that another one is told to run: `env curl …`, `find . -exec sh …`, `uv run python …`. */
export function wrappedProgram(program: string, given: readonly string[]): string | undefined {
  const name = baseName(program);
  const run = runnerEnd(name, given);
  if (run === 0 && !wrappers.test(name)) return undefined;
  const word = behindOne.test(name) ? given.findIndex((text) => !text.startsWith('-')) + 1 : run;
  const from = name === 'find' ? given.findIndex((text) => /^-(?:exec|ok)(?:dir)?$/.test(text)) + 1 : word;
  if (name === 'find' && from === 0) return undefined;
  return given.slice(from).find((text) => /^[\w./~][\w./+-]*$/.test(text) && !/^\d+[smhd]?$|=/.test(text));
}
