import { direct } from '../../lib/trpc.ts'
import type { Place } from '../../lib/types.ts'

/** One value in clear, past the query cache, so that nothing keeps it but the caller. */
export async function readValue(place: Place, secretName: string, version?: number): Promise<string> {
  const secret = await direct.secrets.get.query({ ...place, secretName, version })
  return secret.secretValue
}
