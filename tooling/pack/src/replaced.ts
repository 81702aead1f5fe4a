import type { Plugin } from 'rolldown'

/** Puts other text in the place of files, by their absolute path. */
export const replaced = (files: Readonly<Record<string, string>>): Plugin => ({
  name: 'keyferry-replaced',
  load: (id) => (id in files ? { code: files[id] ?? '', moduleType: 'ts' } : null),
})
