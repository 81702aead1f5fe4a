/** A project into a file, and out of one. */
import { isUniqueViolation } from '@keyferry/db'
import { audit, BadRequest, snapshot, transactChecked, type Actor, type Context } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { getProject } from '../folders/projects.ts'
import { openFile, sealFile } from '../tree/project-file.ts'
import { withVaultTransaction } from '../tree/vault-transaction.ts'
import { collectProject } from './collect-project.ts'
import { unpackProject } from './unpack-project.ts'

/** Throws `NotFound`, and `BadRequest` naming the secrets that cannot be decrypted. */
export async function exportProject(
  ctx: Context,
  actor: Actor,
  input: { projectId: string; passphrase: string },
): Promise<z.output<typeof schemas.exportedProject>> {
  const { projectId, passphrase } = input
  const packed = await snapshot(ctx, (tx) => collectProject(ctx, tx, projectId))
  const file = await sealFile(packed, passphrase, ctx.scryptCost)
  await transactChecked(ctx, (tx) =>
    audit(ctx, tx, actor, 'project.export', projectId, { secrets: packed.secrets.length }),
  )
  return { file, fileName: `${packed.project.slug}.keyferry`, secrets: packed.secrets.length }
}

/**
 * Makes a new project out of a file, under its own name and slug unless others are given; all or nothing. Throws
 * `BadRequest` when it is no such file, of a newer version, damaged, or the passphrase is wrong, and when name or slug
 * are taken.
 */
export async function importProject(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.importProject>,
): Promise<z.output<typeof schemas.project>> {
  const packed = await openFile(ctx.limits, input)
  const name = input.projectName ?? packed.project.name
  const slug = input.slug ?? packed.project.slug
  const projectId = await withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    await ctx.caller?.verify(tx)
    const clash = await tx
      .selectFrom('projects')
      .where((eb) => eb.or([eb('name', '=', name), eb('slug', '=', slug)]))
      .select(['name', 'slug'])
      .executeTakeFirst()
    if (clash) {
      const what = clash.slug === slug ? `slug "${slug}"` : `name "${name}"`
      throw new BadRequest(
        `A project with the ${what} already exists. Give another name and slug for the imported one.`,
      )
    }
    const { projectId, written } = await unpackProject(ctx, tx, actor, packed, { name, slug })
    for (const folderId of written) markChanged(folderId)
    return projectId
  }).catch((error: unknown) => {
    // Another import was faster.
    throw isUniqueViolation(error)
      ? new BadRequest(`A project with the slug "${slug}" already exists. Give another slug.`)
      : error
  })
  return getProject(ctx, actor, { projectId })
}
