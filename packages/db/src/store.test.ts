import { expect, it } from 'vitest'
import { onEveryDatabase } from './testing.ts'

onEveryDatabase('store', (open) => {
  it('migrates an empty database and answers', async () => {
    const { db, close } = await open()
    expect(await db.selectFrom('projects').selectAll().execute()).toEqual([])
    await close()
  })
})
