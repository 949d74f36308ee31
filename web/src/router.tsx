import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import type { QuarantineFilter } from './api/queries.ts';
import { type ReleaseTab, releaseTabs } from './pages/release/tabs.ts';
import { Frame } from './parts/frame.tsx';
import { NotFound } from './parts/not-found.tsx';
import { Trouble } from './parts/trouble.tsx';

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

const rootRoute = createRootRoute({ component: Frame, notFoundComponent: NotFound });

const today = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/today/page.tsx'), 'Today'),
});

/** The filters of a list stand in its address, so that a link shows what its sender saw. */
const quarantine = createRoute({
  getParentRoute: () => rootRoute,
  path: '/quarantine',
  validateSearch: (search: Record<string, unknown>): QuarantineFilter => {
    const order = search.order === 'until' ? 'until' : undefined;
    return {
      state: text(search.state),
      crate: text(search.crate),
      registry: text(search.registry),
      order,
    };
  },
  component: lazyRouteComponent(() => import('./pages/quarantine/page.tsx'), 'Quarantine'),
});

const release = createRoute({
  getParentRoute: () => rootRoute,
  path: '/releases/$crate/$version',
  validateSearch: (
    search: Record<string, unknown>,
  ): {
    registry?: string | undefined;
    tab?: ReleaseTab | undefined;
    file?: string | undefined;
    line?: number | undefined;
  } => ({
    registry: text(search.registry),
    tab: releaseTabs.find((tab) => tab === search.tab),
    file: text(search.file),
    line: typeof search.line === 'number' ? search.line : undefined,
  }),
  component: lazyRouteComponent(() => import('./pages/release/page.tsx'), 'Release'),
});

const audit = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit',
  component: lazyRouteComponent(() => import('./pages/audit/page.tsx'), 'Audit'),
});

const tokens = createRoute({
  getParentRoute: () => rootRoute,
  path: '/tokens',
  component: lazyRouteComponent(() => import('./pages/tokens/page.tsx'), 'Tokens'),
});

const signIn = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { back?: string | undefined } => {
    const back = text(search.back);
    // Only to a page of this server.
    return { back: back !== undefined && /^\/(?![/\\])/.test(back) ? back : undefined };
  },
  component: lazyRouteComponent(() => import('./pages/sign-in/page.tsx'), 'SignIn'),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([today, quarantine, release, audit, tokens, signIn]),
  defaultErrorComponent: ({ error }) => <Trouble error={error} />,
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
