import { useEffect } from 'react'
import { toast, Toaster } from 'sonner'
import { useTheme } from '../lib/theme.ts'
import { onToast, takeToasts } from '../lib/toast.ts'

const show = () => {
  for (const { kind, text, ...rest } of takeToasts()) toast[kind](text, rest)
}

/** Shows what is said from now on, and what was said while this was loading. */
export function Toasts() {
  const theme = useTheme()
  useEffect(() => {
    show()
    return onToast(show)
  }, [])
  // Beside the menus of a table's rows, which open at the right, and under what is open.
  return <Toaster theme={theme} position="bottom-center" closeButton style={{ fontFamily: 'inherit', zIndex: 45 }} />
}
