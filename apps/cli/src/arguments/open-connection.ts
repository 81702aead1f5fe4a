import type { KeyferryClient, Outputs } from '@keyferry/client'
import { connect, findProject, named, type Cli, type PlaceOptions } from '../cli.ts'

/** The connection with this name or id, of one project where it is named. Throws `Failure`. */
export async function openConnection(
  cli: Cli,
  nameOrId: string,
  { project }: PlaceOptions,
): Promise<{ client: KeyferryClient; connection: Outputs['connections']['list'][number] }> {
  const client = await connect(cli)
  const projectId = project === undefined ? undefined : (await findProject(client, project)).id
  return { client, connection: named(await client.connections.list.query({ projectId }), nameOrId, 'connection') }
}
