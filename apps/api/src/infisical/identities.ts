/** Machines, as Infisical's clients know them: members of the organization. */
import { createIdentity, identity, searchIdentities, updateIdentity, type foundIdentities } from '@keyferry/schemas'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import { read, renamed, type WireOutput } from '../wire/wire.ts'
import { withoutDeleteProtection, withoutMetadata } from './not-available.ts'

const base = '/api/v1/identities'
const identityPath = `${base}/:identityId`
const envelope = 'identity'

type Identity = z.output<typeof identity>

const { shape } = identity
const unavailable = { hasDeleteProtection: z.literal(false), metadata: z.array(z.never()) }
const changed = identity.extend({ authMethod: z.string().nullable(), ...unavailable }).meta({ id: 'Identity' })
const writeChanged = (shown: Identity): z.output<typeof changed> => ({
  ...shown,
  authMethod: shown.authMethods[0] ?? null,
  hasDeleteProtection: false,
  metadata: [],
})

const membership = z
  .object({
    id: shape.id,
    identityId: shape.id,
    orgId: shape.orgId,
    role: shape.role,
    roleId: z.null(),
    metadata: unavailable.metadata,
    identity: changed.omit({ orgId: true, role: true, authMethod: true, metadata: true }),
    createdAt: shape.createdAt,
    updatedAt: shape.updatedAt,
  })
  .meta({ id: 'OrganizationIdentity' })
const writeMembership = (shown: Identity): z.output<typeof membership> => ({
  id: shown.id,
  identityId: shown.id,
  orgId: shown.orgId,
  role: shown.role,
  roleId: null,
  metadata: [],
  identity: {
    id: shown.id,
    name: shown.name,
    hasDeleteProtection: false,
    authMethods: shown.authMethods,
    createdAt: shown.createdAt,
    updatedAt: shown.updatedAt,
  },
  createdAt: shown.createdAt,
  updatedAt: shown.updatedAt,
})

const asChanged: WireOutput<Identity> = { schema: changed, write: writeChanged }
const asMembership: WireOutput<Identity> = { schema: membership, write: writeMembership }
const page = z.object({ identities: z.array(membership), totalCount: z.number().int() })
const all: WireOutput<Identity[]> = {
  schema: page,
  write: (identities) => ({ identities: identities.map(writeMembership), totalCount: identities.length }),
}
const found: WireOutput<z.output<typeof foundIdentities>> = {
  schema: page,
  write: ({ identities, totalCount }) => ({ identities: identities.map(writeMembership), totalCount }),
}

const text = z.string().max(255)
const compared = { $eq: text.optional(), $in: z.array(text).max(100).optional() }
const sentName = z.union([text, z.object({ ...compared, $contains: text.optional() })])
const sentRole = z.union([text, z.object(compared)])
const sentFilter = z.object({ name: sentName.optional(), role: sentRole.optional() })
const ownComparison = (sent: z.output<typeof sentName> | undefined) => {
  if (sent === undefined) return undefined
  if (typeof sent === 'string') return { is: sent }
  return { is: sent.$eq, isOneOf: sent.$in, contains: sent.$contains }
}
const ownFilter = ({ name, role }: z.output<typeof sentFilter>) => ({
  name: ownComparison(name),
  role: ownComparison(role),
})
const toSearch = read(
  searchIdentities.extend({ search: sentFilter.extend({ $or: z.array(sentFilter).max(5).optional() }).default({}) }),
  {},
  ({ search: { $or, ...filter }, ...rest }) => ({
    ...rest,
    search: { ...ownFilter(filter), anyOf: $or?.map(ownFilter) },
  }),
)

const unknownFields = { ...withoutDeleteProtection, ...withoutMetadata }

export const identityRoutes = {
  list: [{ method: 'GET', path: base, answers: all }],
  search: [{ method: 'POST', path: `${base}/search`, reads: toSearch, answers: found }],
  get: [{ method: 'GET', path: identityPath, envelope, answers: asMembership }],
  details: [{ method: 'GET', path: `${base}/details`, envelope: 'identityDetails' }],
  create: [
    { method: 'POST', path: base, envelope, reads: renamed(createIdentity, {}, unknownFields), answers: asChanged },
  ],
  update: [
    {
      method: 'PATCH',
      path: identityPath,
      envelope,
      reads: renamed(updateIdentity, {}, unknownFields),
      answers: asChanged,
    },
  ],
  delete: [{ method: 'DELETE', path: identityPath, envelope, input: 'query', answers: asChanged }],
} satisfies Record<string, Route[]>
