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
      // One file of the icons that several pages have, rather than a request for each.
      output: { codeSplitting: { groups: [{ name: 'icons', test: /lucide-react/, minShareCount: 2 }] } },
    },
  },
})
