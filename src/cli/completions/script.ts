import { type CommandReference, flatten, type OptionReference } from '../reference.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

/** The completion script of a shell, with everything in it: completing starts no process. */
export function completionScript(shell: Shell, program: CommandReference): string {
  switch (shell) {
    case 'bash':
      return bash(program);
    case 'zsh':
      return zsh(program);
    case 'fish':
      return fish(program);
  }
}

/** What a value is, as far as a shell can help with it. */
function kindOf({ value, choices }: OptionReference): 'switch' | 'choice' | 'file' | 'folder' | 'text' {
  if (value === undefined) return 'switch';
  if (choices.length > 0) return 'choice';
  return value === 'file' ? 'file' : value === 'dir' ? 'folder' : 'text';
}

function bash(program: CommandReference): string {
  const all = flatten(program);
  const cases = all.map((command) => {
    const words = [...command.commands.map(({ path }) => path.at(-1)), ...choicesOfArguments(command)];
    return [
      `    ${quote(command.path.join(' '))})`,
      `      words=${quote(words.join(' '))}`,
      `      flags=${quote(flagsOf(command).join(' '))} ;;`,
    ].join('\n');
  });
  const values = uniqueOptions(all)
    .filter((option) => kindOf(option) !== 'switch')
    .map((option) => {
      const flags = [option.short, option.long].filter((flag) => flag !== undefined).join('|');
      return `    ${flags}) ${bashValue(option)}return ;;`;
    });
  const paths = all.map(({ path }) => quote(path.join(' '))).join(' | ');
  return `# Completions of safeguard for bash.
_safeguard() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path=safeguard word words flags
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in ${paths}) path="$path $word" ;; esac
  done
  case $previous in
${values.join('\n')}
  esac
  case $path in
${cases.join('\n')}
  esac
  if [[ $current == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$current"))
  else COMPREPLY=($(compgen -W "$words" -- "$current")); fi
}
complete -F _safeguard safeguard`;
}

function bashValue(option: OptionReference): string {
  const paths = (compgen: string) =>
    `compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen ${compgen} -- "$current")); `;
  return {
    switch: '',
    text: '',
    choice: `COMPREPLY=($(compgen -W ${quote(option.choices.join(' '))} -- "$current")); `,
    file: paths('-f'),
    folder: paths('-d'),
  }[kindOf(option)];
}

function zsh(program: CommandReference): string {
  const functions = flatten(program).map((command) => {
    const name = functionOf(command);
    const options = command.options.flatMap((option) => zshOptions(option));
    if (command.commands.length === 0) {
      const choices = choicesOfArguments(command);
      const argument =
        choices.length > 0 ? [quote(`1:${command.arguments[0]?.name}:(${choices.join(' ')})`)] : [];
      return `${name}() {\n  _arguments ${[...options, ...argument].join(' ')}\n}`;
    }
    const described = command.commands
      .map((inner) => quote(`${inner.path.at(-1)}:${inner.summary}`))
      .join(' ');
    const dispatch = command.commands.map((inner) => `      ${inner.path.at(-1)}) ${functionOf(inner)} ;;`);
    return `${name}() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C ${options.join(' ')} '1: :->command' '*:: :->rest'
  case $state in
    command) local -a commands; commands=(${described}); _describe command commands ;;
    rest) case $line[1] in
${dispatch.join('\n')}
    esac ;;
  esac
}`;
  });
  return `#compdef safeguard
${functions.join('\n')}
if [ "$funcstack[1]" = "_safeguard" ]; then _safeguard "$@"; else compdef _safeguard safeguard; fi`;
}

function zshOptions(option: OptionReference): string[] {
  const kind = kindOf(option);
  const text = `[${option.description.replaceAll(/[[\]:]/g, '\\$&')}]`;
  const action = {
    switch: '',
    choice: `:${option.value}:(${option.choices.join(' ')})`,
    file: ':file:_files',
    folder: ':folder:_files -/',
    text: `:${option.value}: `,
  }[kind];
  return [option.short, option.long]
    .filter((flag) => flag !== undefined)
    .map((flag) => quote(`${flag}${text}${action}`));
}

function fish(program: CommandReference): string {
  const lines = flatten(program).flatMap((command) => {
    const names = command.path.slice(1);
    const here = [
      ...names.map((name) => `__fish_seen_subcommand_from ${name}`),
      ...(command.commands.length > 0
        ? [`not __fish_seen_subcommand_from ${command.commands.map(({ path }) => path.at(-1)).join(' ')}`]
        : []),
    ].join('; and ');
    const when = here === '' ? '' : ` -n ${quote(here)}`;
    return [
      ...command.commands.map(
        (inner) => `complete -c safeguard -f${when} -a ${inner.path.at(-1)} -d ${quote(inner.summary)}`,
      ),
      ...choicesOfArguments(command).map((choice) => `complete -c safeguard -f${when} -a ${choice}`),
      ...command.options.map((option) => `complete -c safeguard${when}${fishOption(option)}`),
    ];
  });
  return ['# Completions of safeguard for fish.', 'complete -c safeguard -f', ...lines].join('\n');
}

function fishOption(option: OptionReference): string {
  const short = option.short === undefined ? '' : ` -s ${option.short.slice(1)}`;
  const value = {
    switch: '',
    choice: ` -x -a ${quote(option.choices.join(' '))}`,
    file: ' -r -F',
    folder: ` -x -a ${quote('(__fish_complete_directories)')}`,
    text: ' -x',
  }[kindOf(option)];
  return `${short} -l ${option.long.slice(2)}${value} -d ${quote(option.description)}`;
}

function flagsOf(command: CommandReference): string[] {
  return command.options.flatMap(({ short, long }) => (short === undefined ? [long] : [short, long]));
}

function uniqueOptions(commands: readonly CommandReference[]): OptionReference[] {
  return [
    ...new Map(commands.flatMap(({ options }) => options.map((option) => [option.long, option]))).values(),
  ];
}

function choicesOfArguments(command: CommandReference): readonly string[] {
  return command.arguments[0]?.choices ?? [];
}

function functionOf(command: CommandReference): string {
  return `_${command.path.join('_').replaceAll('-', '_')}`;
}

/** In single quotes, as all three shells read them. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
