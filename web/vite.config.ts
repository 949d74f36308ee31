import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npm run build` makes `web/dist`, which `safeguard serve` serves; `npm run dev` serves the pages before a server at port 8480. */
export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2024',
    manifest: true,
    // Nothing is inlined: the content security policy allows no `data:` scripts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8480' } },
});
