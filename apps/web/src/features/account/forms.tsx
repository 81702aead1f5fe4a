/** The forms of this page, loaded when they are first shown: most visits only look. */
import { onDemand } from '../../components/on-demand.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { words } from './words.ts'

const meanwhile = (
  <div role="status" aria-label={words.forms.loading}>
    <Skeleton className="h-24 max-w-md" />
  </div>
)

export const ChangePassword = onDemand(async () => (await import('./change-password.tsx')).ChangePassword, meanwhile)
export const DisplayCard = onDemand(async () => (await import('./display-card.tsx')).DisplayCard, meanwhile)
export const PasswordAsked = onDemand(async () => (await import('./password-asked.tsx')).PasswordAsked, meanwhile)
export const TwoFactorSetup = onDemand(async () => (await import('./two-factor-setup.tsx')).TwoFactorSetup, meanwhile)
