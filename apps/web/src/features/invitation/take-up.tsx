import { Link, useNavigate } from '@tanstack/react-router'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { messageOf } from '../../lib/server/errors.ts'
import { queryClient, trpc } from '../../lib/server/trpc.ts'
import { words } from './words.ts'

/** For an address that has an account: its owner accepts the invitation, signed in. */
export function TakeUp({ token, email, here }: { token: string; email: string; here: string | null }) {
  const navigate = useNavigate()
  const accept = trpc.people.accept.useMutation({
    onSuccess: async () => {
      // What they may read is more than it was.
      queryClient.clear()
      await navigate({ to: '/', replace: true })
    },
  })
  if (here !== email) {
    const next = `/accept-invitation?token=${encodeURIComponent(token)}`
    return (
      <>
        <Notice kind={here === null ? 'info' : 'warn'} title={words.takeUp.known(email)}>
          {here === null ? words.takeUp.knownText : words.takeUp.otherAccount(here, email)}
        </Notice>
        <Button asChild variant="primary">
          <Link to="/sign-in" search={{ next }}>
            {words.takeUp.signInAs(email)}
          </Link>
        </Button>
      </>
    )
  }
  return (
    <>
      {accept.error && (
        <Notice kind="bad" title={words.takeUp.failed}>
          {messageOf(accept.error)}
        </Notice>
      )}
      <Button variant="primary" busy={accept.isPending} onClick={() => accept.mutate({ token })}>
        {words.takeUp.accept}
      </Button>
    </>
  )
}
