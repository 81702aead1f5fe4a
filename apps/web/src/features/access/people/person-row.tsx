import { Ellipsis, KeySquare, Link2, LogOut, Shield, ShieldOff, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Confirm } from '../../../components/confirm.tsx'
import { ShownOnce } from '../../../components/values/shown-once.tsx'
import { Time } from '../../../components/time.tsx'
import { Badge } from '../../../components/ui/badge.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Actions, Dialog } from '../../../components/ui/dialog.tsx'
import { Menu, MenuItem, MenuLine } from '../../../components/ui/menu.tsx'
import { RowTh, Td, Tr } from '../../../components/ui/table.tsx'
import type { RowProps } from '../../../components/rows/virtual-rows.tsx'
import { messageOf } from '../../../lib/server/errors.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import { PersonClientSecrets } from './person-client-secrets.tsx'
import { PersonSessions } from './person-sessions.tsx'
import type { Person } from '../types.ts'
import { words } from '../words.ts'

type Asking = 'promote' | 'demote' | 'end-second-factor' | 'end-sessions' | 'remove'

interface Props extends RowProps {
  person: Person
  you: boolean
  /** Their address was not confirmed. */
  isDoubted: boolean
}

export function PersonRow({ index, measure, person, you, isDoubted }: Props) {
  const [asking, setAsking] = useState<Asking>()
  const resetLink = trpc.people.resetLink.useMutation({
    onError: (error) => toast.error(messageOf(error)),
    onSuccess: ({ mailed }) => {
      if (mailed) toast.success(words.personRow.mailed(person.email))
    },
  })
  const link = resetLink.data?.link ?? null
  return (
    <Tr ref={measure} data-index={index} aria-label={person.email}>
      <RowTh className="py-2">
        <span className="grid">
          <span className="flex flex-wrap items-center gap-1.5 font-medium wrap-anywhere">
            {person.name}
            {you && <Badge>{words.personRow.you}</Badge>}
          </span>
          <span className="break-all text-soft">{person.email}</span>
          {isDoubted && <span className="text-soft">{words.personRow.addressNotConfirmed}</span>}
          <span className="flex flex-wrap gap-1.5 sm:hidden">
            {person.instanceAdmin && <Badge tone="accent">{words.personRow.instanceAdmin}</Badge>}
            {person.twoFactor && <Badge tone="good">{words.personRow.twoFactor}</Badge>}
          </span>
        </span>
      </RowTh>
      <Td className="max-sm:hidden">
        {person.instanceAdmin ? (
          <Badge tone="accent">{words.personRow.instanceAdmin}</Badge>
        ) : (
          <span className="text-soft">{words.personRow.noRole}</span>
        )}
      </Td>
      <Td className="max-sm:hidden">
        {person.twoFactor ? (
          <Badge tone="good">{words.personRow.on}</Badge>
        ) : (
          <span className="text-soft">{words.personRow.off}</span>
        )}
      </Td>
      <Td className="text-soft max-sm:hidden">
        <Time iso={person.createdAt} />
      </Td>
      <Td>
        <span className="flex justify-end">
          <Menu
            trigger={
              <Button size="icon" variant="ghost" aria-label={words.personRow.moreForNamed(person.email)}>
                <Ellipsis aria-hidden className="size-4" />
              </Button>
            }
          >
            {person.instanceAdmin ? (
              <MenuItem onSelect={() => setAsking('demote')}>
                <ShieldOff aria-hidden className="size-4" /> {words.personRow.removeAdmin}
              </MenuItem>
            ) : (
              <MenuItem onSelect={() => setAsking('promote')}>
                <Shield aria-hidden className="size-4" /> {words.personRow.makeAdmin}
              </MenuItem>
            )}
            <MenuItem onSelect={() => resetLink.mutate({ userId: person.id })}>
              <Link2 aria-hidden className="size-4" /> {words.personRow.passwordLinkAction}
            </MenuItem>
            {person.twoFactor && (
              <MenuItem onSelect={() => setAsking('end-second-factor')}>
                <KeySquare aria-hidden className="size-4" /> {words.personRow.turnOffTwoFactor}
              </MenuItem>
            )}
            <MenuItem onSelect={() => setAsking('end-sessions')}>
              <LogOut aria-hidden className="size-4" /> {words.personRow.sessions}
            </MenuItem>
            <MenuLine />
            <MenuItem danger onSelect={() => setAsking('remove')}>
              <Trash2 aria-hidden className="size-4" /> {words.personRow.removeAccount}
            </MenuItem>
          </Menu>
        </span>
        {asking !== undefined && <Ask person={person} asking={asking} onClose={() => setAsking(undefined)} />}
        <Dialog
          open={link !== null}
          onClose={() => resetLink.reset()}
          title={words.personRow.passwordLinkTitle(person.email)}
          description={words.personRow.passwordLinkText}
        >
          <ShownOnce
            label={words.personRow.passwordLink}
            value={link ?? ''}
            warning={words.personRow.passwordLinkNote}
          />
          <Actions>
            <Button variant="primary" onClick={() => resetLink.reset()}>
              {words.personRow.done}
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
  const question = {
    promote: {
      title: words.personRow.makeAdminTitle(person.email),
      label: words.personRow.makeAdmin,
      text: words.personRow.makeAdminText,
      act: () => update.mutateAsync({ userId: person.id, instanceAdmin: true }),
    },
    demote: {
      title: words.personRow.removeAdminTitle(person.email),
      label: words.personRow.removeAsAdmin,
      text: words.personRow.removeAdminText,
      act: () => update.mutateAsync({ userId: person.id, instanceAdmin: false }),
    },
    'end-second-factor': {
      title: words.personRow.turnOffTitle(person.email),
      label: words.personRow.turnOff,
      text: words.personRow.turnOffText,
      act: () => endSecondFactor.mutateAsync({ userId: person.id }),
    },
    'end-sessions': {
      title: words.personRow.signOutTitle(person.email),
      label: words.personRow.signOutEverywhere,
      text: words.personRow.signOutText,
      act: () => endSessions.mutateAsync({ userId: person.id }),
    },
    remove: {
      title: words.personRow.removeTitle(person.email),
      label: words.personRow.removeAccount,
      text: words.personRow.removeText,
      act: () => remove.mutateAsync({ userId: person.id, revokeClientSecrets: revokes }),
    },
  }[asking]
  const act = async () => {
    await question.act()
    await markStale('people.update')
  }
  return (
    <Confirm
      title={question.title}
      label={question.label}
      danger={asking !== 'promote'}
      {...(asking === 'remove' ? { typed: { text: person.email, label: words.personRow.confirm(person.email) } } : {})}
      onConfirm={act}
      onClose={onClose}
    >
      <p>{question.text}</p>
      {asking === 'end-sessions' && <PersonSessions userId={person.id} />}
      {asking === 'remove' && <PersonClientSecrets userId={person.id} revokes={revokes} onChange={setRevokes} />}
    </Confirm>
  )
}
