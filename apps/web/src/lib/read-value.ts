import { direct } from './trpc.ts'
import type { FolderRef } from './types.ts'

/** One value in clear, past the query cache, so that nothing keeps it but the caller. */
export async function readValue(place: FolderRef, key: string, version?: number): Promise<string> {
  const { value } = await direct.secrets.get.query({ ...place, key, version })
  if (value === null) throw new Error(`You may not read the value of ${key}`)
  return value
}
