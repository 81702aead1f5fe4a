import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CamelCasePlugin } from 'kysely'
import { describe, expect, it } from 'vitest'
import { isSealedTable, SEALED_TABLES } from '../seals/sealed-tables.ts'

/** From here on there are seals, and no migration has the key that makes them. */
const SEALS = '0065-seals.ts'
const CHANGES = [
  /updateTable\(\s*'(\w+)'/g,
  /insertInto\(\s*'(\w+)'/g,
  /\b(?:update|insert into)\s+"?(\w+)"?\s/gi,
  /alterTable\(\s*'(\w+)'\s*\)\s*\.(?:dropColumn|renameColumn|renameTo|alterColumn)/g,
]

class Names extends CamelCasePlugin {
  readonly of = (name: string): string => this.camelCase(name)
}
const names = new Names()

/** The sealed tables whose rows or columns a migration with this text changes. */
const changed = (text: string): string[] => {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
  return CHANGES.flatMap((pattern) => [...code.matchAll(pattern)].map(([, table = '']) => names.of(table))).filter(
    isSealedTable,
  )
}

describe('migrations after seals', () => {
  const later = readdirSync(import.meta.dirname).filter(
    (name) => /^\d{4}-[\w-]+(?<!\.test)\.ts$/.test(name) && name > SEALS,
  )

  it.each(later)('%s leaves sealed rows as they are', (name) => {
    // To change one: name other columns in sealed-tables.ts, or let the first start with the new version change it
    // through the store with seals.
    expect(changed(readFileSync(join(import.meta.dirname, name), 'utf8'))).toEqual([])
  })

  it('are found out in every form', () => {
    expect(changed("db.updateTable('folders').set({ path: '/' })")).toEqual(['folders'])
    expect(changed('sql`update instance_admins set created_at = 1`')).toEqual(['instanceAdmins'])
    expect(changed('sql`insert into "memberships" (id) values (1)`')).toEqual(['memberships'])
    expect(changed("db.schema.alterTable('syncs').renameColumn('target', 'place')")).toEqual(['syncs'])
    expect(changed("db.schema.alterTable('syncs').addColumn('note', 'text')")).toEqual([])
    expect(Object.keys(SEALED_TABLES).length).toBeGreaterThan(20)
  })
})
