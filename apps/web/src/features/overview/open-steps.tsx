import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { RouteButton } from '../../components/route-button.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { messageOf } from '../../lib/server/errors.ts'
import type { Rights } from '../../lib/session/rights.ts'
import { markStale } from '../../lib/server/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { accountQuery } from '../account/account-query.ts'
import { STEPS, type SetupStep } from './dismissed-steps.ts'
import { words } from './words.ts'

const { steps } = words

interface Props {
  projectId: string
  rights: Rights
  dismissed: readonly SetupStep[]
  onDismiss: (step: SetupStep) => void
}

export function OpenSteps({ projectId, rights, dismissed, onDismiss }: Props) {
  const open = useOpenSteps(projectId, rights).filter((step) => !dismissed.includes(step))
  if (open.length === 0) return null
  return (
    <Section title={steps.title} text={steps.text(open.length)}>
      <ul className="-mx-4 -my-4 divide-y divide-line">
        {open.map((step) => (
          <li key={step} className="flex items-center gap-2 py-3 pr-2 pl-4">
            <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-4 gap-y-2">
              <div className="min-w-0 flex-1 basis-44">
                <p className="text-sm font-medium">{steps[step]}</p>
                <p className="text-sm text-soft">{steps[`${step}Text`]}</p>
              </div>
              <StepButton step={step} projectId={projectId} />
            </div>
            <IconButton icon={X} label={steps.dismissNamed(steps[step])} onClick={() => onDismiss(step)} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** Those that are not done, as far as the reader can do them; none before that is known. */
function useOpenSteps(projectId: string, rights: Rights): SetupStep[] {
  const runsInstance = rights.may('instance.manage')
  const manages = rights.may('members.manage')
  const { data: account } = useQuery(accountQuery)
  const alerts = trpc.notifications.list.useQuery({ projectId }, { enabled: runsInstance })
  const rootKey = trpc.instance.rootKeyBackup.useQuery(undefined, { enabled: runsInstance })
  const members = trpc.members.list.useQuery({ projectId }, { enabled: manages })
  const invitations = trpc.members.invitations.useQuery({ projectId }, { enabled: manages })
  const others = members.data?.filter(({ kind, email }) => kind === 'user' && email !== rights.email)
  const isOpen: Record<SetupStep, boolean> = {
    factor: account !== undefined && account.hasPassword && !account.factors.app && !account.factors.passkey,
    alerts: alerts.data?.length === 0,
    rootKey: rootKey.data?.confirmedAt === null,
    invite: others?.length === 0 && invitations.data?.length === 0,
  }
  return STEPS.filter((step) => isOpen[step])
}

function StepButton({ step, projectId }: { step: SetupStep; projectId: string }) {
  switch (step) {
    case 'factor':
      return (
        <RouteButton size="sm" to="/account">
          {steps.factorAction}
        </RouteButton>
      )
    case 'alerts':
      return (
        <RouteButton size="sm" to="/p/$projectId/alerts" params={{ projectId }}>
          {steps.alertsAction}
        </RouteButton>
      )
    case 'invite':
      return (
        <RouteButton size="sm" to="/p/$projectId/access" params={{ projectId }} search={{ open: 'add' }}>
          {steps.inviteAction}
        </RouteButton>
      )
    case 'rootKey':
      return <ConfirmRootKey />
  }
}

function ConfirmRootKey() {
  const confirm = trpc.instance.confirmRootKeyBackup.useMutation({
    onError: (error) => toast.error(messageOf(error)),
    onSettled: () => markStale('instance.confirmRootKeyBackup'),
  })
  return (
    <Button size="sm" busy={confirm.isPending} onClick={() => confirm.mutate()}>
      {steps.rootKeyAction}
    </Button>
  )
}
