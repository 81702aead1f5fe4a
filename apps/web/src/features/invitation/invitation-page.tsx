import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Alone } from '../../components/brand.tsx'
import { Failure } from '../../components/failure.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { statusOf } from '../../lib/server/errors.ts'
import { direct } from '../../lib/server/trpc.ts'
import { NewAccount } from './new-account.tsx'
import { OfferWords } from './offer-words.tsx'
import { TakeUp } from './take-up.tsx'
import { words } from './words.ts'

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
  usePageTitle(words.invitationPage.invitation, false)
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
      <Alone title={words.invitationPage.broken} text={words.invitationPage.text}>
        <Notice kind="bad" title={token === undefined ? words.invitationPage.incomplete : words.invitationPage.used}>
          {words.invitationPage.askAgain}
        </Notice>
        <Button asChild variant="primary">
          <Link to="/sign-in">{words.invitationPage.signIn}</Link>
        </Button>
      </Alone>
    )
  }
  if (error) {
    return (
      <Alone title={words.invitationPage.invitation} text={words.invitationPage.unknownText}>
        <Failure what={words.invitationPage.unreadable} error={error} retry={refetch} />
      </Alone>
    )
  }
  if (!data) {
    return (
      <Alone title={words.invitationPage.invitation} text={words.invitationPage.loadingText}>
        <div role="status" aria-label={words.invitationPage.loading} className="grid gap-3">
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
      title={offer.project === null ? words.invitationPage.toInstance : words.invitationPage.toProject(offer.project)}
      text={words.invitationPage.from(offer.invitedBy, offer.email)}
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
