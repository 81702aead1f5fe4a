import { direct } from './trpc.ts'
import type { FolderRef } from './types.ts'
import { words } from '../words.ts'

export interface ReadValue {
  value: string
  version: number
}

/** One value in clear with its version, past the query cache, so that nothing keeps it but the caller. */
export async function readSecret(place: FolderRef, key: string, wanted?: number): Promise<ReadValue> {
  const { value, version } = await direct.secrets.get.query({ ...place, key, version: wanted })
  if (value === null) throw new Error(words.readValue.denied(key))
  return { value, version }
}

export const readValue = async (place: FolderRef, key: string, version?: number): Promise<string> =>
  (await readSecret(place, key, version)).value
