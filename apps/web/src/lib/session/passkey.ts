/** Passkeys: what the browser makes of the server's challenges. Loaded when someone uses one. */
import { startAuthentication, startRegistration, WebAuthnError } from '@simplewebauthn/browser'
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser'
import { auth } from './auth-client.ts'
import { answered } from './auth.ts'
import { words } from '../words.ts'

/**
 * Signs in with a passkey of this device; while signed in, proves it before a change of a factor. Throws an Error with
 * a sentence.
 */
export async function usePasskey(): Promise<void> {
  const optionsJSON = answered(
    await auth.$fetch<PublicKeyCredentialRequestOptionsJSON>('/passkey/generate-authenticate-options'),
  )
  const response = await asked(() =>
    startAuthentication({ optionsJSON: { ...optionsJSON, userVerification: 'required' } }),
  )
  answered(await auth.$fetch<unknown>('/passkey/verify-authentication', { method: 'POST', body: { response } }))
}

/** Throws an Error with a sentence. */
export async function addPasskey({ name, password }: { name: string; password: string }): Promise<void> {
  const optionsJSON = answered(
    await auth.$fetch<PublicKeyCredentialCreationOptionsJSON>('/passkey/generate-register-options'),
  )
  const response = await asked(() => startRegistration({ optionsJSON }))
  const body = { response, name, password }
  answered(await auth.$fetch<unknown>('/passkey/verify-registration', { method: 'POST', body }))
}

export interface Passkey {
  id: string
  name?: string | null
  createdAt: string
}

export async function listPasskeys(): Promise<Passkey[]> {
  return answered(await auth.$fetch<Passkey[]>('/passkey/list-user-passkeys'))
}

/** Throws an Error with a sentence. */
export async function deletePasskey(id: string): Promise<void> {
  answered(await auth.$fetch<unknown>('/passkey/delete-passkey', { method: 'POST', body: { id } }))
}

/** A browser says in one word what went wrong; most often the person cancelled. */
async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof WebAuthnError && error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED')
      throw new Error(words.passkey.registered, { cause: error })
    throw new Error(words.passkey.unused, { cause: error })
  }
}
