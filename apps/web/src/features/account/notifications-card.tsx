import { NOTIFICATION_KINDS, type NotificationKind } from '@keyferry/schemas'
import { Failure } from '../../components/failure.tsx'
import { Section } from '../../components/ui/card.tsx'
import { SelectField } from '../../components/ui/field.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { messageOf } from '../../lib/errors.ts'
import { markStale } from '../../lib/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/trpc.ts'
import type { NotificationPreferences } from '../../lib/types.ts'
import { KINDS } from '../notifications/kinds.ts'

type Delivery = NotificationPreferences[NotificationKind]

const WORDS: Readonly<Record<Delivery, string>> = {
  console: 'In the console',
  mail: 'In the console and by e-mail',
  none: 'Off',
}

/** Which of what happens to syncs one wants by e-mail. Saved as it is chosen. */
export function NotificationsCard() {
  const { data, error, refetch } = trpc.inbox.preferences.useQuery()
  const save = trpc.inbox.setPreferences.useMutation({
    onSuccess: () => toast.success('Saved.'),
    onError: (problem) => toast.error(`Your choice was not saved: ${messageOf(problem)}`),
    onSettled: () => markStale('inbox.setPreferences'),
  })
  if (error) return <Failure what="Your notification settings could not be read" error={error} retry={refetch} />
  if (!data) return <SkeletonRows label="Loading your notification settings" rows={5} />
  const deliveries: readonly Delivery[] = data.canMail ? ['console', 'mail', 'none'] : ['console', 'none']
  return (
    <Section
      title="Notifications"
      text={
        data.canMail
          ? 'What happens to the syncs that you can see. E-mail goes to the address of this account.'
          : 'What happens to the syncs that you can see. E-mail is not set up on this instance.'
      }
    >
      <div className="grid gap-4">
        {NOTIFICATION_KINDS.map((kind) => (
          <SelectField
            key={kind}
            label={KINDS[kind].title}
            help={KINDS[kind].text}
            value={data[kind]}
            disabled={save.isPending}
            onChange={({ target }) => {
              const delivery = deliveries.find((each) => each === target.value)
              if (delivery) save.mutate({ [kind]: delivery })
            }}
          >
            {deliveries.map((delivery) => (
              <option key={delivery} value={delivery}>
                {WORDS[delivery]}
              </option>
            ))}
          </SelectField>
        ))}
      </div>
    </Section>
  )
}
