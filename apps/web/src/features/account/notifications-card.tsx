import type { NotificationKind } from '@keyferry/schemas'
import { Failure } from '../../components/failure.tsx'
import { Section } from '../../components/ui/card.tsx'
import { SelectField } from '../../components/ui/field.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { messageOf } from '../../lib/server/errors.ts'
import { markStale } from '../../lib/server/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { NotificationPreferences } from '../../lib/server/types.ts'
import { KINDS } from '../notifications/kinds.ts'
import { words } from './words.ts'

type Delivery = NotificationPreferences[NotificationKind]

/** Not the schema's list, which would bring its library into the page. */
const ORDER = Object.keys(KINDS) as NotificationKind[]

const WORDS: Readonly<Record<Delivery, string>> = {
  console: words.notificationsCard.console,
  mail: words.notificationsCard.consoleAndMail,
  none: words.notificationsCard.off,
}

/** Which of what happens to syncs one wants by email. Saved as it is chosen. */
export function NotificationsCard() {
  const { data, error, refetch } = trpc.inbox.preferences.useQuery()
  const save = trpc.inbox.setPreferences.useMutation({
    onSuccess: () => toast.success(words.notificationsCard.saved),
    onError: (problem) => toast.error(words.notificationsCard.failed(messageOf(problem))),
    onSettled: () => markStale('inbox.setPreferences'),
  })
  if (error) return <Failure what={words.notificationsCard.unreadable} error={error} retry={refetch} />
  if (!data) return <SkeletonRows label={words.notificationsCard.loading} rows={5} />
  const deliveries: readonly Delivery[] = data.canMail ? ['console', 'mail', 'none'] : ['console', 'none']
  return (
    <Section
      title={words.notificationsCard.title}
      text={data.canMail ? words.notificationsCard.text : words.notificationsCard.noMailText}
    >
      <div className="grid max-w-md gap-4">
        {ORDER.map((kind) => (
          <SelectField
            key={kind}
            label={KINDS[kind].title}
            help={KINDS[kind].text}
            value={data[kind]}
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
