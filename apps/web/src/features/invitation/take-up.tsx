import { Link, useNavigate } from '@tanstack/react-router'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { messageOf } from '../../lib/errors.ts'
import { queryClient, trpc } from '../../lib/trpc.ts'

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
        <Notice kind={here === null ? 'info' : 'warn'} title={`${email} has an account already`}>
          {here === null
            ? 'Sign in with it, and come back here to accept.'
            : `You are signed in as ${here}. Sign in as ${email} to accept.`}
        </Notice>
        <Button asChild variant="primary">
          <Link to="/sign-in" search={{ next }}>
            Sign in as {email}
          </Link>
        </Button>
      </>
    )
  }
  return (
    <>
      {accept.error && (
        <Notice kind="bad" title="The invitation was not accepted">
          {messageOf(accept.error)}
        </Notice>
      )}
      <Button variant="primary" busy={accept.isPending} onClick={() => accept.mutate({ token })}>
        Accept invitation
      </Button>
    </>
  )
}
