import { useEffect, type CSSProperties } from 'react'
import { toast, Toaster } from 'sonner'
import { useTheme } from '../lib/display/theme.ts'
import { onToast, takeToasts } from '../lib/toast.ts'

/** Long enough to read what happened and to take it back. */
const WITH_ACTION_MS = 12_000

/** Up to here the library fills the width of the screen with them. */
const PHONE = '(max-width: 600px)'
/** What is at the bottom of the screen to be pressed. */
const FOOT = '[data-foot], [data-aside]'

/**
 * At the top, where nothing is pressed to go on: the buttons of a dialog and the actions for selected rows are at the
 * bottom. Within the bar where that is wide. On a phone they would lie over the title, so they are at the bottom unless
 * something is there.
 */
const positionNow = () =>
  matchMedia(PHONE).matches && document.querySelector(FOOT) === null ? 'bottom-center' : 'top-center'

const show = () => {
  for (const { kind, text, action } of takeToasts()) {
    const position = positionNow()
    toast[kind](text, action === undefined ? { position } : { position, action, duration: WITH_ACTION_MS })
  }
}

/** Its own colours are of no theme of the console, and its button to close lies over the text where that begins. */
const LOOK: CSSProperties & Record<`--${string}`, string> = {
  fontFamily: 'inherit',
  zIndex: 45,
  '--normal-bg': 'var(--color-surface)',
  '--normal-bg-hover': 'var(--color-sunken)',
  '--normal-border': 'var(--color-line)',
  '--normal-border-hover': 'var(--color-edge)',
  '--normal-text': 'var(--color-ink)',
  '--gray2': 'var(--color-sunken)',
  '--gray5': 'var(--color-edge)',
  '--toast-close-button-start': 'unset',
  '--toast-close-button-end': '0',
  '--toast-close-button-transform': 'translate(35%, -35%)',
}

/** Shows what is said from now on, and what was said while this was loading. */
export function Toasts() {
  const theme = useTheme()
  useEffect(() => {
    show()
    return onToast(show)
  }, [])
  // The library does not hear of the focus: it would take it back to where it was from whatever somebody opened
  // meanwhile, which that would close.
  return (
    <div className="contents" onFocusCapture={(event) => event.stopPropagation()}>
      <Toaster
        theme={theme}
        offset={{ top: '0.5rem' }}
        mobileOffset={{ top: '3.75rem', bottom: '1rem' }}
        closeButton
        style={LOOK}
        // A dialog takes the pointer from the rest of the page.
        toastOptions={{ className: 'pointer-events-auto' }}
      />
    </div>
  )
}
