import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Alone } from '../../components/brand.tsx'
import { Failure } from '../../components/failure.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/crumbs.ts'
import { statusOf } from '../../lib/errors.ts'
import { direct } from '../../lib/trpc.ts'
import { NewAccount } from './new-account.tsx'
import { OfferWords } from './offer-words.tsx'
import { TakeUp } from './take-up.tsx'

/** Who reads this, without being sent to the sign-in page for being nobody. */
async function whoIsHere(): Promise<string | null> {
  try {
    return (await direct.instance.me.query()).email
  } catch (error) {
    if (statusOf(error) === 401) return null
    throw error
  }
}

/** Where the link in an invitation leads. */
export function InvitationPage({ token }: { token: string | undefined }) {
  usePageTitle('Invitation', false)
  const { data, error, refetch } = useQuery({
    queryKey: ['invitation', token],
    enabled: token !== undefined,
    retry: false,
    queryFn: async () => {
      const [offer, here] = await Promise.all([
        direct.people.openInvitation.mutate({ token: token ?? '' }),
        whoIsHere(),
      ])
      return { offer, here }
    },
  })
  const gone = token === undefined || statusOf(error) === 404 || statusOf(error) === 422
  if (gone) {
    return (
      <Alone
        title="This invitation does not work"
        text="A link works once, for seven days, until a newer one takes its place."
      >
        <Notice
          kind="bad"
          title={token === undefined ? 'The link is not complete' : 'It was used, revoked, or has expired'}
        >
          Ask the person who invited you for a new one. If you already have an account, sign in.
        </Notice>
        <Button asChild variant="primary">
          <Link to="/sign-in">Sign in</Link>
        </Button>
      </Alone>
    )
  }
  if (error) {
    return (
      <Alone title="Invitation" text="What it is for could not be found out.">
        <Failure what="The invitation could not be read" error={error} retry={refetch} />
      </Alone>
    )
  }
  if (!data) {
    return (
      <Alone title="Invitation" text="Looking at what it is for.">
        <div role="status" aria-label="Loading the invitation" className="grid gap-3">
          <Skeleton className="h-20" />
          <Skeleton className="h-9" />
          <Skeleton className="h-9" />
        </div>
      </Alone>
    )
  }
  const { offer, here } = data
  return (
    <Alone
      title={offer.project === null ? 'You are invited to Keyferry' : `You are invited to ${offer.project}`}
      text={`By ${offer.invitedBy}, for ${offer.email}.`}
    >
      <OfferWords offer={offer} />
      {offer.hasAccount ? (
        <TakeUp token={token} email={offer.email} here={here} />
      ) : (
        <NewAccount token={token} email={offer.email} here={here} />
      )}
    </Alone>
  )
}
