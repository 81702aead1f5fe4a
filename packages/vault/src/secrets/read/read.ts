/** Reading secrets: plain, expanded, with imports, from an older version. */
import { timeSlice } from '@keyferry/db'
import {
  auditEvent,
  budget,
  NotFound,
  smallBudget,
  snapshot,
  type SecretProblem,
  Unresolvable,
  type Actor,
  type Context,
  type Spend,
  type Tx,
} from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { projectKey } from '../../keys/project-key.ts'
import { createExpander, type Expanded } from '../../references/expand.ts'
import { namerOf } from '../../references/out-of-reach.ts'
import { visible } from '../../references/reference-graph.ts'
import { referencedFolders } from '../../references/referenced-folders.ts'
import { tooDeepProblem } from '../../references/resolve.ts'
import { findFolder, type Located } from '../../tree/find-folder.ts'
import { tagsBySlug } from '../../tree/tags.ts'
import {
  openComment,
  openMetadata,
  openValue,
  valueOpener,
  type Metadata,
  type SecretRow,
  type TreeFolder,
} from '../../tree/tree.ts'
import { auditedKeys } from './audited-keys.ts'
import { describeSecret, type Secret } from './describe-secret.ts'
import { shownValue } from '../write/next-secret.ts'
import { byKey, importBlocks } from './import-blocks.ts'
import { loadSecret } from './load-secret.ts'
import { loadAround, loadSecrets, refuseOutOfReach, type Loaded, type Wanted } from './load-secrets.ts'

type Problems = SecretProblem[]
type Input = z.output<typeof schemas.listSecrets>
type Listed = z.output<typeof schemas.listedSecrets>

/**
 * The secrets of a folder by key, with `recursive` of all folders below it too, and with `includeImports` those of
 * their imports in blocks (`importBlocks`); with `limit` and `offset` a page of them. Throws `NotFound`, and
 * `Unresolvable` naming keys whose value was requested and can't be resolved, `TooLarge` beyond the budget of a
 * request.
 */
export const listSecrets = async (ctx: Context, actor: Actor, input: Input): Promise<Listed> =>
  shown(ctx, actor, input, await readSecrets(ctx, input))

/** As `listSecrets`, without a row of the audit log: its caller writes one. */
export async function readSecrets(ctx: Context, input: Input): Promise<Listed> {
  const names = namerOf(ctx, input.projectId)
  const loaded = await loadSecrets(ctx, input, { recursive: input.recursive })
  const { tree, roots, tags } = loaded
  const { show, metadataOf } = shower(ctx, input, loaded)
  const slugs = new Set(input.tags)
  const pairs = input.metadata ?? []
  const tagged = (row: SecretRow): boolean =>
    slugs.size === 0 || (tags.get(row.id) ?? []).some((tag) => slugs.has(tag.slug))
  const asked = (row: SecretRow): boolean => {
    if (!tagged(row)) return false
    if (pairs.length === 0) return true
    const metadata = metadataOf(row)
    return pairs.every(({ key, value }) => metadata.some((one) => one.key === key && one.value === value))
  }
  let position = 0
  const { offset = 0, limit = Infinity } = input
  const inPage = (): boolean => position++ >= offset && position <= offset + limit
  const problems: Problems = []
  const slice = timeSlice()
  const listed = async (rows: Iterable<{ folder: TreeFolder; row: SecretRow }>): Promise<Secret[]> => {
    const secrets: Secret[] = []
    for (const { folder, row } of rows) {
      if (slice.isOver()) await slice.rest()
      const secret = asked(row) && inPage() ? await show(folder, row, problems) : null
      if (secret) secrets.push(secret)
    }
    return secrets
  }

  const folders = roots.flatMap((id) => tree.folders.get(id) ?? [])
  const secrets: Secret[] = []
  for (const folder of folders)
    secrets.push(...(await listed([...folder.secrets.values()].sort(byKey).map((row) => ({ folder, row })))))
  if (!input.includeImports) return finish({ secrets, imports: [] }, problems)
  const { blocks, tooDeep } = importBlocks(tree, folders, names)
  problems.push(...tooDeep.map(tooDeepProblem))
  const imports = []
  for (const { source, secrets: rows } of blocks) {
    const secrets = (await listed(rows)).map(({ createdAt: _created, updatedAt: _updated, ...rest }) => rest)
    if (input.limit !== undefined && secrets.length === 0) continue
    imports.push({ secretPath: source.path, environment: source.environment, folderId: source.id, secrets })
  }
  return finish({ secrets, imports }, problems)
}

/** Notes that values were read, before they are shown. */
async function shown<T extends { secrets: readonly Secret[]; imports?: readonly { secrets: readonly unknown[] }[] }>(
  ctx: Context,
  actor: Actor,
  { projectId, environment, secretPath, recursive, showValues }: Input,
  listed: T,
): Promise<T> {
  const imported = (listed.imports ?? []).reduce((count, from) => count + from.secrets.length, 0)
  if (!showValues || listed.secrets.length + imported === 0) return listed
  await auditEvent(ctx, actor, 'secret.list', projectId, {
    environment,
    secretPath,
    ...(recursive ? { recursive } : {}),
    ...auditedKeys(listed.secrets.map(({ key }) => key)),
    ...(imported > 0 ? { imported } : {}),
  })
  return listed
}

/**
 * One secret; with `includeImports` the one an import gives when the folder has none of its own. Throws `NotFound`,
 * and `Unresolvable` when its value was requested and can't be resolved.
 */
