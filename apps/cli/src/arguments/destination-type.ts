import type { KeyferryClient, Outputs } from '@keyferry/client'
import { syncOptions } from '@keyferry/schemas'
import { Failure } from '../failure.ts'
import { refuseUnknownFields } from './fields.ts'

type DestinationType = Outputs['destinations']['list'][number]

/** A type of destination, by its name or that of its connections. Throws `Failure` with the types there are. */
export async function destinationType(client: KeyferryClient, type: string): Promise<DestinationType> {
  const types = await client.destinations.list.query()
  const found = types.find(({ name, connection }) => name === type || connection.app === type)
  if (found) return found
  throw new Failure(`There is no type ${type}`, `There are: ${types.map(({ name }) => name).join(', ')}.`)
}

const namesOf = (fields: readonly { name: string }[]): string[] => fields.map(({ name }) => name)

/** Throws `Failure` for a field that syncs of this type do not have. */
export function checkSyncFields(
  type: DestinationType,
  { target = {}, options = {} }: { target?: object | undefined; options?: object | undefined },
): void {
  refuseUnknownFields(target, namesOf(type.target.fields))
  refuseUnknownFields(options, [...Object.keys(syncOptions.shape), ...namesOf(type.options.fields)])
}

/** Throws `Failure` for a field that no way to sign in at this type has. */
export const checkCredentials = (type: DestinationType, credentials: object): void =>
  refuseUnknownFields(credentials, [...new Set(type.connection.methods.flatMap(({ fields }) => namesOf(fields)))])
