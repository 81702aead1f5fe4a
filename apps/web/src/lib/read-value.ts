import { direct } from './trpc.ts'
import type { FolderRef } from './types.ts'

/** One value in clear, past the query cache, so that nothing keeps it but the caller. */
export async function readValue(place: FolderRef, secretName: string, version?: number): Promise<string> {
  const secret = await direct.secrets.get.query({ ...place, secretName, version })
  return secret.secretValue
}
