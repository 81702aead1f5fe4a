import { z } from 'zod'
import { isRsaKey } from '../shared/http/rsa-key.ts'

/** The file that Google gives for the key of a service account, as far as a token needs it. */
const keyFile = z.object({
  type: z.literal('service_account'),
  private_key_id: z.string().min(1),
  private_key: z.string().refine(isRsaKey),
  client_email: z.string().min(1),
  universe_domain: z.literal('googleapis.com').optional(),
})
export type KeyFile = z.infer<typeof keyFile>

/** Null when the text is not the key of a service account. */
export function parseKey(text: string): KeyFile | null {
  try {
    return keyFile.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** Of a text that was checked when it was saved. */
export function readKey(text: string): KeyFile {
  const key = parseKey(text)
  if (key === null) throw new Error('The stored key of the service account can no longer be read')
  return key
}
