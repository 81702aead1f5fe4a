import { zodResolver } from '@hookform/resolvers/zod'
import { inviteMember } from '@keyferry/schemas'
import { useState } from 'react'
import { FormProvider } from 'react-hook-form'
import { Button } from '../../../components/ui/button.tsx'
import { Actions } from '../../../components/ui/dialog.tsx'
import { TextField } from '../../../components/ui/field.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import { useNewForm } from '../../../lib/forms/new-form.ts'
import { messageOf } from '../../../lib/server/errors.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import { GrantFields } from '../grant-fields.tsx'
import { InvitationLink } from '../invitation-link.tsx'
import type { Invited } from '../types.ts'
import { words } from '../words.ts'

/** Adds who has an account, and invites everybody else. */
export function AddMember({ projectId, onDone }: { projectId: string; onDone: () => void }) {
  const invite = trpc.members.invite.useMutation()
  const [invited, setInvited] = useState<Invited>()
  const form = useNewForm({
    resolver: zodResolver(inviteMember),
    defaultValues: { projectId, email: '', role: 'developer', scopes: null },
  })
  const { errors, isSubmitting } = form.formState
  const submit = form.handleSubmit(async (input) => {
    try {
      const answer = await invite.mutateAsync(input)
      await markStale('members.invite')
      if (answer.member) {
        toast.success(words.addMember.added(answer.member.name))
        onDone()
      } else {
        setInvited(answer)
        form.reset()
      }
    } catch (error) {
      form.setError('root', { message: messageOf(error) })
    }
  })
  if (invited) return <InvitationLink invited={invited} onDone={onDone} />
  return (
    <FormProvider {...form}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <TextField
          label={words.addMember.email}
          type="email"
          autoFocus
          error={errors.email && words.addMember.emailMissing}
          {...form.register('email')}
        />
        <GrantFields projectId={projectId} />
        {errors.root?.message !== undefined && <Notice kind="bad">{errors.root.message}</Notice>}
        <Actions>
          <Button onClick={onDone}>{words.addMember.cancel}</Button>
          <Button type="submit" variant="primary" busy={isSubmitting}>
            {words.addMember.addPerson}
          </Button>
        </Actions>
      </form>
    </FormProvider>
  )
}
