/** The forms of a machine. Each is loaded when it is first opened: most visits only look. */
import { onDemand } from '../../components/on-demand.tsx'
import { meanwhile } from '../access/forms.tsx'

export const NewClientSecret = onDemand(
  async () => (await import('./new-client-secret.tsx')).NewClientSecret,
  meanwhile,
)
export const UniversalAuthForm = onDemand(
  async () => (await import('./universal-auth-form.tsx')).UniversalAuthForm,
  meanwhile,
)
export const FederatedAuthForm = onDemand(
  async () => (await import('./federated-auth-form.tsx')).FederatedAuthForm,
  meanwhile,
)
export const MachineForm = onDemand(async () => (await import('./machine-form.tsx')).MachineForm, meanwhile)
