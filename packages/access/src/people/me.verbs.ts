import { NotFound } from '@keyferry/kernel'
import { allows } from '@keyferry/schemas/policy'
import { SIGNED_IN } from '../policy/requirement.ts'
import { defineVerb } from '../policy/verb.ts'

export const instanceVerbs = {
  me: defineVerb({
    input: null,
    requires: () => SIGNED_IN,
    run: async (ctx, actor, _input, { access }) => {
      const organization = await ctx.db.selectFrom('organizations').select(['id', 'name', 'slug']).executeTakeFirst()
      if (!organization) throw new NotFound('The instance has not been set up yet')
      const grants = [...access.grants].map(([projectId, { role, scopes }]) => ({
        projectId,
        role,
        scopes: scopes && [...scopes],
      }))
      const instanceAdmin = allows(access, 'instance.manage', { kind: 'instance' })
      const email = actor.kind === 'user' ? actor.name : ''
      return { id: actor.id, email, name: actor.name, organization, instanceAdmin, grants }
    },
  }),
}
