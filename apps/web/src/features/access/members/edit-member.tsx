import { zodResolver } from '@hookform/resolvers/zod'
import { updateMember } from '@keyferry/schemas'
import { FormProvider } from 'react-hook-form'
import { Button } from '../../../components/ui/button.tsx'
import { Actions } from '../../../components/ui/dialog.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import { messageOf } from '../../../lib/server/errors.ts'
import { useStoredForm } from '../../../lib/forms/stored-form.ts'
import { useTypedOver } from '../../../lib/forms/typed-over.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import { GrantFields } from '../grant-fields.tsx'
import type { Member } from '../types.ts'
import { words } from '../words.ts'

/** Changes what a person or a machine may do in the project. */
export function EditMember({ member, onDone }: { member: Member; onDone: () => void }) {
  const update = trpc.members.update.useMutation()
  const { isTyped, typedOf, ...form } = useStoredForm(
    { role: member.role, scopes: member.scopes },
    zodResolver(updateMember.pick({ role: true, scopes: true })),
  )
  const ifUpdatedAt = useTypedOver(member.updatedAt, isTyped)
  const { errors, isSubmitting } = form.formState
  const submit = form.handleSubmit(async (input) => {
    try {
      await update.mutateAsync({
        projectId: member.projectId,
        memberId: member.id,
        ifUpdatedAt,
        ...typedOf(input),
      })
      toast.success(words.editMember.saved(member.name))
      await markStale('members.update')
      onDone()
    } catch (error) {
      form.setError('root', { message: messageOf(error) })
    }
  })
  return (
    <FormProvider {...form}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <GrantFields projectId={member.projectId} />
        <p className="text-sm text-soft">{words.editMember.consequence}</p>
        {errors.root?.message !== undefined && <Notice kind="bad">{errors.root.message}</Notice>}
        <Actions>
          <Button onClick={onDone}>{words.editMember.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!isTyped} busy={isSubmitting}>
            {words.editMember.save}
          </Button>
        </Actions>
      </form>
    </FormProvider>
  )
}
