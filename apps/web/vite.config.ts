import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { precompress } from './precompress.ts'
import { splitCatalogues } from './split-catalogues.ts'

/** `vite dev` forwards the API to a Keyferry that runs beside it. */
const api = process.env.KEYFERRY_URL ?? 'http://127.0.0.1:4400'

export default defineConfig({
  plugins: [splitCatalogues(), react(), tailwindcss(), precompress()],
  server: { proxy: { '/api': { target: api, changeOrigin: false } } },
  build: {
    target: 'es2023',
    license: { fileName: 'third-party-licenses.md' },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // One file of the icons that several pages have, rather than a request for each.
            { name: 'icons', test: /lucide-react/, minShareCount: 2, priority: 1 },
            // The same for small parts that most pages have: half as many requests, and better compressed. With fewer
            // users or larger ones, a page would begin with too much that it doesn't need.
            { name: 'shared', test: /src.(components|lib)/, minShareCount: 12, maxModuleSize: 4000 },
          ],
        },
      },
    },
  },
})
