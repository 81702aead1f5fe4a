import type { TestContext } from '@keyferry/core/testing'

/**
 * Reads the audit log as it grows: each call answers with the rows since the one before. A walk asks after every
 * request, and by its end the whole log is long. For tests only.
 */
export function auditReader({ ctx }: TestContext) {
  let read = 0
  return async () => {
    const rows = await ctx.db
      .selectFrom('audit')
      .where('seq', '>', read)
      .orderBy('seq')
      .select(['seq', 'action', 'address'])
      .execute()
    read = rows.at(-1)?.seq ?? read
    return rows
  }
}
