import { rolesFor } from '../identity/roles.ts';
import type { DescribedRoute } from './document.ts';

/** The web API on one page: what there is, for whom. It asks nothing of any other place. */
export function apiPage(routes: readonly DescribedRoute[], version: string): string {
  const rows = [...routes]
    .sort((a, b) => (a.url < b.url ? -1 : 1))
    .map(({ method, url, needs, said }) => {
      const roles = needs === 'anything' ? 'everybody' : rolesFor(needs).join(', ');
      return `<tr><td><code>${escaped(`${method} ${url}`)}</code></td><td>${escaped(said.summary)}</td><td>${escaped(roles)}</td></tr>`;
    });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Safeguard’s web API</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid; padding: .4rem .6rem; text-align: left; vertical-align: top }
</style>
<h1>Safeguard’s web API</h1>
<p>Version ${escaped(version)}. The whole of it, with every field, is an OpenAPI document: <a href="/api/v1/openapi.json">openapi.json</a>.
A token goes along as <code>Authorization: Bearer …</code>; <code>safeguard token create</code> makes one.</p>
<table>
<thead><tr><th scope="col">Route</th><th scope="col">What it does</th><th scope="col">Roles</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
