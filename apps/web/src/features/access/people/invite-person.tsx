import { zodResolver } from '@hookform/resolvers/zod'
import { invitePerson } from '@keyferry/schemas'
import { useState } from 'react'
import { Controller } from 'react-hook-form'
import { Button } from '../../../components/ui/button.tsx'
import { Actions } from '../../../components/ui/dialog.tsx'
import { TextField } from '../../../components/ui/field.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import { SwitchField } from '../../../components/ui/switch-field.tsx'
import { useNewForm } from '../../../lib/forms/new-form.ts'
import { messageOf } from '../../../lib/server/errors.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import { InvitationLink } from '../invitation-link.tsx'
import type { Invited } from '../types.ts'
import { words } from '../words.ts'

export function InvitePerson({ onDone }: { onDone: () => void }) {
  const invite = trpc.people.invite.useMutation()
  const [invited, setInvited] = useState<Invited>()
  const { register, handleSubmit, control, setError, reset, formState } = useNewForm({
    resolver: zodResolver(invitePerson),
    defaultValues: { email: '', instanceAdmin: false },
  })
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async (input) => {
    try {
      setInvited(await invite.mutateAsync(input))
      reset()
      await markStale('people.invite')
    } catch (error) {
      setError('root', { message: messageOf(error) })
    }
  })
  if (invited) return <InvitationLink invited={invited} onDone={onDone} />
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
      {errors.root?.message !== undefined && <Notice kind="bad">{errors.root.message}</Notice>}
      <TextField
        label={words.invitePerson.email}
        type="email"
        autoFocus
        error={errors.email && words.invitePerson.emailMissing}
        {...register('email')}
      />
      <Controller
        control={control}
        name="instanceAdmin"
        render={({ field }) => (
          <SwitchField
            label={words.invitePerson.instanceAdmin}
            help={words.invitePerson.instanceAdminHelp}
            checked={field.value === true}
            onChange={field.onChange}
          />
        )}
      />
      <Actions>
        <Button onClick={onDone}>{words.invitePerson.cancel}</Button>
        <Button type="submit" variant="primary" busy={isSubmitting}>
          {words.invitePerson.invite}
        </Button>
      </Actions>
    </form>
  )
}
