import { useRouter } from '@tanstack/react-router'
import { code } from '../lib/loading/code.ts'
import { messageOf } from '../lib/server/errors.ts'
import { toast } from '../lib/toast.ts'
import { words } from './words.ts'

const loadAuth = code(() => import('../lib/session/auth.ts'))

/** Gives what ends the session and leads to the sign-in page, or says why it could not. */
export function useSignOut(): () => Promise<void> {
  const router = useRouter()
  return async () => {
    try {
      const { signOut } = await loadAuth()
      await signOut()
      await router.navigate({ to: '/sign-in' })
    } catch (error) {
      toast.error(words.useSignOut.youStillSigned(messageOf(error)))
    }
  }
}
