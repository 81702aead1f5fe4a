/**
 * Finds the destinations: every folder beside this file with an `index.ts` is one, and exports its definition as
 * default. A new destination is a new folder; there is no list to edit. `_template` is what `pnpm create-destination`
 * copies, and no destination. The packed server, which is bundled, has a list in the place of this file
 * (tooling/pack).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const HERE = import.meta.dirname

/** Names of the folders beside this file that have an `index.ts`: one per destination, without `_template`. */
export const destinationFolders = (): string[] =>
  readdirSync(HERE, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('_') && existsSync(join(HERE, name, 'index.ts')))
    .map((entry) => entry.name)
    .sort()

/** What a file of a destination's folder exports. */
export const importFrom = (folder: string, file: string): Promise<unknown> =>
  import(/* @vite-ignore */ pathToFileURL(join(HERE, folder, file)).href)

/** The destination's drawing as SVG text. */
export const iconOf = (folder: string): string => readFileSync(join(HERE, folder, 'icon.svg'), 'utf8')
