import { useRouter } from '@tanstack/react-router'
import { signOut } from '../lib/auth.ts'
import { messageOf } from '../lib/errors.ts'
import { toast } from '../lib/toast.ts'
import { words } from './words.ts'

/** Gives what ends the session and leads to the sign-in page, or says why it could not. */
export function useSignOut(): () => Promise<void> {
  const router = useRouter()
  return async () => {
    try {
      await signOut()
      await router.navigate({ to: '/sign-in' })
    } catch (error) {
      toast.error(words.useSignOut.youStillSigned(messageOf(error)))
    }
  }
}
