import { randomBytes, randomUUID } from 'node:crypto'
import { lockTable, withOwnNames } from '@keyferry/db'
import { audit, BadRequest, Forbidden, timestamp, transact, type Actor, type Context, type Tx } from '@keyferry/kernel'
import { insertOrganization } from '@keyferry/kernel/authority'
import type { bootstrap, bootstrapAnswer } from '@keyferry/schemas'
import type { z } from 'zod'
import { refuseCommon } from '../people/common-passwords.ts'
import type { Auth } from './auth.ts'
import { isSetupCode } from './setup-code.ts'

/** As the API keys list the first token. */
const TOKEN_NAME = 'Bootstrap token'

/** Throws `Forbidden` unless `code` is the one that this instance printed, or a program on its own machine asks. */
function proveOperator(auth: Auth, code: string | undefined, isLocalProgram: boolean): void {
  if (code === undefined && isLocalProgram) return
  if (code !== undefined && isSetupCode(auth.setupCode, code)) return
  const problem = code === undefined ? 'The setup code is missing.' : 'This is not the setup code.'
  throw new Forbidden(`${problem} Keyferry prints it to its terminal or log at startup.`)
}

/**
 * Sets up an empty instance: its organization, the first account and, `withToken`, a first token, all or nothing. The
 * token is an API key of that account that may do everything its owner may, for `tokenExpiresInDays`. Of two calls at
 * the same time one wins; every later one throws `BadRequest`. Throws `Forbidden` without the setup code, which a
 * program on the machine of this process does not need.
 */
export async function bootstrapInstance(
  ctx: Context,
  auth: Auth,
  input: z.output<typeof bootstrap>,
  { isLocalProgram, address = null }: { isLocalProgram: boolean; address?: string | null },
): Promise<z.output<typeof bootstrapAnswer>> {
  const { email, password, withToken, tokenExpiresInDays, setupCode } = input
  const { name = email.slice(0, email.indexOf('@')) } = input
  refuseCommon(password, { email, words: [input.organization, ...auth.bannedWords] })
  await refuseSecond(ctx.db)
  proveOperator(auth, setupCode, isLocalProgram)
  const passwordHash = await auth.hashNewPassword(password)
  const slug = `${slugified(input.organization)}-${randomBytes(3).toString('hex')}`
  const organization = { id: randomUUID(), name: input.organization, slug }
  const { user, key } = await transact(ctx, async (tx) => {
    await lockTable(tx, 'organizations', 'exclusive')
    await refuseSecond(tx)
    await insertOrganization(ctx, tx, organization)
    const accounts = auth.within(withOwnNames(tx))
    const user = await accounts.createUser({ email, passwordHash, name })
    const expiresIn = tokenExpiresInDays * 86_400
    const key = withToken ? await accounts.createApiKey({ userId: user.id, name: TOKEN_NAME, expiresIn }) : null
    if (key)
      await tx
        .insertInto('apiKeys')
        .values({ id: key.id, name: TOKEN_NAME, ownerId: user.id, createdAt: timestamp(ctx) })
        .execute()
    for (const principalId of [user.id, ...(key ? [key.id] : [])]) {
      await tx
        .insertInto('instanceAdmins')
        .values({ principalId, createdAt: timestamp(ctx) })
        .execute()
    }
    const actor: Actor = { kind: 'user', id: user.id, name: user.email, ...(address === null ? {} : { address }) }
    await audit(ctx, tx, actor, 'instance.bootstrap', null, { organization: input.organization, user: user.email })
    return { user, key }
  })
  return {
    message: 'Successfully bootstrapped instance',
    user: { id: user.id, email: user.email, username: user.email, firstName: user.name, superAdmin: true },
    organization,
    ...(key ? { identity: { id: key.id, name: TOKEN_NAME, credentials: { token: key.token } } } : {}),
  }
}

async function refuseSecond(db: Context['db'] | Tx): Promise<void> {
  if (await db.selectFrom('organizations').select('id').executeTakeFirst())
    throw new BadRequest('Instance has already been set up')
}

const slugified = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 48) || 'organization'
