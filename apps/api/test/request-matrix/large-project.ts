/**
 * A project at the edge of what the adversarial run asks for: many secrets, imports a thousand wide and at the depth
 * limit. For tests only.
 */
import { randomUUID } from 'node:crypto'
import type { TestContext } from '@keyferry/core/testing'
import { SYSTEM, transact } from '@keyferry/kernel'
import { moveHead } from '@keyferry/kernel/authority'
import { createFolder, createImport, createSecrets, MAX_IMPORT_LEVELS, openForWriting } from '@keyferry/vault'

const BATCH = 2_000
const WIDE = 1_000

/**
 * Folders `/large` of so many secrets, `/wide` that imports a thousand others, and `/deep10` at the end of a chain of
 * imports.
 */
export async function seedLargeProject({ ctx }: TestContext, projectId: string, secrets: number): Promise<void> {
  const where = { projectId, environment: 'dev' }
  const folder = (name: string, path = '/') => createFolder(ctx, SYSTEM, { ...where, name, path })
  const secret = (key: string, value: string) => ({
    key,
    value,
    comment: 'what it is for',
    skipMultilineEncoding: false,
    metadata: [],
  })
  const write = (secretPath: string, secrets: ReturnType<typeof secret>[]) =>
    createSecrets(ctx, SYSTEM, { ...where, secretPath, secrets })
  const large = await folder('large')
  for (let from = 0; from < secrets; from += BATCH)
    await write(
      '/large',
      Array.from({ length: BATCH }, (_, n) => secret(`L${from + n}`, `${'v'.repeat(40)}${from + n}`)),
    )
  const wide = await folder('wide')
  const at = ctx.now().toISOString()
  const kept = { createdAt: at, updatedAt: at }
  const sources = Array.from({ length: WIDE }, (_, n) => ({
    ...kept,
    id: randomUUID(),
    environmentId: large.envId,
    parentId: wide.id,
    name: `w${n}`,
    path: `/wide/w${n}`,
    description: null,
    revision: 0,
  }))
  await ctx.db.insertInto('folders').values(sources).execute()
  const imports = sources.map(({ id }, n) => ({
    ...kept,
    id: randomUUID(),
    folderId: wide.id,
    sourceFolderId: id,
    position: n + 1,
    counted: 1 as const,
  }))
  await transact(ctx, async (tx) => {
    await tx.insertInto('imports').values(imports).execute()
    const target = await openForWriting(ctx, tx, { ...where, secretPath: '/wide' })
    await moveHead(tx, target, {}, { imports: imports.map(({ sourceFolderId }) => sourceFolderId) })
  })
  await write('/wide', [secret('OWN', '${W5}${W700}')])
  for (const n of [5, 700]) await write(`/wide/w${n}`, [secret(`W${n}`, 'x')])
  for (let n = 0; n <= MAX_IMPORT_LEVELS; n++) {
    await folder(`deep${n}`)
    await write(`/deep${n}`, [secret(`D${n}`, n === 0 ? 'x' : `\${dev.deep${n - 1}.D${n - 1}}`)])
    if (n === 0) continue
    const from = { environment: 'dev', path: `/deep${n - 1}` }
    await createImport(ctx, SYSTEM, { ...where, path: `/deep${n}`, import: from })
  }
}
