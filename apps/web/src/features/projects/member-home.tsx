import { count } from '@keyferry/schemas/count'
import { NothingYours } from '../../components/no-environment.tsx'
import { PageHeader } from '../../components/page.tsx'
import { ScopeList, ROLE_LABELS } from '../../components/role-labels.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { folderPage } from '../../lib/folder-page.ts'
import { useOwnFolders } from '../../lib/own-folders.ts'
import { inFolder, type Rights } from '../../lib/rights.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Project } from '../../lib/types.ts'

/** For who works in a project that is set up: what is theirs here, and how it stands. */
export function MemberHome({ project, rights }: { project: Project; rights: Rights }) {
  const { id: projectId, name, environments } = project
  const own = useOwnFolders(projectId, environments)
  const first = own?.[0]
  const rows = trpc.secrets.rows.useQuery(first ?? { projectId, environment: '', secretPath: '/' }, {
    enabled: first !== undefined,
  })
  const syncs = trpc.syncs.list.useQuery({ projectId })
  const trouble = syncs.data?.filter((sync) => sync.status === 'needs-attention' || sync.status === 'out-of-sync') ?? []
  const { grant } = rights
  return (
    <div className="mx-auto max-w-2xl">
      <PageHeader title={name} text={grant && `${ROLE_LABELS[grant.role].word}. ${ROLE_LABELS[grant.role].text}`} />
      {own && !first ? (
        <NothingYours projectId={projectId} />
      ) : (
        <div className="grid gap-3">
          <Section
            title="Secrets"
            text={
              first && rows.data
                ? `${count(rows.data.rows.length, 'secret')} in ${first.environment}:${first.secretPath}`
                : 'The keys of your folders.'
            }
            action={
              first && (
                <RouteButton variant="primary" {...folderPage(projectId, first.environment, first.secretPath)}>
                  {rights.may('secrets.write', inFolder(first)) ? 'Open secrets' : 'See secrets'}
                </RouteButton>
              )
            }
          />
          <Section
            title="Syncs"
            text={syncs.data ? syncWords(syncs.data.length, trouble.length) : 'Where your folders are sent.'}
            action={
              <RouteButton to="/p/$projectId/syncs" params={{ projectId }}>
                View syncs
              </RouteButton>
            }
          />
          {grant && (
            <Section
              title="Your access"
              text={<ScopeList scopes={grant.scopes} />}
              action={
                <RouteButton to="/p/$projectId/access" params={{ projectId }}>
                  See your access
                </RouteButton>
              }
            />
          )}
        </div>
      )}
    </div>
  )
}

const syncWords = (all: number, trouble: number): string =>
  all === 0
    ? 'No sync reads your folders yet.'
    : trouble === 0
      ? `${count(all, 'sync')}, all healthy.`
      : `${count(all, 'sync')}, ${trouble} in trouble.`