export async function getSecret(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.getSecret>,
): Promise<Secret> {
  const { version } = input
  const loaded = await (version === undefined ? loadSecret(ctx, input) : loadVersion(ctx, input, version))
  const { tree, roots } = loaded
  const { show } = shower(ctx, input, loaded)
  const [folderId = ''] = roots
  const folder = tree.folders.get(folderId)
  const order = folder && input.includeImports ? visible(tree, folder, namerOf(ctx, input.projectId)).order : []
  const source = [...(folder ? [folder] : []), ...order].find((one) => one.secrets.has(input.key))
  const row = source?.secrets.get(input.key)
  if (!source || !row) {
    throw new NotFound(`Secret with name "${input.key}" not found in ${input.environment}:${input.secretPath}`)
  }
  const problems: Problems = []
  const secret = await show(source, row, problems)
  if (!secret) throw new Unresolvable(problems)
  if (input.showValues) {
    await auditEvent(ctx, actor, 'secret.read', input.projectId, {
      environment: input.environment,
      secretPath: input.secretPath,
      key: input.key,
      version: row.version,
      ...(source === folder ? {} : { from: `${source.environment}:${source.path}` }),
    })
  }
  return secret
}

/** As `loadSecrets`, with an older version of the secret in the place of the present one. */
async function loadVersion(ctx: Context, input: z.output<typeof schemas.getSecret>, version: number): Promise<Loaded> {
  const loaded = await snapshot(ctx, async (tx) => {
    const located = await findFolder(tx, input)
    const { row, tags } = await versionRow(tx, located, input.key, version)
    // An old value may reference folders that no edge of the present one leads to.
    const text = openValue(await projectKey(ctx, tx, input.projectId), input.projectId, row)
    const referenced = input.expandReferences ? await referencedFolders(tx, input.projectId, [text ?? '']) : []
    const loaded = await loadAround(ctx, tx, input, [located, ...referenced])
    loaded.tree.folders.get(located.folder.id)?.secrets.set(input.key, row)
    if (!tags) return loaded
    const known = await tagsBySlug(tx, input.projectId)
    return { ...loaded, tags: new Map([...loaded.tags, [row.id, tags.flatMap((slug) => known.get(slug) ?? [])]]) }
  })
  refuseOutOfReach(ctx, input, loaded.tree)
  return loaded
}

type Show = (folder: TreeFolder, row: SecretRow, problems: Problems) => Promise<Secret | null>

function shower(
  ctx: Context,
  wanted: Wanted,
  { tree, key, tags }: Loaded,
): { show: Show; metadataOf: (row: SecretRow) => Metadata } {
  const { projectId, showValues, expandReferences } = wanted
  const value = (row: SecretRow): string | null => {
    const stored = openValue(key, projectId, row)
    return stored === null ? null : shownValue(row, stored)
  }
  const whole = budget(ctx.limits)
  const spend = ctx.smallReadsOnly ? smallBudget(whole) : whole
  const { expand } = createExpander(tree, valueOpener(key, projectId), spend)
  const metadataOf = (row: SecretRow): Metadata => openMetadata(key, projectId, row)
  const show: Show = async (folder, row, problems) => {
    const where = { projectId, environment: folder.environment, path: folder.path }
    const comment = openComment(key, projectId, row)
    const metadata = metadataOf(row)
    spend(FRAME_BYTES + row.comment.length + row.metadata.length)
    if (!showValues) return describeSecret(where, row, { value: null, comment, metadata }, tags.get(row.id))
    const shown = expandReferences ? await expand(folder, row.key) : plain(value(row), spend)
    if ('value' in shown) return describeSecret(where, row, { value: shown.value, comment, metadata }, tags.get(row.id))
    problems.push({ key: row.key, reason: shown.problem, code: shown.code })
    return null
  }
  return { show, metadataOf }
}

/** Bytes of a secret in an answer, without its texts. */
const FRAME_BYTES = 500

function plain(value: string | null, spend: Spend): Expanded {
  if (value === null) return { problem: 'cannot be decrypted', code: 'undecryptable' }
  spend(Buffer.byteLength(value))
  return { value }
}

function finish<T>(listed: T, problems: Problems): T {
  if (problems.length > 0) throw new Unresolvable(problems)
  return listed
}

/**
 * An older version in the shape of a present one, and the slugs of the tags it had. What was not kept then is as it is
 * now.
 */
async function versionRow(
  tx: Tx,
  { folder, environment }: Located,
  name: string,
  version: number,
): Promise<{ row: SecretRow; tags: string[] | null }> {
  const old = await tx
    .selectFrom('secretVersions')
    .where('folderId', '=', folder.id)
    .where('key', '=', name)
    .where('version', '=', version)
    .where('deleted', '=', 0)
    .selectAll()
    .executeTakeFirst()
  if (!old) throw new NotFound(`Version ${version} of secret "${name}" not found in ${environment.slug}:${folder.path}`)
  const present = await tx
    .selectFrom('secrets')
    .where('id', '=', old.secretId)
    .where('version', '=', version)
    .selectAll()
    .executeTakeFirst()
  const row = {
    id: old.secretId,
    folderId: old.folderId,
    key: old.key,
    version: old.version,
    value: old.value,
    comment: old.comment ?? present?.comment ?? '',
    metadata: old.metadata ?? present?.metadata ?? '',
    blank: 0,
    skipMultilineEncoding: present?.skipMultilineEncoding ?? 0,
    isLiteral: old.isLiteral,
    createdAt: old.createdAt,
    updatedAt: old.createdAt,
    updatedBy: old.createdBy,
  }
  return { row, tags: old.tags === null ? null : JSON.parse(old.tags) }
}
