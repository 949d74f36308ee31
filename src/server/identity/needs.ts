import type { Permission } from './roles.ts';

/** What a route says of itself: `app.get(path, needs('inventory:read'), …)`. */
export function needs(permission: Permission): { readonly config: { readonly needs: Permission } } {
  return { config: { needs: permission } };
}
