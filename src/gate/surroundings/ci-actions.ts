import { isMap, isScalar, type Pair, type YAMLMap } from 'yaml';
import type { Fragment } from './shell.ts';

/** An action that has cargo build. Owners and names are the same in either case, as GitHub has it. */
interface Action {
  readonly uses: RegExp;
  /** The command that its inputs come to; none where it only prepares one. */
  readonly command?: (input: Input) => string;
  /** Whether it builds for the target that it is told (`with: { target: … }`). */
  readonly takesTarget?: true;
}

/**
 * By their own action.yml and scripts: actions-rs/cargo 1, clechasseur/rs-cargo 3, actions-rust-cross 1, maturin-action 1,
 * upload-rust-binary-action 1, setup-cross-toolchain-action 1, tauri-action 0.
 */
const actions: readonly Action[] = [
  {
    uses: /^(?:actions-rs\/cargo|clechasseur\/rs-cargo)@/i,
    command: (input) => `cargo ${input('command')} ${input('args')}`,
  },
  { uses: /^houseabsolute\/actions-rust-cross@/i, command: crossed, takesTarget: true },
  {
    uses: /^PyO3\/maturin-action@/i,
    command: (input) => `maturin ${input('command') || 'build'} ${input('args')}`,
    takesTarget: true,
  },
  { uses: /^tauri-apps\/tauri-action@/i, command: (input) => `tauri build ${input('args')}` },
  { uses: /^taiki-e\/upload-rust-binary-action@/i, command: uploaded, takesTarget: true },
  { uses: /^taiki-e\/setup-cross-toolchain-action@/i, takesTarget: true },
];

/** Whether an action, as `uses` names it, builds for the target in its inputs. */
export function takesTarget(uses: string): boolean {
  return actions.some((action) => action.takesTarget === true && action.uses.test(uses));
}

/** An input as text; empty where it is not given. */
type Input = (name: string) => string;

/** `both` is a build and a test. */
function crossed(input: Input): string {
  const command = input('command') || 'build';
  return `cargo ${command === 'both' ? 'build' : command} ${input('args')}`;
}

function uploaded(input: Input): string {
  const either = (name: string) => input(name) || input(name.replaceAll('-', '_'));
  const flags = [
    ...(input('features') === '' ? [] : [`--features ${input('features')}`]),
    ...(either('no-default-features') === 'true' ? ['--no-default-features'] : []),
    ...(input('locked') === 'true' ? ['--locked'] : []),
  ];
  return ['cargo', 'build', '--release', ...flags].join(' ');
}

/**
 * The command that a step comes to, where `pair` is the `uses` of one of them. Its place is that of the step's command,
 * or of the action.
 */
export function calledByAction({ key, value }: Pair, step: unknown): Fragment | undefined {
  if (!isScalar(key) || key.value !== 'uses' || !isScalar(value) || !isMap(step)) return undefined;
  const uses = String(value.value);
  const command = actions.find((action) => action.uses.test(uses))?.command;
  if (command === undefined) return undefined;
  const inputs = step.get('with');
  const input = (name: string) => (isMap(inputs) ? textOf(inputs, name) : '');
  const said = isMap(inputs) ? inputs.get('command', true) : undefined;
  const start = (isScalar(said) ? said : value).range?.[0];
  return start === undefined ? undefined : { text: command(input).trim(), start };
}

function textOf(map: YAMLMap, name: string): string {
  const value = map.get(name);
  return ['string', 'boolean', 'number'].includes(typeof value) ? String(value).replaceAll('\n', ' ') : '';
}
