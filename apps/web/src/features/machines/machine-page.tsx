import { Link } from '@tanstack/react-router'
import { AccessDenied } from '../../components/pages/access-denied.tsx'
import { Failure } from '../../components/failure.tsx'
import { onDemand } from '../../components/on-demand.tsx'
import { PageHeader } from '../../components/pages/page.tsx'
import { ScopeList, ROLE_LABELS } from '../../components/pages/role-labels.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { isUnknown } from '../../lib/server/errors.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { ClientSecrets } from './client-secrets.tsx'
import { CopiedId } from './copied-id.tsx'
import { DeleteMachine } from './delete-machine.tsx'
import { MachineSettings } from './machine-settings.tsx'
import { NotYours } from '../access/not-yours.tsx'
import { useRights } from '../../lib/session/rights.ts'
import { markStale } from '../../lib/server/stale.ts'
import type { Identity } from '../access/types.ts'
import { UniversalAuthCard } from './universal-auth-card.tsx'
import { words } from './words.ts'

const FederatedAuths = onDemand(async () => (await import('./federated-auths.tsx')).FederatedAuths)

/** One machine: how it signs in, what it may, and how to end it. */
export function MachinePage({ projectId, identityId }: { projectId: string; identityId: string }) {
  const { rights, error } = useRights(projectId)
  const machine = trpc.identities.get.useQuery({ identityId }, { enabled: rights?.instanceAdmin === true })
  usePageTitle(machine.data?.name ?? words.machinePage.machine)
  if (error) return <Failure what={words.machinePage.rightsUnreadable} error={error} />
  if (rights && !rights.instanceAdmin) {
    return <NotYours rights={rights}>{words.machinePage.adminsOnly}</NotYours>
  }
  if (isUnknown(machine.error)) {
    return (
      <AccessDenied
        projectId={projectId}
        page={words.unknown.machine}
        title={words.unknown.machineTitle}
        why={words.unknown.machineText}
        action={
          <RouteButton variant="primary" to="/p/$projectId/access" params={{ projectId }} search={{ tab: 'machines' }}>
            {words.unknown.machines}
          </RouteButton>
        }
      />
    )
  }
  if (machine.error)
    return <Failure what={words.machinePage.unreadable} error={machine.error} retry={machine.refetch} />
  if (!machine.data) return <SkeletonRows label={words.machinePage.loading} rows={5} />
  return (
    <div className="grid gap-4">
      <PageHeader
        title={machine.data.name}
        text={
          <span className="flex flex-wrap items-center gap-1.5">
            {machine.data.role === 'admin' && <Badge tone="warn">{words.machinePage.instanceAdmin}</Badge>}
            <CopiedId name={words.copiedId.identityId} id={identityId} />
          </span>
        }
      />
      <div className="grid items-start gap-4 2xl:grid-cols-2">
        <div className="grid gap-4">
          <InThisProject projectId={projectId} machine={machine.data} />
          {machine.data.authMethods.includes('universal-auth') ? (
            <>
              <ClientSecrets identityId={identityId} />
              <UniversalAuthCard identityId={identityId} />
            </>
          ) : (
            <NoUniversalAuth identityId={identityId} />
          )}
        </div>
        <div className="grid gap-4">
          <FederatedAuths machine={machine.data} />
          <MachineSettings machine={machine.data} />
          <DeleteMachine projectId={projectId} machine={machine.data} />
        </div>
      </div>
    </div>
  )
}

function InThisProject({ projectId, machine }: { projectId: string; machine: Identity }) {
  const { data, error, refetch } = trpc.members.identities.useQuery({ projectId })
  if (error) return <Failure what={words.machinePage.roleUnreadable} error={error} retry={refetch} />
  const member = data?.find(({ principalId }) => principalId === machine.id)
  return (
    <Section
      title={words.machinePage.title}
      text={data && (member ? ROLE_LABELS[member.role].text : words.machinePage.noRole)}
      action={
        <Button asChild size="sm">
          <Link
            to="/p/$projectId/access"
            params={{ projectId }}
            search={{ tab: 'machines', open: member?.id ?? 'add' }}
          >
            {member ? words.machinePage.change : words.machinePage.add}
          </Link>
        </Button>
      }
    >
      {member ? (
        <div className="flex flex-wrap items-center gap-3 text-sm">
          <strong className="font-medium">{ROLE_LABELS[member.role].word}</strong>
          <ScopeList scopes={member.scopes} />
        </div>
      ) : undefined}
    </Section>
  )
}

function NoUniversalAuth({ identityId }: { identityId: string }) {
  const attach = trpc.universalAuth.attach.useMutation({ onSuccess: () => markStale('universalAuth.attach') })
  return (
    <Section
      title={words.machinePage.clientSecrets}
      text={words.machinePage.universalAuthText}
      action={
        <Button variant="primary" busy={attach.isPending} onClick={() => attach.mutate({ identityId })}>
          {words.machinePage.setUpUniversalAuth}
        </Button>
      }
    >
      {attach.error ? <Failure what={words.machinePage.failed} error={attach.error} /> : undefined}
    </Section>
  )
}
