import { expect, it } from 'vitest'
import { keptQuery, type Slot } from './kept-queries.ts'
import { insertRows } from './insert-rows.ts'
import { boundRows, inList, listTable, valuesTable } from './lists.ts'
import { onEveryDatabase } from '../testing.ts'

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

  it('are bound each time that a kept query runs, on a store and in its transactions', async () => {
    const { db, close } = await open()
    const entries = keptQuery((store, slot: Slot<{ list: readonly string[]; least: string }>) =>
      store
        .selectFrom(listTable(store, slot('list')).as('given'))
        .where('entry', '>=', slot('least'))
        .select('entry')
        .orderBy('entry'),
    )
    expect(await entries(db, { list: ['b', 'a'], least: '' })).toEqual([{ entry: 'a' }, { entry: 'b' }])
    expect(await entries(db, { list: ['b', 'a'], least: 'b' })).toEqual([{ entry: 'b' }])
    const inside = await db.transaction().execute((tx) => entries(tx, { list: HOSTILE, least: '💥' }))
    expect(inside).toEqual([{ entry: '💥' }])
    expect(await entries(db, { list: [], least: '' })).toEqual([])
    await close()
  })

  it('are inserted and changed by kept statements', async () => {
    const { db, close } = await open()
    const lease = (targetKey: string, fence: number, holder: string | null = null) => ({
      targetKey,
      fence,
      holder,
      expiresAt: '',
    })
    const put = keptQuery((store, slot: Slot<{ rows: string }>) =>
      insertRows(store, 'leases', slot('rows'), {
        targetKey: 'text',
        fence: 'integer',
        holder: 'text',
        expiresAt: 'text',
      }).onConflict((conflict) =>
        conflict.column('targetKey').doUpdateSet((eb) => ({ fence: eb.ref('excluded.fence') })),
      ),
    )
    const take = keptQuery((store, slot: Slot<{ holder: string | null; fence: number }>) =>
      store
        .updateTable('leases')
        .set({ holder: slot('holder') })
        .where('fence', '>=', slot('fence'))
        .returning('targetKey'),
    )
    const all = () => db.selectFrom('leases').selectAll().orderBy('fence').execute()
    await put(db, { rows: boundRows([lease('a', 1, 'x'), lease("b'", 2)]) })
    await put(db, { rows: boundRows([lease("b'", 3), lease('💥', 4)]) })
    expect(await all()).toEqual([lease('a', 1, 'x'), lease("b'", 3), lease('💥', 4)])
    expect(await take(db, { holder: 'y', fence: 4 })).toEqual([{ targetKey: '💥' }])
    expect(await take(db, { holder: null, fence: 1 })).toHaveLength(3)
    expect((await all()).map(({ holder }) => holder)).toEqual([null, null, null])
    await close()
  })
})
