import { expect, it } from 'vitest'
import { valuesTable, inList } from './lists.ts'
import { onEveryDatabase } from './testing.ts'

const HOSTILE = ['', "it's", '"', '\\', '\n\t', '${x}', '__proto__', '💥', '[1]', 'null', '%', 'a'.repeat(70_000)]

onEveryDatabase('lists', (open) => {
  it('come back as they went in, whatever they hold', async () => {
    const { db, close } = await open()
    const rows = HOSTILE.map((text, i) => ({ text, nothing: null, number: i - 3 }))
    const back = await db
      .selectFrom(valuesTable(db, rows, { text: 'text', nothing: 'text', number: 'integer' }).as('given'))
      .selectAll()
      .execute()
    expect(back).toEqual(rows)
    expect(
      await db
        .selectFrom(valuesTable<{ text: string }>(db, [], { text: 'text' }).as('given'))
        .selectAll()
        .execute(),
    ).toEqual([])
    await close()
  })

  it('hold no text that a store cannot: half of a surrogate pair and NUL are replaced', async () => {
    const { db, close } = await open()
    const rows = [{ text: 'cut \ud83d' }, { text: 'a\0b' }]
    const back = await db
      .selectFrom(valuesTable(db, rows, { text: 'text' }).as('given'))
      .select('given.text')
      .execute()
    expect(back).toEqual([{ text: 'cut \uFFFD' }, { text: 'a\uFFFDb' }])
    await close()
  })

  it('find what is among them', async () => {
    const { db, close } = await open()
    const rows = HOSTILE.map((text) => ({ text }))
    const found = async (list: readonly string[]) => {
      const rowsFound = await db
        .selectFrom(valuesTable(db, rows, { text: 'text' }).as('given'))
        .where((eb) => inList(db, eb.ref('given.text'), list))
        .select('given.text')
        .execute()
      return rowsFound.map(({ text }) => text)
    }
    expect(await found(HOSTILE)).toEqual(HOSTILE)
    expect(await found(['null', 'null', '💥', 'absent'])).toEqual(['💥', 'null'])
    expect(await found([])).toEqual([])
    await close()
  })
})
