import { zodResolver } from '@hookform/resolvers/zod'
import { updateIdentity } from '@keyferry/schemas'
import { Button } from '../../components/ui/button.tsx'
import { SelectField, TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { messageOf } from '../../lib/server/errors.ts'
import { useStoredForm } from '../../lib/forms/stored-form.ts'
import { markStale } from '../../lib/server/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Identity } from '../access/types.ts'
import { words } from './words.ts'

/** Changes its name, and what it may do to the whole instance. */
export function MachineForm({ machine, onDone }: { machine: Identity; onDone: () => void }) {
  const update = trpc.identities.update.useMutation()
  const { register, handleSubmit, setError, formState, isTyped, typedOf } = useStoredForm(
    { name: machine.name, role: machine.role },
    zodResolver(updateIdentity.omit({ identityId: true })),
  )
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async (input) => {
    try {
      await update.mutateAsync({ identityId: machine.id, ...typedOf(input) })
      toast.success(words.machineForm.machineSaved)
      await markStale('identities.update')
      onDone()
    } catch (error) {
      setError('root', { message: messageOf(error) })
    }
  })
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid max-w-2xl gap-4">
      {errors.root?.message !== undefined && <Notice kind="bad">{errors.root.message}</Notice>}
      <TextField label={words.machineForm.name} spellCheck={false} error={errors.name?.message} {...register('name')} />
      <SelectField
        label={words.machineForm.instanceRole}
        help={words.machineForm.instanceRoleHelp}
        {...register('role')}
      >
        <option value="no-access">{words.machineForm.noInstanceRole}</option>
        <option value="admin">{words.machineForm.instanceAdmin}</option>
      </SelectField>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" disabled={!isTyped} busy={isSubmitting}>
          {words.machineForm.saveMachine}
        </Button>
        <Button onClick={onDone}>{words.machineForm.cancel}</Button>
      </div>
    </form>
  )
}
