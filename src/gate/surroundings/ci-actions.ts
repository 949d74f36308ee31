import { isMap, isScalar, type Pair, type YAMLMap } from 'yaml';
import type { Fragment } from './shell.ts';

/**
 * Actions of GitHub's that have cargo build with what they are told, and the command that they come to. By their own action.yml and
 * scripts: actions-rs/cargo 1, clechasseur/rs-cargo 3, actions-rust-cross 1, maturin-action 1, upload-rust-binary-action 1, tauri-action 0.
 */
const actions: readonly (readonly [uses: RegExp, command: (input: Input) => string])[] = [
  [/^(?:actions-rs\/cargo|clechasseur\/rs-cargo)@/, (input) => `cargo ${input('command')} ${input('args')}`],
  [/^houseabsolute\/actions-rust-cross@/, crossed],
  [/^PyO3\/maturin-action@/i, (input) => `maturin ${input('command') || 'build'} ${input('args')}`],
  [/^tauri-apps\/tauri-action@/, (input) => `tauri build ${input('args')}`],
  [/^taiki-e\/upload-rust-binary-action@/, uploaded],
];

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

/** The command that a step comes to, where `pair` is the `uses` of one of them. Its place is that of the step's command, or of the action. */
export function calledByAction({ key, value }: Pair, step: unknown): Fragment | undefined {
  if (!isScalar(key) || key.value !== 'uses' || !isScalar(value) || !isMap(step)) return undefined;
  const uses = String(value.value);
  const command = actions.find(([pattern]) => pattern.test(uses))?.[1];
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
