import { useMutation, useQuery } from '@tanstack/react-query'
import { Laptop, Smartphone, SquareTerminal } from 'lucide-react'
import { Failure } from '../../components/failure.tsx'
import { Time } from '../../components/time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { answered, loadAuth } from '../../lib/session/auth.ts'
import { messageOf } from '../../lib/server/errors.ts'
import { toast } from '../../lib/toast.ts'
import { accountChanged, sessionsQuery } from './account-query.ts'
import { deviceOf } from './device.ts'
import { words } from './words.ts'

const ICONS = { computer: Laptop, phone: Smartphone, script: SquareTerminal }

/** Everywhere that they are signed in; `here` is the session that asks. */
export function SessionsCard({ here }: { here: string }) {
  const { data, error, refetch } = useQuery(sessionsQuery)
  const done = { onSettled: accountChanged, onError: (problem: unknown) => toast.error(messageOf(problem)) }
  const revoke = useMutation({
    mutationFn: async (token: string) => answered(await (await loadAuth()).revokeSession({ token })),
    ...done,
  })
  const revokeOthers = useMutation({
    mutationFn: async () => answered(await (await loadAuth()).revokeOtherSessions()),
    ...done,
    onSuccess: () => toast.success(words.sessionsCard.signedOutOthers),
  })
  if (error) return <Failure what={words.sessionsCard.unreadable} error={error} retry={refetch} />
  if (!data) return <SkeletonRows label={words.sessionsCard.loading} rows={2} />
  const others = data.filter(({ id }) => id !== here)
  const sorted = [...data.filter(({ id }) => id === here), ...others]
  return (
    <Section
      title={words.sessionsCard.title}
      text={words.sessionsCard.text}
      action={
        others.length > 0 && (
          <Button variant="quietDanger" busy={revokeOthers.isPending} onClick={() => revokeOthers.mutate()}>
            {words.sessionsCard.signOutOthers(words.sessionsCard.others(others.length))}
          </Button>
        )
      }
    >
      <ul aria-label={words.sessionsCard.title} className="-my-4 divide-y divide-line">
        {sorted.map(({ id, token, userAgent, ipAddress, updatedAt }) => {
          const device = deviceOf(userAgent ?? '')
          const Icon = ICONS[device.kind]
          return (
            <li key={id} className="flex flex-wrap items-center gap-3 py-3 text-sm">
              <Icon aria-hidden className="size-5 shrink-0 text-soft" />
              <span className="grid min-w-0 flex-1 basis-40">
                <span className="flex flex-wrap items-center gap-1.5 font-medium">
                  {device.words} {id === here && <Badge tone="good">{words.sessionsCard.thisDevice}</Badge>}
                </span>
                <span className="text-soft">
                  {ipAddress === null || ipAddress === undefined || ipAddress === ''
                    ? words.sessionsCard.addressUnknown
                    : ipAddress}{' '}
                  · {words.sessionsCard.seen} <Time iso={new Date(updatedAt).toISOString()} />
                </span>
              </span>
              {id !== here && (
                <Button
                  size="sm"
                  busy={revoke.isPending && revoke.variables === token}
                  aria-label={words.sessionsCard.signOutDevice(device.words)}
                  onClick={() => revoke.mutate(token)}
                >
                  {words.sessionsCard.signOut}
                </Button>
              )}
            </li>
          )
        })}
      </ul>
    </Section>
  )
}
