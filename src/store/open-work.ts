import type { StoreWriter } from './store.ts';

/** A transaction as the work sees it, and the way to end it. */
export interface OpenWork {
  readonly tx: StoreWriter;
  /** From now on every call is refused; resolves when the calls that were under way have settled. */
  end(): Promise<void>;
}

/**
 * Keeps calls and the end of their transaction apart. A call that the work did not wait for would otherwise run
 * after the commit or rollback: outside of any transaction, or inside of the next one.
 */
export function openWork(writer: StoreWriter): OpenWork {
  const underWay = new Set<Promise<unknown>>();
  let open = true;
  const call = async (method: (...values: unknown[]) => Promise<unknown>, values: unknown[]) => {
    if (!open) throw new Error('this tx has ended: wait for every call inside of write()');
    const result = method.apply(writer, values);
    underWay.add(result);
    try {
      return await result;
    } finally {
      underWay.delete(result);
    }
  };
  return {
    tx: new Proxy(writer, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        // Sound: every method of `StoreWriter` returns a promise.
        return (...values: unknown[]) => call(method as (...values: unknown[]) => Promise<unknown>, values);
      },
    }),
    end: async () => {
      open = false;
      await Promise.allSettled(underWay);
    },
  };
}
