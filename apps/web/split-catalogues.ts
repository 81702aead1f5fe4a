import { readFile } from 'node:fs/promises'
import { parseSync, type Plugin } from 'vite'

/** A feature's catalogue is in its folder, and its parts are beside it or in folders there. */
const CATALOGUE = /import \{ words \} from '(\.\.?\/words\.ts)'/
const SECTION = '?section='
/** The name of the imported catalogue: no part of another name or path, no property; `...words` is one. */
const THE_CATALOGUE = String.raw`(?<![\w/-])(?<!(?<!\.\.)\.)words\b`
const COMMENT = /\/\*.*?\*\/|\/\/.*?$/gms

/**
 * Gives each file of the build the sections of its feature's catalogue that it uses. A page would begin with the texts
 * of every dialog of the feature otherwise: a module is loaded as a whole.
 */
export function splitCatalogues(): Plugin {
  return {
    name: 'split-catalogues',
    apply: 'build',
    enforce: 'pre',
    transform(code) {
      const [statement = '', catalogue] = CATALOGUE.exec(code) ?? []
      if (catalogue === undefined) return null
      const sections = new Set<string>()
      const body = code
        .replace(statement, '')
        .replaceAll(new RegExp(`${THE_CATALOGUE}\\.(\\w+)`, 'g'), (_, section: string) => {
          sections.add(section)
          return `words_${section}`
        })
      // Used in another way than section by section, it is needed as a whole.
      if (new RegExp(THE_CATALOGUE).test(body.replaceAll(COMMENT, ''))) return null
      const imports = [...sections].map(
        (section) => `import { section as words_${section} } from '${catalogue}${SECTION}${section}';`,
      )
      return { code: imports.join('') + body, map: null }
    },
    async load(id) {
      const [file = '', section] = id.split(SECTION)
      return section === undefined
        ? null
        : { code: sectionOf(file, await readFile(file, 'utf8'), section), moduleType: 'ts' }
    },
  }
}

/** The catalogue with one of its sections in place of all. */
function sectionOf(file: string, source: string, name: string): string {
  for (const statement of parseSync(file, source).program.body) {
    if (statement.type !== 'ExportNamedDeclaration' || statement.declaration?.type !== 'VariableDeclaration') continue
    const [declared] = statement.declaration.declarations
    const catalogue = declared?.init?.type === 'TSAsExpression' ? declared.init.expression : declared?.init
    if (catalogue?.type !== 'ObjectExpression') continue
    for (const section of catalogue.properties) {
      if (section.type !== 'Property' || section.key.type !== 'Identifier' || section.key.name !== name) continue
      const value = source.slice(section.value.start, section.value.end)
      return `${source.slice(0, statement.start)}export const section = ${value}${source.slice(statement.end)}`
    }
  }
  throw new Error(`${file} has no section ${name}`)
}
