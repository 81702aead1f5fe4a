import { Dialog } from 'radix-ui'
import { useEffect } from 'react'
import { useFocusBack } from '../../lib/focus/focus-back.ts'
import { Rail } from './rail.tsx'
import { words } from '../words.ts'

/** The rail, on a small screen. */
export function NavDrawer({ projectId, onClose }: { projectId: string | undefined; onClose: () => void }) {
  useFocusBack()
  // Hidden beside the rail of a wide screen, it would still keep the pointer from the page.
  useEffect(() => {
    const hasRail = matchMedia('(width >= 48rem)')
    hasRail.addEventListener('change', onClose)
    return () => hasRail.removeEventListener('change', onClose)
  }, [onClose])
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-scrim md:hidden" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-40 w-64 bg-surface shadow-float md:hidden"
        >
          <Dialog.Title className="sr-only">{words.navDrawer.navigation}</Dialog.Title>
          <Rail projectId={projectId} onNavigate={onClose} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
