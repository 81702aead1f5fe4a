import { Ellipsis, KeySquare, Link2, LogOut, Shield, ShieldOff, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { ShownOnce } from '../../components/shown-once.tsx'
import { Time } from '../../components/time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Actions, Dialog } from '../../components/ui/dialog.tsx'
import { Menu, MenuItem, MenuLine } from '../../components/ui/menu.tsx'
import { Td, Tr } from '../../components/ui/table.tsx'
import { messageOf } from '../../lib/errors.ts'
import { markStale } from '../../lib/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/trpc.ts'
import { PersonClientSecrets } from './person-client-secrets.tsx'
import { PersonSessions } from './person-sessions.tsx'
import type { Person } from './types.ts'

type Asking = 'promote' | 'demote' | 'end-second-factor' | 'end-sessions' | 'remove'

export function PersonRow({ person, you }: { person: Person; you: boolean }) {
  const [asking, setAsking] = useState<Asking>()
  const resetLink = trpc.people.resetLink.useMutation({
    onError: (error) => toast.error(messageOf(error)),
    onSuccess: ({ mailed }) => {
      if (mailed) toast.success(`${person.email} gets a mail with a link for a new password.`)
    },
  })
  const link = resetLink.data?.link ?? null
  return (
    <Tr aria-label={person.email}>
      <Td className="py-2">
        <span className="grid">
          <span className="flex flex-wrap items-center gap-1.5 font-medium break-words">
            {person.name}
            {you && <Badge>You</Badge>}
          </span>
          <span className="break-all text-soft">{person.email}</span>
          {!person.emailVerified && <span className="text-soft">Address not confirmed</span>}
          <span className="flex flex-wrap gap-1.5 sm:hidden">
            {person.instanceAdmin && <Badge tone="accent">Instance admin</Badge>}
            {person.twoFactor && <Badge tone="good">Two-factor</Badge>}
          </span>
        </span>
      </Td>
      <Td className="max-sm:hidden">
        {person.instanceAdmin ? (
          <Badge tone="accent">Instance admin</Badge>
        ) : (
          <span className="text-soft">Account</span>
        )}
      </Td>
      <Td className="max-sm:hidden">
        {person.twoFactor ? <Badge tone="good">On</Badge> : <span className="text-soft">Off</span>}
      </Td>
      <Td className="text-soft max-sm:hidden">
        <Time iso={person.createdAt} />
      </Td>
      <Td>
        <span className="flex justify-end">
          <Menu
            trigger={
              <Button size="icon" variant="ghost" aria-label={`More for ${person.email}`}>
                <Ellipsis aria-hidden className="size-4" />
              </Button>
            }
          >
            {person.instanceAdmin ? (
              <MenuItem onSelect={() => setAsking('demote')}>
                <ShieldOff aria-hidden className="size-4" /> No longer instance admin
              </MenuItem>
            ) : (
              <MenuItem onSelect={() => setAsking('promote')}>
                <Shield aria-hidden className="size-4" /> Make instance admin
              </MenuItem>
            )}
            <MenuItem onSelect={() => resetLink.mutate({ userId: person.id })}>
              <Link2 aria-hidden className="size-4" /> Link for a new password
            </MenuItem>
            {person.twoFactor && (
              <MenuItem onSelect={() => setAsking('end-second-factor')}>
                <KeySquare aria-hidden className="size-4" /> Turn off two-factor authentication
              </MenuItem>
            )}
            <MenuItem onSelect={() => setAsking('end-sessions')}>
              <LogOut aria-hidden className="size-4" /> Sessions
            </MenuItem>
            <MenuLine />
            <MenuItem danger onSelect={() => setAsking('remove')}>
              <Trash2 aria-hidden className="size-4" /> Remove account
            </MenuItem>
          </Menu>
        </span>
        {asking !== undefined && <Ask person={person} asking={asking} onClose={() => setAsking(undefined)} />}
        <Dialog
          open={link !== null}
          onClose={() => resetLink.reset()}
          title={`A new password for ${person.email}`}
          description="Hand this link to them. Their old password works until they choose a new one."
        >
          <ShownOnce
            label="password link"
            value={link ?? ''}
            warning="It works once, within an hour. Anyone who has it can use it, but a second factor that is set up is still required."
          />
          <Actions>
            <Button variant="primary" onClick={() => resetLink.reset()}>
              Done
            </Button>
          </Actions>
        </Dialog>
      </Td>
    </Tr>
  )
}

/** Asks before somebody becomes an admin, stops being one, or is removed. */
function Ask({ person, asking, onClose }: { person: Person; asking: Asking; onClose: () => void }) {
  const update = trpc.people.update.useMutation()
  const endSecondFactor = trpc.people.endSecondFactor.useMutation()
  const endSessions = trpc.people.endSessions.useMutation()
  const remove = trpc.people.remove.useMutation()
  const [revokes, setRevokes] = useState(false)
  const words = {
    promote: {
      title: `Make ${person.email} an instance admin?`,
      label: 'Make instance admin',
      text: 'They may do everything: read every secret of every project, make machines, and remove accounts.',
      act: () => update.mutateAsync({ userId: person.id, instanceAdmin: true }),
    },
    demote: {
      title: `Remove ${person.email} as instance admin?`,
      label: 'Remove as admin',
      text: 'They keep their roles in projects. Syncs that they own stop if they can no longer read the source, and say so.',
      act: () => update.mutateAsync({ userId: person.id, instanceAdmin: false }),
    },
    'end-second-factor': {
      title: `Turn off two-factor authentication of ${person.email}?`,
      label: 'Turn off',
      text: 'For someone who lost their app and their recovery codes: their password alone lets them in, until they set it up again. They are signed out. Make sure that it is really them who asks.',
      act: () => endSecondFactor.mutateAsync({ userId: person.id }),
    },
    'end-sessions': {
      title: `Sign ${person.email} out everywhere?`,
      label: 'Sign out everywhere',
      text: 'Ends their sessions, trusted devices and links for a new password. They can sign in again.',
      act: () => endSessions.mutateAsync({ userId: person.id }),
    },
    remove: {
      title: `Remove the account of ${person.email}?`,
      label: 'Remove account',
      text: 'Memberships, sessions, API keys and the invitations they sent stop working at once, and so do the syncs that they own.',
      act: () => remove.mutateAsync({ userId: person.id, revokeClientSecrets: revokes }),
    },
  }[asking]
  const act = async () => {
    await words.act()
    await markStale('people.update')
  }
  return (
    <Confirm
      title={words.title}
      label={words.label}
      danger={asking !== 'promote'}
      {...(asking === 'remove' ? { typed: { text: person.email, label: `Type ${person.email}` } } : {})}
      onConfirm={act}
      onClose={onClose}
    >
      <p>{words.text}</p>
      {asking === 'end-sessions' && <PersonSessions userId={person.id} />}
      {asking === 'remove' && <PersonClientSecrets userId={person.id} revokes={revokes} onChange={setRevokes} />}
    </Confirm>
  )
}
