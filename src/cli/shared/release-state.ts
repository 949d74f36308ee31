import type { ReleaseJson } from '../../server/contract.ts';
import { type ExitCode, exit } from './error.ts';
import type { Cell } from './table.ts';

type State = ReleaseJson['state'];

/** As in the contract; written again so that `--help` need not load it. */
export const states = [
  'held',
  'promoted',
  'review',
  'blocked',
  'withdrawn',
] as const satisfies readonly State[];

const styles = {
  promoted: 'green',
  held: 'yellow',
  review: 'yellow',
  blocked: 'red',
  withdrawn: 'red',
} as const satisfies Readonly<Record<State, string>>;

const exits: Readonly<Record<State, ExitCode>> = {
  promoted: exit.ok,
  held: exit.waiting,
  review: exit.waiting,
  blocked: exit.problem,
  withdrawn: exit.problem,
};

/** A state in its colour. */
export function stateCell(state: State): Exclude<Cell, string> {
  return { text: state, style: styles[state] };
}

/** What a state means to a script. */
export function exitOfState(state: State): ExitCode {
  return exits[state];
}
