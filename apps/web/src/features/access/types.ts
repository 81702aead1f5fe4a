/** What the API answers about people and machines. */
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'

export type ApiKey = z.output<typeof schemas.apiKey>
export type CreateApiKey = z.input<typeof schemas.createApiKey>
export type ClientSecret = z.output<typeof schemas.clientSecret>
export type Identity = z.output<typeof schemas.identity>
export type InstanceAdmin = z.output<typeof schemas.instanceAdmin>
export type Invitation = z.output<typeof schemas.invitation>
export type Invited = z.output<typeof schemas.invited>
export type Member = z.output<typeof schemas.member>
export type Person = z.output<typeof schemas.person>
export type UniversalAuth = z.output<typeof schemas.universalAuth>
