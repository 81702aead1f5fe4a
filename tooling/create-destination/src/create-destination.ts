import { existsSync } from 'node:fs'
import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const TEMPLATE = '_template'

/**
 * Creates the destination `name` (kebab-case, such as `acme-cloud`) in `folder`, the folder of all destinations, as a
 * copy of its `_template`. Returns the new folder's path. Throws when the name is not in kebab-case or is taken.
 */
export async function createDestination(folder: string, name: string): Promise<string> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new Error(`"${name}" is not a name such as acme-cloud: lower-case letters, digits and single hyphens`)
  const created = join(folder, name)
  if (existsSync(created)) throw new Error(`${created} exists already`)
  await cp(join(folder, TEMPLATE), created, { recursive: true })
  for (const entry of await readdir(created, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    await writeFile(file, renamed(await readFile(file, 'utf8'), name))
  }
  return created
}

/** `text` of the template with the vendor's name in place of the example's, in each form that the code has it in. */
function renamed(text: string, name: string): string {
  const title = name.split('-').map(capitalized)
  const [first = '', ...rest] = title
  return text
    .replaceAll('example-vendor', name)
    .replaceAll('exampleVendor', first.toLowerCase() + rest.join(''))
    .replaceAll('Example Provider', title.join(' '))
}

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
