/** The forms of these pages. Each is loaded when it is first opened: most visits only look. */
import { onDemand } from '../../components/on-demand.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { words } from './words.ts'

const meanwhile = (
  <div role="status" aria-label={words.forms.loadingForm} className="grid gap-4">
    <Skeleton className="h-9" />
    <Skeleton className="h-32" />
  </div>
)

export const AddMember = onDemand(async () => (await import('./add-member.tsx')).AddMember, meanwhile)
export const EditMember = onDemand(async () => (await import('./edit-member.tsx')).EditMember, meanwhile)
export const AddMachine = onDemand(async () => (await import('../machines/add-machine.tsx')).AddMachine, meanwhile)
export const NewKey = onDemand(async () => (await import('./new-key.tsx')).NewKey, meanwhile)
export const InvitePerson = onDemand(async () => (await import('./invite-person.tsx')).InvitePerson, meanwhile)
export const NewClientSecret = onDemand(
  async () => (await import('../machines/new-client-secret.tsx')).NewClientSecret,
  meanwhile,
)
export const UniversalAuthForm = onDemand(
  async () => (await import('../machines/universal-auth-form.tsx')).UniversalAuthForm,
  meanwhile,
)
export const FederatedAuthForm = onDemand(
  async () => (await import('../machines/federated-auth-form.tsx')).FederatedAuthForm,
  meanwhile,
)
export const MachineForm = onDemand(async () => (await import('../machines/machine-form.tsx')).MachineForm, meanwhile)
