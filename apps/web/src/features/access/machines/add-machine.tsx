import { zodResolver } from '@hookform/resolvers/zod'
import { createIdentity, identityMembership } from '@keyferry/schemas'
import { useNavigate } from '@tanstack/react-router'
import { FormProvider, useWatch } from 'react-hook-form'
import { z } from 'zod'
import { Button } from '../../../components/ui/button.tsx'
import { Actions } from '../../../components/ui/dialog.tsx'
import { SelectField, TextField } from '../../../components/ui/field.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import { useNewForm } from '../../../lib/forms/new-form.ts'
import { messageOf } from '../../../lib/server/errors.ts'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import { GrantFields } from '../grant-fields.tsx'
import type { Rights } from '../../../lib/session/rights.ts'
import { markStale } from '../../../lib/server/stale.ts'
import type { Member } from '../types.ts'
import { words } from '../words.ts'

const { role, scopes, identityId } = identityMembership.shape
const known = z.object({ identityId, name: z.string(), role, scopes })
const made = z.object({ identityId: z.literal(''), name: createIdentity.shape.name, role, scopes })

interface Props {
  projectId: string
  rights: Rights
  present: readonly Member[]
  onDone: () => void
}

/**
 * Lets a machine into the project: for instance admins a new one or one they pick, for others one whose ID they were
 * given.
 */
export function AddMachine({ projectId, rights, present, onDone }: Props) {
  const navigate = useNavigate()
  const identities = trpc.identities.list.useQuery(undefined, { enabled: rights.instanceAdmin })
  const create = trpc.identities.create.useMutation()
  const attach = trpc.universalAuth.attach.useMutation()
  const add = trpc.members.addIdentity.useMutation()
  const form = useNewForm({
    resolver: zodResolver(rights.instanceAdmin ? z.union([made, known]) : known),
    defaultValues: { identityId: '', name: '', role: 'viewer', scopes: null },
  })
  const chosen = useWatch({ control: form.control, name: 'identityId' })
  const { errors, isSubmitting } = form.formState
  const others = identities.data?.filter(({ id }) => !present.some(({ principalId }) => principalId === id)) ?? []

  const submit = form.handleSubmit(async ({ name, ...input }) => {
    try {
      const machine = input.identityId === '' ? await create.mutateAsync({ name }) : undefined
      if (machine) await attach.mutateAsync({ identityId: machine.id })
      const member = await add.mutateAsync({ ...input, identityId: machine?.id ?? input.identityId, projectId })
      toast.success(words.addMachine.added(member.name))
      if (machine) {
        await navigate({
          to: '/p/$projectId/access/machines/$identityId',
          params: { projectId, identityId: machine.id },
        })
      } else onDone()
    } catch (error) {
      form.setError('root', { message: messageOf(error) })
    } finally {
      // Of several steps the first may have been taken.
      await markStale('members.addIdentity')
    }
  })
  return (
    <FormProvider {...form}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        {rights.instanceAdmin ? (
          <SelectField label={words.addMachine.machine} {...form.register('identityId')}>
            <option value="">{words.addMachine.newMachine}</option>
            {others.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </SelectField>
        ) : (
          <TextField
            label={words.addMachine.identityId}
            help={words.addMachine.identityIdHelp}
            spellCheck={false}
            error={errors.identityId && words.addMachine.identityIdMissing}
            className="[&_input]:font-mono"
            {...form.register('identityId')}
          />
        )}
        {rights.instanceAdmin && chosen === '' && (
          <TextField
            label={words.addMachine.name}
            placeholder={words.addMachine.placeholder}
            spellCheck={false}
            error={errors.name && words.addMachine.nameMissing}
            {...form.register('name')}
          />
        )}
        <GrantFields projectId={projectId} />
        {errors.root?.message !== undefined && <Notice kind="bad">{errors.root.message}</Notice>}
        <Actions>
          <Button onClick={onDone}>{words.addMachine.cancel}</Button>
          <Button type="submit" variant="primary" busy={isSubmitting}>
            {words.addMachine.addMachine}
          </Button>
        </Actions>
      </form>
    </FormProvider>
  )
}
