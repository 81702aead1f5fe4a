/**
 * Groups of the organization's provider mapped to roles: each sign-in gives and takes the memberships that come from
 * them, and one that no sign-in confirmed for long ends.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { amend, type MembershipTable, type Selectable } from '@keyferry/db'
import { audit, SYSTEM, timestamp, transact, type Actor, type Context, type Tx } from '@keyferry/kernel'
import { ROLES, type Role } from '@keyferry/schemas'
import type { BetterAuthPlugin } from 'better-auth'
import { createAuthMiddleware } from 'better-auth/api'
import { insertMembership } from '../../people/members.ts'
import { usersOf } from '../../people/users.ts'

export interface GroupRole {
  group: string
  /** Slug of a project. */
  project: string
  role: Role
}

export interface GroupMapping {
  /** The claim that lists a person's groups. */
  claim: string
  roles: readonly GroupRole[]
}

/** What the provider said in the sign-in that is being handled. */
const claimed = new AsyncLocalStorage<{ groups: readonly string[] }>()

/** Runs a request in which `noteGroups` may be called. */
export const withGroups = <T>(handle: () => Promise<T>): Promise<T> => claimed.run({ groups: [] }, handle)

/** The groups of a profile; none when the claim is missing. */
export function groupsOf({ claim }: GroupMapping, profile: Record<string, unknown>): string[] {
  const value = profile[claim]
  const groups: unknown[] = Array.isArray(value) ? value : [value]
  return groups.filter((group) => typeof group === 'string')
}

export function noteGroups(groups: readonly string[]): void {
  const store = claimed.getStore()
  if (store) store.groups = groups
}

export function oidcGroups(ctx: Context, mapping: GroupMapping): BetterAuthPlugin {
  return {
    id: 'keyferry-oidc-groups',
    hooks: {
      after: [
        {
          matcher: ({ path }) => path?.includes('/callback/') === true,
          handler: createAuthMiddleware(async ({ context: { newSession } }) => {
            if (newSession) await applyGroups(ctx, mapping, newSession.user, claimed.getStore()?.groups ?? [])
          }),
        },
      ],
    },
  }
}

/** Memberships that were given by hand stay as they are, also where a group says something else. */
async function applyGroups(
  ctx: Context,
  { roles }: GroupMapping,
  user: { id: string; email: string },
  groups: readonly string[],
): Promise<void> {
  const actor: Actor = { kind: 'user', id: user.id, name: user.email }
  const afterCommit = await transact(ctx, async (tx) => {
    const wanted = await wantedRoles(
      tx,
      roles.filter(({ group }) => groups.includes(group)),
    )
    const present = await tx.selectFrom('memberships').where('principalId', '=', user.id).selectAll().execute()
    for (const [projectId, role] of wanted) {
      const row = present.find((membership) => membership.projectId === projectId)
      if (!row) {
        const given = { projectId, role, scopes: null, source: 'group' as const }
        await insertMembership(ctx, tx, { kind: 'user', id: user.id, name: user.email }, given)
        await audit(ctx, tx, actor, 'member.add', projectId, { userId: user.id, email: user.email, role, by: 'group' })
      } else if (row.source === 'group') {
        const at = timestamp(ctx)
        await amend(tx, 'memberships', row.id, { role, confirmedAt: at })
        if (row.role === role) continue
        await tx.updateTable('memberships').set({ updatedAt: at }).where('id', '=', row.id).execute()
        const details = { memberId: row.id, from: row.role, role, by: 'group' }
        await audit(ctx, tx, actor, 'member.update', projectId, details)
      }
    }
    const left = present.filter(({ source, projectId }) => source === 'group' && !wanted.has(projectId))
    for (const membership of left) await remove(ctx, tx, actor, membership, { name: user.email })
    return ctx.hooks.onAccessLost(ctx, tx, null)
  })
  await afterCommit()
}

/**
 * Ends the memberships from groups that no sign-in confirmed for `maxMs` milliseconds: a person who left the
 * organization never signs in again, and their API keys would keep these rights.
 */
export async function removeUnconfirmed(ctx: Context, maxMs: number): Promise<void> {
  const before = new Date(ctx.now().getTime() - maxMs).toISOString()
  const afterCommit = await transact(ctx, async (tx) => {
    const unconfirmed = await tx
      .selectFrom('memberships')
      .where('source', '=', 'group')
      // Of one that no sign-in confirmed since that is kept, the time that is not sealed counts.
      .where((eb) => eb(eb.fn.coalesce('confirmedAt', 'updatedAt'), '<=', before))
      .selectAll()
      .execute()
    const people = await usersOf(
      tx,
      unconfirmed.map(({ principalId }) => principalId),
    )
    for (const membership of unconfirmed) {
      const name = people.find(({ id }) => id === membership.principalId)?.email ?? ''
      await remove(ctx, tx, SYSTEM, membership, { name, unconfirmed: true })
    }
    return unconfirmed.length === 0 ? undefined : ctx.hooks.onAccessLost(ctx, tx, null)
  })
  await afterCommit?.()
}

async function remove(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  { id, projectId, role }: Pick<Selectable<MembershipTable>, 'id' | 'projectId' | 'role'>,
  details: { name: string; unconfirmed?: true },
): Promise<void> {
  await tx.deleteFrom('memberships').where('id', '=', id).execute()
  await audit(ctx, tx, actor, 'member.remove', projectId, { memberId: id, role, by: 'group', ...details })
}

/** By project the largest role that one of the groups gives. */
async function wantedRoles(tx: Tx, roles: readonly GroupRole[]): Promise<Map<string, Role>> {
  const wanted = new Map<string, Role>()
  if (roles.length === 0) return wanted
  const slugs = roles.map(({ project }) => project)
  const projects = await tx.selectFrom('projects').where('slug', 'in', slugs).select(['id', 'slug']).execute()
  for (const { id, slug } of projects) {
    const here = roles.filter(({ project }) => project === slug).map(({ role }) => role)
    const largest = here.toSorted((a, b) => ROLES.indexOf(a) - ROLES.indexOf(b)).at(-1)
    if (largest) wanted.set(id, largest)
  }
  return wanted
}
