/** The forms of these pages. Each is loaded when it is first opened: most visits only look. */
import { onDemand } from '../../components/on-demand.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { words } from './words.ts'

/** Shown while a form is on its way. */
export const meanwhile = (
  <div role="status" aria-label={words.forms.loadingForm} className="grid gap-4">
    <Skeleton className="h-9" />
    <Skeleton className="h-32" />
  </div>
)

export const AddMember = onDemand(async () => (await import('./members/add-member.tsx')).AddMember, meanwhile)
export const EditMember = onDemand(async () => (await import('./members/edit-member.tsx')).EditMember, meanwhile)
export const AddMachine = onDemand(async () => (await import('./machines/add-machine.tsx')).AddMachine, meanwhile)
export const NewKey = onDemand(async () => (await import('./keys/new-key.tsx')).NewKey, meanwhile)
export const InvitePerson = onDemand(async () => (await import('./people/invite-person.tsx')).InvitePerson, meanwhile)
