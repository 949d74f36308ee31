import { useEffect, useState } from 'react';
import type { Edges, Layout } from './layout.ts';
import address from './layout.worker.ts?worker&url';

/** As far as it is used here (Trusted Types; not every browser has them). */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): unknown };
}
const { trustedTypes } = window as { readonly trustedTypes?: TrustedTypes };

/** The pages let in no script by its address but this one: the content security policy knows the policy by its name. */
const policy = trustedTypes?.createPolicy('layout', {
  createScriptURL: (url) => {
    if (url !== address) throw new TypeError('only the worker of the pages');
    return url;
  },
});

/** Where the nodes of a graph stand, once a worker has found out; `failed`: it could not. `undefined` is asked for nothing. */
export function useLayout(edges: Edges | undefined): Layout | 'failed' | undefined {
  const [layout, setLayout] = useState<{ readonly edges: Edges; readonly layout: Layout | 'failed' }>();
  useEffect(() => {
    if (edges === undefined) return;
    const url = policy?.createScriptURL(address) ?? address;
    const worker = new Worker(url as string, { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<Layout>) => {
      setLayout({ edges, layout: data });
      worker.terminate();
    });
    worker.addEventListener('error', () => setLayout({ edges, layout: 'failed' }));
    worker.postMessage(edges);
    return () => worker.terminate();
  }, [edges]);
  return layout?.edges === edges ? layout?.layout : undefined;
}
