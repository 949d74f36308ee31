import type { Kind } from './type.ts';
import { Failure, type Meter, type Result, type Value } from './value.ts';

/** One way to call a function, a method (whose target is the first parameter) or an operator. */
export interface Overload {
  readonly form: 'function' | 'method' | 'operator';
  readonly name: string;
  readonly params: readonly (Kind | 'any')[];
  readonly result: Kind | 'any';
  /** The arguments are of the kinds of `params`. */
  readonly run: (args: readonly Value[], meter: Meter) => Result;
  /** What is wrong with a last argument that is written out. */
  readonly check?: (text: string) => Result;
}

export type Run<Args extends readonly Value[]> = (...args: readonly [...Args, Meter]) => Result;

/** Makes an overload of a function over its arguments; `Args` and `params` must say the same. */
export function overload<Args extends readonly Value[]>(
  form: Overload['form'],
  name: string,
  params: readonly (Kind | 'any')[],
  result: Overload['result'],
  run: Run<Args>,
  check?: Overload['check'],
): Overload {
  // Sound: the caller has compared the arguments' kinds with `params`, which say the same as `Args`.
  const typed = run as unknown as (...args: readonly (Value | Meter)[]) => Result;
  const whole = {
    form,
    name,
    params,
    result,
    run: (args: readonly Value[], meter: Meter) => typed(...args, meter),
  };
  return check === undefined ? whole : { ...whole, check };
}

/** An int as CEL has it: 64 bits, and no wrapping. */
export function int(value: bigint | Failure): Result {
  if (value instanceof Failure) return value;
  return BigInt.asIntN(64, value) === value ? value : new Failure('a whole number is larger than 64 bits');
}
