import { Failure } from '../../../components/failure.tsx'
import { SelectField } from '../../../components/ui/field.tsx'
import { messageOf } from '../../../lib/server/errors.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import { words } from '../words.ts'

const CHOICES = [
  ['nobody', words.signInPolicy.nobody],
  ['admins', words.signInPolicy.instanceAdmins],
  ['everybody', words.signInPolicy.everybody],
] as const

/** Who has to set up a second factor before anything else. For instance admins. */
export function SignInPolicy() {
  const { data, error, refetch } = trpc.instance.signInPolicy.useQuery()
  const update = trpc.instance.updateSignInPolicy.useMutation({
    onSuccess: () => toast.success(words.signInPolicy.saved),
    onError: (problem) => toast.error(messageOf(problem)),
    onSettled: () => markStale('instance.updateSignInPolicy'),
  })
  if (error) return <Failure what={words.signInPolicy.unreadable} error={error} retry={refetch} />
  return (
    <SelectField
      label={words.signInPolicy.label}
      help={words.signInPolicy.help}
      className="max-w-md"
      disabled={!data}
      value={data?.requireSecondFactor ?? 'nobody'}
      onChange={(event) => {
        const choice = CHOICES.find(([value]) => value === event.target.value)
        if (choice) update.mutate({ requireSecondFactor: choice[0] })
      }}
    >
      {CHOICES.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </SelectField>
  )
}
