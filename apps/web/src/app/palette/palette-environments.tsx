import { useRouter } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { ClipboardPaste, KeyRound, Plus } from 'lucide-react'
import { pressOnPage } from '../../lib/focus/row-keys.ts'
import { pastePage } from '../../lib/pages/folder-page.ts'
import { inFolder, useRights } from '../../lib/session/rights.ts'
import type { Project } from '../../lib/server/types.ts'
import { group, Item } from './palette-item.tsx'
import { words } from '../words.ts'

interface Props {
  projectId: string
  environments: Project['environments']
  go: (to: Promise<void>) => void
  onClose: () => void
}

/** The secrets of each environment: to open, and to add to. */
export function PaletteEnvironments({ projectId, environments, go, onClose }: Props) {
  const router = useRouter()
  const { rights } = useRights(projectId)
  const newSecret = (environment: string) => {
    onClose()
    void router
      .navigate({ to: '/p/$projectId/secrets/$environment', params: { projectId, environment } })
      .then(() => requestAnimationFrame(() => pressOnPage('n')))
  }
  return (
    <Command.Group heading={words.paletteEnvironments.environments} className={group}>
      {environments.map(({ slug, name }) => (
        <Item
          key={slug}
          value={words.paletteEnvironments.secretsSearched(slug, name)}
          onSelect={() =>
            go(router.navigate({ to: '/p/$projectId/secrets/$environment', params: { projectId, environment: slug } }))
          }
        >
          <KeyRound aria-hidden /> {words.paletteEnvironments.secrets(name)}
        </Item>
      ))}
      {environments
        .filter(({ slug }) => rights?.may('secrets.write', inFolder({ projectId, environment: slug, secretPath: '/' })))
        .flatMap(({ slug, name }) => [
          <Item
            key={`new ${slug}`}
            value={words.paletteEnvironments.newSecretSearched(slug, name)}
            onSelect={() => newSecret(slug)}
          >
            <Plus aria-hidden /> {words.paletteEnvironments.newSecret(name)}
          </Item>,
          <Item
            key={`paste ${slug}`}
            value={words.paletteEnvironments.pasteSearched(slug, name)}
            onSelect={() => go(router.navigate(pastePage(projectId, slug, '/')))}
          >
            <ClipboardPaste aria-hidden /> {words.paletteEnvironments.paste(name)}
          </Item>,
        ])}
    </Command.Group>
  )
}
